import CFastCGI
import CLinux
import Glibc
import Support
import Web

/// The one `FCGX_Request` of a process, on the heap because its streams point back at it, and the connection it reads
/// at the moment. libfcgi only reads; answers are framed here. The connection is accepted by `IncomingConnections` and
/// put into the request, which libfcgi treats as a kept one.
final class FastCGIConnection {
    private let request = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)
    private let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 16 << 10)
    private var timeout = 0

    /// Prepares libfcgi for this process.
    init() throws(SystemError) {
        // A lingering close waits for the peer; ours never needs to, see `close`.
        setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "10", 1)
        guard FCGX_Init() == 0, FCGX_InitRequest(request, -1, 0) == 0 else { throw SystemError("start libfcgi") }
        // FCGX_Init installed handlers that cut answers short.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGUSR1, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }

    deinit {
        FCGX_Free(request, 0)
        request.deallocate()
        buffer.deallocate()
    }

    /// Reads BEGIN_REQUEST and PARAMS, which have arrived. False when libfcgi did not like them; the descriptor is
    /// closed then.
    /// - Parameter timeoutMilliseconds: how long one read or write may wait for the peer.
    func begin(_ ready: IncomingConnections.Ready, timeoutMilliseconds: Int) -> Bool {
        timeout = timeoutMilliseconds
        if !ready.isWhole {
            _ = bodega_set_timeout(ready.descriptor, Int32(SO_RCVTIMEO), Int32(clamping: timeoutMilliseconds))
        }
        request.pointee.ipcFd = ready.descriptor
        request.pointee.keepConnection = 1
        FCGX_Detach(request)
        return FCGX_Accept_r(request) == 0
    }

    var parameters: ParameterReader { ParameterReader(request.pointee.envp) }

    /// nginx always uses 1.
    var requestID: UInt16 { UInt16(clamping: request.pointee.requestId) }

    var writer: RecordWriter {
        RecordWriter(descriptor: request.pointee.ipcFd, requestID: requestID, timeoutMilliseconds: timeout)
    }

    /// The body up to its end. Nil when it is longer than the limit; the rest was read then too, because a peer that is
    /// still writing would not see the answer.
    func readBody(limit: Int) -> [UInt8]? {
        var body: [UInt8] = []
        var total = 0
        while true {
            let count = FCGX_GetStr(buffer.baseAddress, Int32(buffer.count), request.pointee.in)
            guard count > 0 else { break }
            total += Int(count)
            if total <= limit { body += buffer[..<Int(count)].lazy.map(UInt8.init(bitPattern:)) }
            if Int(count) < buffer.count { break }
        }
        return total > limit ? nil : body
    }

    /// Gives the connection away; the caller closes it.
    func release() -> Int32 {
        let descriptor = request.pointee.ipcFd
        request.pointee.ipcFd = -1
        FCGX_Free(request, 0)
        return descriptor
    }

    /// Ends the connection. The answer and END_REQUEST are in the socket, so there is nothing to linger for.
    func close() {
        Glibc.close(release())
    }
}
