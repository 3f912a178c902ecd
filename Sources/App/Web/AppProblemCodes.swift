import Web

extension ProblemCode {
    /// Those of the installation as a whole.
    static let app: [ProblemCode] = [
        ProblemCode("bad_gateway", "The answer was cut off."),
        ProblemCode("bad_request", "The request could not be read."),
        ProblemCode("busy", "Another writer holds the database; nothing was changed."),
        ProblemCode("downloads_busy", "As many downloads run as there may be at a time."),
        ProblemCode("gateway_timeout", "The answer took too long."),
        ProblemCode("headers_too_large", "The headers are too large."),
        ProblemCode("http_version", "This version of HTTP is not known."),
        ProblemCode("length_required", "The request must say how long its body is."),
        ProblemCode("not_implemented", "This kind of request is not known here."),
        ProblemCode("not_ready", "Bodega is being set up or updated."),
        ProblemCode("precondition_failed", "The file has changed."),
        ProblemCode("request_timeout", "The request did not arrive in time."),
        ProblemCode("spool_full", "The bodies under way fill the room for them."),
        ProblemCode("too_many_bodies", "Too many large bodies at a time from one address."),
        ProblemCode("too_many_downloads", "As many downloads of this user run as one may have at a time."),
        ProblemCode("too_many_streams", "Too many event streams at a time from one address."),
        ProblemCode("too_many_uploads", "Too many uploads, or large ones, at a time from one address."),
        ProblemCode("unavailable", "No worker is ready."),
        ProblemCode("uri_too_long", "The address is too long."),
    ]
}
