import Glibc
import Support
public import Web

/// Calls a handler in this process, with what nginx and the FastCGI loop do around it.
public struct HandlerTransport {
    /// Whether the calls come by TLS.
    public var isSecure = false
    public var host = "localhost"
    public var remoteAddress = "127.0.0.1"
    /// A folder in which bodies are spooled, as nginx does for uploads; nil hands them over in memory. A body that the
    /// handler has not claimed is deleted afterwards.
    public var spool: String?
    private let handler: (Request) -> Response

    public init(spool: String? = nil, _ handler: @escaping (Request) -> Response) {
        self.spool = spool
        self.handler = handler
    }

    /// Makes the request, calls the handler, finishes its answer and collects the body.
    public func send(_ call: Call) throws -> Answer {
        var body = Request.Body.none
        if let spool, !call.body.isEmpty {
            let path = "\(spool)/\(randomBytes(8).hex)"
            try Files.replace(path, with: call.body)
            body = .file(path: path, length: Int64(call.body.count))
        } else if !call.body.isEmpty {
            body = .bytes(call.body)
        }
        defer { if case .file(let path, _) = body { unlink(path) } }
        guard
            let request = Request(
                call.method,
                call.target,
                headers: call.headers,
                body: body,
                id: randomBytes(16).hex,
                remoteAddress: remoteAddress,
                isSecure: isSecure,
                host: host
            )
        else { throw TestFailure("\(call.target) is not a target") }
        let response = handler(request).finished(for: request)
        return Answer(
            status: response.status,
            headers: response.headers,
            body: call.method == .head ? [] : try collect(response.body)
        )
    }

    private func collect(_ body: Response.Body) throws -> [UInt8] {
        switch body {
        case .bytes(let bytes): return bytes
        case .stream(let parts):
            var bytes: [UInt8] = []
            while let part = try parts(64 << 10) { bytes += part }
            return bytes
        case .internalRedirect: return []
        case .events(let subscription):
            return subscription.opening.flatMap { $0.bytes(isNamed: subscription.isNamed) }
        }
    }
}
