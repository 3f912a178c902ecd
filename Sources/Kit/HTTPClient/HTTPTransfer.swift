import CCurl
import Glibc

/// One exchange as libcurl has it: its handle, and what its callbacks gather. Lives as long as the handle is in use.
final class HTTPTransfer {
    let tag: Int64
    let easy: UnsafeMutableRawPointer
    private let request: HTTPRequest
    private var lines: UnsafeMutablePointer<curl_slist>?
    /// libcurl reads it while it sends, and writes what went wrong.
    private let body: UnsafeMutableBufferPointer<UInt8>
    private let complaint: UnsafeMutablePointer<CChar>

    private var headers: [HTTPAnswer.Header] = []
    private var headBytes = 0
    private var content: [UInt8] = []
    private var isTooLarge = false
    /// The last address that was refused, and why.
    private var refused: (address: NetworkAddress, word: String)?
    /// Whether a connection was begun.
    private var hasOpened = false

    /// Nil where libcurl has no memory.
    init?(_ request: HTTPRequest, tag: Int64) {
        guard let easy = bodega_easy_init() else { return nil }
        self.easy = easy
        self.tag = tag
        self.request = request
        body = UnsafeMutableBufferPointer.allocate(capacity: max(1, request.body?.count ?? 0))
        _ = body.initialize(from: request.body ?? [])
        complaint = .allocate(capacity: Int(CURL_ERROR_SIZE))
        complaint.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        configure()
    }

    deinit {
        bodega_easy_cleanup(easy)
        if let lines { bodega_list_free(lines) }
        body.deallocate()
        complaint.deallocate()
    }

    private func configure() {
        let own = Unmanaged.passUnretained(self).toOpaque()
        bodega_easy_set_pointer(easy, CURLOPT_CURLU, UnsafeMutableRawPointer(request.target.handle))
        bodega_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, complaint)
        bodega_easy_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        // Neither of these from the environment.
        bodega_easy_set_text(easy, CURLOPT_PROXY, "")
        bodega_easy_set_text(easy, CURLOPT_NOPROXY, "*")
        bodega_easy_set(easy, CURLOPT_NETRC, 0)
        bodega_easy_set(easy, CURLOPT_FOLLOWLOCATION, 0)
        bodega_easy_set(easy, CURLOPT_NOSIGNAL, 1)
        bodega_easy_set(easy, CURLOPT_CONNECTTIMEOUT_MS, request.limits.connect)
        bodega_easy_set(easy, CURLOPT_TIMEOUT_MS, request.limits.total)
        bodega_easy_set(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        bodega_easy_set_pointer(easy, CURLOPT_OPENSOCKETDATA, own)
        bodega_easy_set_socket(easy) { own, _, address in
            guard let own, let address else { return -1 }
            return Unmanaged<HTTPTransfer>.fromOpaque(own).takeUnretainedValue().open(address)
        }
        bodega_easy_set_pointer(easy, CURLOPT_HEADERDATA, own)
        bodega_easy_set_write(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, own in
            HTTPTransfer.taking(own, bytes, size * count) { $0.take(headerLine: $1) }
        }
        bodega_easy_set_pointer(easy, CURLOPT_WRITEDATA, own)
        bodega_easy_set_write(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, own in
            HTTPTransfer.taking(own, bytes, size * count) { $0.take(content: $1) }
        }
        setMethod()
    }

    private func setMethod() {
        bodega_easy_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
        if let sent = request.body {
            bodega_easy_set(easy, CURLOPT_POST, 1)
            bodega_easy_set_pointer(easy, CURLOPT_POSTFIELDS, body.baseAddress)
            bodega_easy_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int(sent.count))
        } else if request.method == "HEAD" {
            bodega_easy_set(easy, CURLOPT_NOBODY, 1)
        }
        // Without the first a body of more than 1 MB would wait for a 100.
        for line in ["Expect:"] + request.headers.map({ "\($0.name): \($0.value)" }) {
            lines = bodega_list_adding(lines, line)
        }
        bodega_easy_set_pointer(easy, CURLOPT_HTTPHEADER, lines)
    }

    /// The name of a header that cannot be sent; nil when all can.
    static func unsendable(_ request: HTTPRequest) -> String? {
        request.headers.first { !HTTPRequest.isHeaderName($0.name) || !HTTPRequest.isHeaderValue($0.value) }?.name
    }

    // MARK: Callbacks

    private static func taking(
        _ own: UnsafeMutableRawPointer?,
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ count: Int,
        _ take: (HTTPTransfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let own else { return 0 }
        let transfer = Unmanaged<HTTPTransfer>.fromOpaque(own).takeUnretainedValue()
        return take(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }

    /// Every connection begins here, whatever name led to it: what is looked at is what is connected to.
    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let length = Int(address.pointee.addrlen)
        let ip = withUnsafePointer(to: &address.pointee.addr) { NetworkAddress($0, length: length) }
        guard let ip else { return -1 }
        if let word = request.policy.refusal(ip) {
            refused = (ip, word)
            return -1
        }
        hasOpened = true
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, type, address.pointee.protocol)
    }

    private func take(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        headBytes += bytes.count
        guard headBytes <= request.limits.head else {
            isTooLarge = true
            return false
        }
        // A new head, as behind a 100.
        if bytes.starts(with: "HTTP/".utf8) { headers = [] }
        let parts = bytes.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return true }
        func text(_ part: Slice<UnsafeRawBufferPointer>) -> String {
            let blank: (UInt8) -> Bool = { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
            let inner = part.drop(while: blank).reversed().drop(while: blank).reversed()
            return String(decoding: inner, as: UTF8.self)
        }
        headers.append(HTTPAnswer.Header(text(parts[0]).lowercased(), text(parts[1])))
        return true
    }

    private func take(content bytes: UnsafeRawBufferPointer) -> Bool {
        guard content.count + bytes.count <= request.limits.body else {
            isTooLarge = true
            return false
        }
        content.append(contentsOf: bytes)
        return true
    }

    // MARK: The end

    /// How it ended, once libcurl has said so.
    func outcome(_ code: CURLcode) -> HTTPOutcome {
        let status = Int(bodega_easy_status(easy))
        // Also of a connection that an earlier exchange has made.
        let peer = bodega_easy_peer(easy).flatMap { NetworkAddress(String(cString: $0)) }
        let isInternal = peer.map { AddressPolicy().refusal($0) != nil } ?? false
        guard code == CURLE_OK, !isTooLarge else {
            return HTTPOutcome(.failure(error(code)), times: times, isInternal: isInternal)
        }
        let answer = HTTPAnswer(status: status, headers: headers, body: content)
        return HTTPOutcome(.success(answer), times: times, isInternal: isInternal)
    }

    private var times: HTTPTimes {
        func milliseconds(_ info: CURLINFO) -> Int? {
            let time = bodega_easy_time(easy, info)
            return time > 0 ? Int((time + 500) / 1000) : nil
        }
        return HTTPTimes(
            name: milliseconds(CURLINFO_NAMELOOKUP_TIME_T),
            connect: milliseconds(CURLINFO_CONNECT_TIME_T),
            tls: milliseconds(CURLINFO_APPCONNECT_TIME_T),
            answer: milliseconds(CURLINFO_STARTTRANSFER_TIME_T),
            total: milliseconds(CURLINFO_TOTAL_TIME_T) ?? 0
        )
    }

    private func error(_ code: CURLcode) -> HTTPError {
        if isTooLarge {
            let (head, body) = (request.limits.head, request.limits.body)
            return HTTPError(.tooLarge, "The answer is larger than \(body) bytes, or its head than \(head).")
        }
        let host = request.target.host
        if let refused, !hasOpened {
            return HTTPError(
                .address,
                """
                \(host == refused.address.description ? host : "\(host) is \(refused.address), which") \
                is not a public address (\(refused.word)). An administrator can allow its network in Settings.
                """
            )
        }
        let step = step(code)
        if code == CURLE_OPERATION_TIMEDOUT {
            return HTTPError(step, Self.late(step, host, times.total))
        }
        let said = String(cString: complaint)
        return HTTPError(step, said.isEmpty ? String(cString: bodega_easy_error(code)) : said)
    }

    private func step(_ code: CURLcode) -> HTTPError.Step {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .name
        case CURLE_COULDNT_CONNECT: return .connect
        case CURLE_SEND_ERROR: return .send
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            return .tls
        case CURLE_OPERATION_TIMEDOUT:
            if bodega_easy_time(easy, CURLINFO_NAMELOOKUP_TIME_T) == 0 { return .name }
            if bodega_easy_time(easy, CURLINFO_CONNECT_TIME_T) == 0 { return .connect }
            let isSecure = request.target.scheme == "https"
            if isSecure, bodega_easy_time(easy, CURLINFO_APPCONNECT_TIME_T) == 0 { return .tls }
            return bodega_easy_time(easy, CURLINFO_PRETRANSFER_TIME_T) == 0 ? .send : .wait
        default: return .wait
        }
    }

    private static func late(_ step: HTTPError.Step, _ host: String, _ milliseconds: Int) -> String {
        let span = "within \((milliseconds + 500) / 1000) s"
        return switch step {
        case .name: "The name \(host) could not be looked up \(span)."
        case .connect: "No connection to \(host) \(span)."
        case .tls: "No agreement on encryption with \(host) \(span)."
        case .send, .wait, .address, .tooLarge: "No answer from \(host) \(span)."
        }
    }
}
