public import Support

extension WebError {
    private static let reserved: Set<String> = [
        "type", "title", "status", "detail", "instance", "request_id", "code", "errors",
    ]

    /// The answer for programs: a problem document (RFC 9457). The cause is not in it.
    ///
    /// The type is `about:blank`, so the title is the status's; `code` tells the cases apart. 429 and 503 always say
    /// when to come back: 5 seconds later unless the error has a Retry-After.
    /// - Parameters:
    ///   - requestID: as in every answer and log line.
    ///   - instance: the path of the request, without its query.
    public func problem(requestID: String, instance: String) -> Response {
        var document: [JSON.Member] = [
            JSON.Member("type", "about:blank"),
            JSON.Member("title", .string(statusTitle(status))),
            JSON.Member("status", .int(status)),
            JSON.Member("detail", .string(detail)),
            JSON.Member("instance", .string(instance)),
            JSON.Member("request_id", .string(requestID)),
        ]
        if let code { document.append(JSON.Member("code", .string(code))) }
        // What is not about one member stands there too, so that a client finds every code in one place.
        let all = problems.isEmpty ? code.map { [Problem("", $0, detail)] } ?? [] : problems
        if !all.isEmpty { document.append(JSON.Member("errors", .array(all.map(\.json)))) }
        document += members.filter { !Self.reserved.contains($0.name) }
        var response = Response.json(.object(document), status: status, headers: headers)
        response.headers.set("Content-Type", "application/problem+json")
        if status == 429 || status == 503, response.headers["Retry-After"] == nil {
            response.headers.set("Retry-After", "5")
        }
        return response
    }

    /// The same for people, to be rendered as a page.
    public func page(requestID: String) -> ErrorPage {
        ErrorPage(status: status, title: statusTitle(status), sentence: detail, requestID: requestID)
    }

    /// 429: too many tries; come back after the given seconds.
    public static func tooManyRequests(_ code: String, _ detail: String, retryAfter seconds: Int) -> WebError {
        WebError(429, code, detail, headers: .headers(["Retry-After": "\(seconds)"]))
    }

    /// 503: not now; come back after the given seconds.
    public static func unavailable(
        _ code: String,
        _ detail: String,
        retryAfter seconds: Int,
        cause: String? = nil
    ) -> WebError {
        WebError(503, code, detail, headers: .headers(["Retry-After": "\(seconds)"]), cause: cause)
    }

    /// 507: there is no room on the server's disk for what the request would keep.
    public static func diskFull(cause: String) -> WebError {
        WebError(
            507,
            "disk_full",
            "The server's disk is full. Nothing was changed: make room there, then try again.",
            headers: .headers(["Retry-After": "60"]),
            cause: cause
        )
    }
}

extension Problem {
    /// `{"field", "code", "detail"}`.
    public var json: JSON { ["field": .string(field), "code": .string(code), "detail": .string(detail)] }
}

/// What a page about an error says.
public struct ErrorPage: Sendable, Equatable {
    public var status: Int
    /// `Not Found`.
    public var title: String
    /// What happened and what to do, in one sentence.
    public var sentence: String
    /// To be quoted to those who run the server.
    public var requestID: String

    public init(status: Int, title: String, sentence: String, requestID: String) {
        self.status = status
        self.title = title
        self.sentence = sentence
        self.requestID = requestID
    }
}
