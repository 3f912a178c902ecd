import FastCGI
import Support
package import Web

/// The composition: all routes behind one handler, and the source of events.
package enum Application {
    /// Which pool answers which address; nginx's configuration is made from it.
    package static let poolRules: [PoolRule] = [
        PoolRule(method: .get, path: "/health", pool: .web)
    ]

    /// What a worker does with requests.
    static func handler() -> RequestHandler {
        RequestHandler(
            respond: { request in
                guard request.rawPath == "/health" else {
                    return problem(.notFound, path: request.rawPath, id: request.id)
                }
                return .json(["status": "ok", "checks": [:]]).with("Cache-Control", "no-store")
            },
            refuse: { error, refused in problem(error, path: refused.path, id: refused.id) },
            authorize: { _ in 401 }
        )
    }

    /// What the streamer sends.
    static func eventSource() -> EventSource {
        EventSource(
            open: { problem(.notFound, path: $0.rawPath, id: $0.id) },
            refuse: { error, refused in problem(error, path: refused.path, id: refused.id) },
            poll: { [] },
            replay: { _ in [] },
            stillAllowed: { _ in true }
        )
    }

    private static func problem(_ error: WebError, path: String, id: String) -> Response {
        let body: JSON = [
            "type": "about:blank", "title": .string(error.code ?? "error"), "status": .int(error.status),
            "detail": .string(error.detail), "instance": .string(path), "request_id": .string(id),
        ]
        var response = Response.json(body, status: error.status, headers: error.headers)
        response.headers.set("Content-Type", "application/problem+json")
        return response
    }
}

/// A route as far as nginx needs to know it.
package struct PoolRule: Sendable {
    package var method: Method
    package var path: PathPattern
    package var pool: Pool

    package init(method: Method, path: PathPattern, pool: Pool) {
        self.method = method
        self.path = path
        self.pool = pool
    }
}
