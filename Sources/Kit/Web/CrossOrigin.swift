import Support

/// Which other sites' pages may read what the API answers (CORS, as the Fetch standard has it).
///
/// Only with tokens: `Access-Control-Allow-Credentials` is never sent, so no browser hands the answer to a request with
/// our cookie to another site's page, whatever origins are configured.
public struct CrossOrigin: Sendable, Equatable {
    /// `https://shop.example`, in lower case, without a path and without the scheme's default port.
    public let origins: [String]

    /// - Parameter origins: what is no origin is left out.
    public init(_ origins: [String]) {
        self.origins = origins.compactMap { normalizedOrigin($0, allowsPath: false) }
    }

    /// Headers that a page's script may read, beside those that it always may.
    public static let exposed = [
        "ETag", "Location", "X-Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After", "Idempotency-Replayed",
        "Content-Disposition",
    ].joined(separator: ", ")

    private static let accepted = [
        "Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Filename", "Last-Event-ID",
    ].joined(separator: ", ")

    /// What `Access-Control-Allow-Origin` says to a request with these Origin headers; nil when there is not one that
    /// is among ours.
    private func allowed(_ sent: [String]) -> String? {
        guard sent.count == 1, let origin = normalizedOrigin(sent[0].trimmed, allowsPath: false) else { return nil }
        return origins.contains(origin) ? sent[0].trimmed : nil
    }

    /// The answer to a browser that asks whether it may send a request: 204, without login, since it never sends a
    /// token along. It says the same of every address, so it tells no site which addresses there are. Nil
    /// for other requests.
    public func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.segments.first == "api", request.headers["Origin"] != nil,
            request.headers["Access-Control-Request-Method"] != nil
        else { return nil }
        var response = Response.noContent
        response.headers.set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        guard let origin = allowed(request.headers.values("Origin")) else { return response }
        response.headers.set("Access-Control-Allow-Origin", origin)
        response.headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
        response.headers.set("Access-Control-Allow-Headers", Self.accepted)
        response.headers.set("Access-Control-Max-Age", "600")
        return response
    }

    /// An answer of the API with what lets the pages of allowed origins read it.
    public func marking(_ response: Response, for request: Request) -> Response {
        guard request.segments.first == "api" else { return response }
        return marking(response, forOrigins: request.headers.values("Origin"))
    }

    /// The same for what never became a request, of which only its Origin headers are known.
    public func marking(_ response: Response, forOrigins sent: [String]) -> Response {
        guard !origins.isEmpty else { return response }
        var marked = response
        marked.headers.set("Vary", "\(response.headers["Vary"] ?? "Authorization, Cookie"), Origin")
        guard let origin = allowed(sent) else { return marked }
        marked.headers.set("Access-Control-Allow-Origin", origin)
        marked.headers.set("Access-Control-Expose-Headers", Self.exposed)
        return marked
    }
}
