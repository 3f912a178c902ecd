import Glibc
public import Process
public import Support
public import Web

/// What a worker does with requests. Never throws: the closures turn every error into an answer.
public struct RequestHandler {
    /// Answers a request.
    public var respond: (Request) -> Response
    /// Answers what is not a request: an unknown method, a broken address, a body over the limit.
    public var refuse: (WebError, RefusedRequest) -> Response
    /// Answers nginx's question before it reads a body: nil lets it in, a refusal is 400, 401, 403, 413, 500, 503 or
    /// 507.
    public var authorize: (Request) -> WebError?
    /// Why nginx could not write a body that was let in.
    public var explainLostBody: () -> WebError

    public init(
        respond: @escaping (Request) -> Response,
        refuse: @escaping (WebError, RefusedRequest) -> Response,
        authorize: @escaping (Request) -> WebError?,
        explainLostBody: @escaping () -> WebError = { .internalError(cause: "a body could not be written") }
    ) {
        self.respond = respond
        self.refuse = refuse
        self.authorize = authorize
        self.explainLostBody = explainLostBody
    }
}

/// The accept loop of a worker: one process, one thread, one request at a time, handlers run to their end. Several
/// processes share a listener and the kernel wakes one of them.
public final class FastCGIServer {
    /// Bounds of one worker.
    public struct Limits: Sendable {
        /// Longest body that is read into memory, in bytes.
        public var body = 1 << 20
        /// Accepts nothing more after this number of requests and ends, to be replaced by a fresh process.
        public var requests = 100_000
        /// How long one read or write of a connection may block, in milliseconds.
        public var ioTimeout = 30_000
        /// How long a connection may take to send its head, in milliseconds.
        public var headTimeout = 10_000

        public init() {}
    }

    private let limits: Limits
    private let handler: RequestHandler
    private let slot: ScoreboardWriter?
    private let log: Log
    private let connection: FastCGIConnection
    private let incoming: IncomingConnections
    /// Requests answered.
    public private(set) var served = 0

    /// - Parameters:
    ///   - listener: a listening, non-blocking socket.
    ///   - stop: becomes readable when the server should finish and return.
    ///   - slot: where to say what it does.
    public init(
        listener: Int32,
        stop: Int32,
        slot: ScoreboardWriter? = nil,
        limits: Limits = Limits(),
        log: Log,
        handler: RequestHandler
    ) throws(SystemError) {
        self.limits = limits
        self.handler = handler
        self.slot = slot
        self.log = log
        connection = try FastCGIConnection()
        incoming = try IncomingConnections(
            listener: listener,
            stop: stop,
            poller: Poller(),
            headTimeoutMilliseconds: limits.headTimeout,
            mostPending: 256
        )
    }

    /// Serves until it is told to stop or has served its number of requests. What was accepted is answered first; a
    /// connection that is silent then gets one more second.
    public func run() {
        slot?.idle()
        var lastChance: UInt64?
        while true {
            if served >= limits.requests { incoming.stop() }
            if incoming.isStopped {
                let deadline = lastChance ?? monotonicNanoseconds() + 1_000_000_000
                lastChance = deadline
                if incoming.pendingCount == 0 || monotonicNanoseconds() > deadline { return }
            }
            guard case .request(let ready) = incoming.next(milliseconds: incoming.isStopped ? 50 : 1000) else {
                continue
            }
            slot?.reading()
            serve(ready)
            slot?.idle()
        }
    }

    private func serve(_ ready: IncomingConnections.Ready) {
        guard connection.begin(ready, timeoutMilliseconds: limits.ioTimeout) else { return }
        defer { connection.close() }
        served += 1
        let parameters = connection.parameters
        let refused = parameters.refused
        slot?.busy(method: refused.method, path: loggedPath(refused.path), requestID: refused.id)
        let response = answer(parameters)
        send(response, withBody: refused.method != "HEAD", refused)
    }

    /// What nginx takes for an answer to its question; the refusal's status and words are in headers, for nginx's own
    /// answer.
    private static func verdict(_ refusal: WebError?) -> Response {
        guard let refusal else { return Response(status: 204) }
        // They stand in a JSON text and in a page there, which nothing escapes.
        let detail = refusal.detail.filter { $0.isASCII && !"\"\\<>&".contains($0) }
        var answer = Response(
            status: refusal.status == 401 ? 401 : 403,
            headers: .headers([
                "X-Bodega-Code": refusal.code ?? "forbidden", "X-Bodega-Detail": detail,
                "X-Bodega-Status": "\(verdicts.contains(refusal.status) ? refusal.status : 403)",
            ])
        )
        if let wait = refusal.headers["Retry-After"] { answer.headers.set("X-Bodega-Retry", wait) }
        return answer
    }

    /// The statuses that nginx makes of a refusal, beside 401.
    private static let verdicts: Set<Int> = [400, 403, 413, 500, 503, 507]

    private func answer(_ parameters: ParameterReader) -> Response {
        do throws(WebError) {
            // nginx asks in place of the client, by GET, whatever the request was.
            if parameters["BODEGA_ROLE"] == "lost_body" { throw handler.explainLostBody() }
            var request = try parameters.makeRequest()
            if parameters["BODEGA_ROLE"] == "authorize" {
                return Self.verdict(handler.authorize(request))
            }
            request.body = try body(parameters)
            let response = handler.respond(request)
            switch response.body {
            case .bytes, .internalRedirect: return response
            // Their readers would hold the worker: the streamer and the server of downloads have a loop for them.
            case .stream, .events: throw .internalError(cause: "a stream in a worker")
            }
        } catch {
            // No body is let in for a request that cannot be read.
            if parameters["BODEGA_ROLE"] == "authorize" { return Self.verdict(error) }
            if error.status >= 500 { record(error, parameters.refused) }
            return handler.refuse(error, parameters.refused)
        }
    }

    /// A fault that no handler has seen, and so none has recorded.
    private func record(_ error: WebError, _ refused: RefusedRequest) {
        log.error(
            "request failed",
            [
                "request_id": refused.id, "method": refused.method, "path": loggedPath(refused.path),
                "status": "\(error.status)", "reason": error.cause ?? error.detail,
            ]
        )
    }

    private func body(_ parameters: ParameterReader) throws(WebError) -> Request.Body {
        if let path = parameters["BODY_FILE"] {
            guard let size = Files.size(path) else {
                throw WebError(500, "internal", "The body was lost.", cause: "no body file at \(path)")
            }
            return .file(path: path, length: size)
        }
        let expected = parameters["CONTENT_LENGTH"].flatMap { Int64($0) } ?? 0
        guard let bytes = connection.readBody(limit: limits.body) else {
            throw WebError(413, "too_large", "The body is longer than \(limits.body) bytes.")
        }
        guard bytes.count >= expected else {
            throw WebError(400, "incomplete", "The body ended early.")
        }
        return bytes.isEmpty ? .none : .bytes(bytes)
    }

    /// A client that has gone is no error; an answer that broke half-way is cut off without its end, so that nginx and
    /// the client notice.
    private func send(_ response: Response, withBody: Bool, _ refused: RefusedRequest) {
        let writer = connection.writer
        do {
            switch response.body {
            case .bytes(let bytes):
                try writer.write(response.headBytes(contentLength: bytes.count))
                if withBody && response.mayHaveBody { try writer.write(bytes) }
            case .internalRedirect, .stream, .events:
                try writer.write(response.headBytes(contentLength: nil))
            }
            try writer.end()
        } catch {
            guard writer.failure == nil else { return }
            log.error(
                "answer broke off",
                [
                    "request_id": refused.id, "method": refused.method, "path": loggedPath(refused.path),
                    "reason": "\(error)",
                ]
            )
        }
    }
}
