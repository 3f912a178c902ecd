import Glibc
public import Process
public import Support
public import Web

/// What a server of downloads does with requests. Never throws: the closures turn every error into an answer.
public struct DownloadSource {
    /// Answers a request, and says which user made it.
    public var open: (Request) -> (response: Response, userID: Int64?)
    /// Answers what is not a request.
    public var refuse: (WebError, RefusedRequest) -> Response
    /// Whether the request would be let in now, too: its session may have ended.
    public var stillAllowed: (Request) -> Bool

    public init(
        open: @escaping (Request) -> (response: Response, userID: Int64?),
        refuse: @escaping (WebError, RefusedRequest) -> Response,
        stillAllowed: @escaping (Request) -> Bool
    ) {
        self.open = open
        self.refuse = refuse
        self.stillAllowed = stillAllowed
    }
}

/// Sends files to many readers at a time, in one process and one loop. The next part of a file is made when its reader
/// has room for it: a slow reader costs a part of memory and no other reader's time, and gets the whole file however
/// long it takes. One that takes nothing for a while is dropped, and the log says so.
public final class DownloadServer {
    /// Intervals and bounds of one process.
    public struct Limits: Sendable {
        /// How long a reader may take nothing, in milliseconds.
        public var stall = 60_000
        /// Between two looks at a reader's session, in milliseconds.
        public var checkInterval = 30_000
        /// Bytes of a part that is made at once; with many readers fewer, so that all of them together have about
        /// `memory`.
        public var partBytes = (64 << 10)...(512 << 10)
        public var memory = 8 << 20
        /// How long a connection may take to send its head, in milliseconds.
        public var headTimeout = 10_000
        /// Ends, to be replaced by a fresh process, when it has served this number of requests and no reader is left.
        public var requests = 100_000

        public init() {}
    }

    private let limits: Limits
    private let source: DownloadSource
    private let slot: ScoreboardWriter?
    private let log: Log
    private let poller: Poller
    private let connection: FastCGIConnection
    private let incoming: IncomingConnections
    private var downloads: [UInt64: Download] = [:]
    /// Whose next part is to be made, in order.
    private var line: [UInt64] = []
    private var nextToken = IncomingConnections.firstFreeToken
    /// Requests answered.
    public private(set) var served = 0

    /// - Parameters:
    ///   - listener: a listening, non-blocking socket.
    ///   - stop: becomes readable when the server should send what it has and return.
    ///   - slot: where to say what it does.
    public init(
        listener: Int32,
        stop: Int32,
        slot: ScoreboardWriter? = nil,
        limits: Limits = Limits(),
        log: Log,
        source: DownloadSource
    ) throws(SystemError) {
        self.limits = limits
        self.source = source
        self.slot = slot
        self.log = log
        poller = try Poller()
        connection = try FastCGIConnection()
        incoming = try IncomingConnections(
            listener: listener,
            stop: stop,
            poller: poller,
            headTimeoutMilliseconds: limits.headTimeout,
            mostPending: 256
        )
    }

    /// Serves until it is told to stop; then the downloads that were begun are sent to their ends.
    public func run() {
        slot?.idle()
        var nextLook = monotonicNanoseconds()
        var lastChance: UInt64?
        while true {
            let now = monotonicNanoseconds()
            if served >= limits.requests && downloads.isEmpty { incoming.stop() }
            if incoming.isStopped && downloads.isEmpty {
                let deadline = lastChance ?? now + 1_000_000_000
                lastChance = deadline
                if incoming.pendingCount == 0 || now > deadline { return }
            }
            if now >= nextLook {
                nextLook = now + nanoseconds(min(1000, limits.stall / 4))
                look(now)
            }
            let wait = line.isEmpty ? Int((nextLook - min(nextLook, now)) / 1_000_000) + 1 : 0
            switch incoming.next(milliseconds: incoming.isStopped ? min(wait, 50) : wait) {
            case .request(let ready): open(ready)
            case .other(let event): handle(event)
            case .stop, nil: break
            }
            if !line.isEmpty { makePart(line.removeFirst()) }
        }
    }

    private func nanoseconds(_ milliseconds: Int) -> UInt64 { UInt64(clamping: milliseconds) * 1_000_000 }

    private var partBytes: Int {
        min(limits.partBytes.upperBound, max(limits.partBytes.lowerBound, limits.memory / max(1, downloads.count)))
    }

    // MARK: Beginning

    private func open(_ ready: IncomingConnections.Ready) {
        slot?.reading()
        defer { slot?.idle() }
        guard connection.begin(ready, timeoutMilliseconds: 1000) else { return }
        served += 1
        let parameters = connection.parameters
        let refused = parameters.refused
        let requestID = connection.requestID
        let raw = connection.release()
        slot?.busy(method: refused.method, path: loggedPath(refused.path), requestID: refused.id)
        let answer = answer(parameters)
        let download = Download(
            raw,
            requestID: requestID,
            refused,
            checked: answer.request,
            userID: answer.userID,
            answer.response,
            nextCheck: monotonicNanoseconds() + nanoseconds(limits.checkInterval)
        )
        add(download)
    }

    private func answer(_ parameters: ParameterReader) -> (request: Request?, response: Response, userID: Int64?) {
        do throws(WebError) {
            let request = try parameters.makeRequest()
            let answer = source.open(request)
            return (request, answer.response, answer.userID)
        } catch {
            return (nil, source.refuse(error, parameters.refused), nil)
        }
    }

    private func add(_ download: Download) {
        nextToken += 1
        let token = nextToken
        do throws(SystemError) {
            try poller.add(download.descriptor, token: token, [.writable, .hangUp, .edge])
        } catch {
            log(about: download).error("a download cannot be sent", ["reason": "\(error)"])
            return
        }
        downloads[token] = download
        push(download, token)
    }

    // MARK: Sending

    private func handle(_ event: Poller.Event) {
        guard let download = downloads[event.token] else { return }
        if event.isHungUp {
            end(download, event.token)
        } else if event.isWritable {
            push(download, event.token)
        }
    }

    private func push(_ download: Download, _ token: UInt64) {
        switch download.push(enough: partBytes / 2) {
        case .room:
            guard !download.isQueued else { return }
            download.isQueued = true
            line.append(token)
        case .waiting: break
        case .finished: downloads[token] = nil
        case .gone: end(download, token)
        }
    }

    /// A part is made for the reader that waits longest. One that fails cuts the answer off without its end, so that
    /// nginx and the client notice.
    private func makePart(_ token: UInt64) {
        guard let download = downloads[token] else { return }
        download.isQueued = false
        let request = download.request
        slot?.resume(method: request.method, path: loggedPath(request.path), requestID: request.id)
        defer { slot?.idle() }
        do {
            try download.makePart(partBytes)
        } catch {
            downloads[token] = nil
            log(about: download).error("answer broke off", ["reason": "\(error)"])
            return
        }
        push(download, token)
    }

    // MARK: Ending early

    /// The reader has left.
    private func end(_ download: Download, _ token: UInt64) {
        downloads[token] = nil
        log(about: download).info("download left by its reader")
    }

    private func look(_ now: UInt64) {
        for (token, download) in downloads {
            if download.isStalled(now, nanoseconds: nanoseconds(limits.stall)) {
                downloads[token] = nil
                let reason = "its reader took nothing for \(limits.stall / 1000) s"
                log(about: download).warning("download dropped", ["reason": reason])
            } else if now >= download.nextCheck {
                download.nextCheck = now + nanoseconds(limits.checkInterval)
                guard let request = download.checked, !source.stillAllowed(request) else { continue }
                downloads[token] = nil
                log(about: download).warning("download dropped", ["reason": "the login or token has ended"])
            }
        }
    }

    /// Says who reads what, and how much of it was handed on.
    private func log(about download: Download) -> Log {
        log.adding([
            "request_id": download.request.id, "user_id": download.userID.map { "\($0)" },
            "address": download.checked?.remoteAddress, "method": download.request.method,
            "path": loggedPath(download.request.path), "bytes": "\(download.sentBytes)",
        ])
    }
}
