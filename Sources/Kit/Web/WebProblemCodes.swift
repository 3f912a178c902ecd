extension ProblemCode {
    /// Those of requests as such, whatever they are about; Kit/FastCGI, which reads them, included.
    public static let web: [ProblemCode] = [
        ProblemCode("ambiguous_path", "The path could be read in two ways, as one with empty or dot segments."),
        ProblemCode("bad_cursor", "The cursor does not belong to this list and sort."),
        ProblemCode(
            "bad_form",
            "The form is not percent-encoded UTF-8, or a setting does not have the form that it needs."
        ),
        ProblemCode("bad_include", "`include` takes `total` only."),
        ProblemCode("bad_limit", "`limit` takes a whole number from 1 to 1000."),
        ProblemCode("bad_multipart", "The multipart body cannot be read."),
        ProblemCode("bad_sort", "The list cannot be sorted like that."),
        ProblemCode("bad_target", "The address is not valid percent-encoded UTF-8."),
        ProblemCode("bad_time", "This is no time, like 2026-11-21T05:46:00Z."),
        ProblemCode("changed_meanwhile", "The record is not in the version that the request names."),
        ProblemCode("disk_full", "The server's disk is full; nothing was changed."),
        ProblemCode("duplicate_parameter", "A parameter of the query stands twice."),
        ProblemCode("incomplete", "The body ended early."),
        ProblemCode("internal", "Something went wrong on the server; it was recorded under the request id."),
        ProblemCode("invalid", "The values were refused; `errors` names the members."),
        ProblemCode("method", "The method is not known here."),
        ProblemCode("method_not_allowed", "The address does not answer this method; Allow names those that it does."),
        ProblemCode("no_such_range", "The file has none of the bytes that Range asks for."),
        ProblemCode("not_found", "There is nothing at this address, or no such record."),
        ProblemCode("not_json", "The text is not JSON."),
        ProblemCode("too_large", "The body is larger than this address takes."),
        ProblemCode("too_many_requests", "Too many requests: wait as long as Retry-After says."),
        ProblemCode("unknown_parameter", "The address has no such parameter."),
        ProblemCode("unsupported_media_type", "The Content-Type is none that this address reads."),
    ]
}
