public import Support

extension Response {
    /// The answer as it goes to the client: its sender adds nothing but the status line.
    ///
    /// - X-Request-Id is set, and under /api `Cache-Control: no-store` and Vary unless the handler said otherwise.
    /// - Content-Length is set where the length is known; 1xx, 204 and 304 have neither body nor length.
    /// - HEAD keeps the Content-Length that GET would have and loses the body; where the length is not known, the
    ///   server that sends the answer leaves both out.
    /// - A header whose name or value could begin another line makes the whole answer a 500: it is a fault of the
    ///   program, and leaving the header out might leave out what protects something. It is logged without its value.
    public func finished(for request: Request, log: Log? = nil) -> Response {
        if let broken = headers.all.first(where: { !$0.isSafe }) {
            log?.error("a header could begin another line", ["header": broken.name, "request_id": request.id])
            return WebError.internalError(cause: "an unsafe header")
                .problem(requestID: request.plainID, instance: request.rawPath)
                .finished(for: request)
        }
        var answer = self
        if !request.plainID.isEmpty { answer.headers.set("X-Request-Id", request.plainID) }
        if request.segments.first == "api" {
            if headers["Cache-Control"] == nil { answer.headers.set("Cache-Control", "no-store") }
            if headers["Vary"] == nil { answer.headers.set("Vary", "Authorization, Cookie") }
        }
        if status < 200 || status == 204 || status == 304 {
            answer.body = .bytes([])
            answer.headers.remove("Content-Length")
            return answer
        }
        if case .bytes(let bytes) = body {
            answer.headers.set("Content-Length", "\(bytes.count)")
            if request.method == .head { answer.body = .bytes([]) }
        }
        return answer
    }
}

extension Request {
    /// The id, which nginx makes and which is plain; empty when it is not.
    fileprivate var plainID: String { id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? id : "" }
}

extension Fields.Field {
    /// Whether the name is a token (RFC 9110) and the value holds no control character but a tab.
    fileprivate var isSafe: Bool {
        let token = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E: true
            case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E: true
            default: false
            }
        }
        return token && !name.isEmpty && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
