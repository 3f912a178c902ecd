import CCurl
import Support

/// Sends requests by libcurl, one or many at a time, in this thread. Everything that goes out goes through here.
///
/// It follows no redirects, takes no proxy and no password from the environment, and connects only to addresses that
/// the request's policy allows: that is looked at where the socket is made, so a name that changes its address between
/// two looks gains nothing.
public final class HTTPClient {
    static let missing = "libcurl.so.4 cannot be loaded: install the package libcurl4."

    private var multi: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: HTTPTransfer] = [:]
    /// Ended before they began.
    private var refused: [(tag: Int64, outcome: HTTPOutcome)] = []
    /// Kept connections were made under it.
    private var policy: AddressPolicy?

    /// Throws where libcurl is not there.
    public init() throws(HTTPError) {
        guard bodega_curl_loads() != 0, let multi = bodega_multi_init() else { throw HTTPError(.send, Self.missing) }
        self.multi = multi
        bodega_multi_set(multi, CURLMOPT_MAXCONNECTS, 256)
    }

    deinit {
        for easy in transfers.keys { bodega_multi_remove(multi, easy) }
        transfers = [:]
        bodega_multi_cleanup(multi)
    }

    /// How many are under way.
    public var count: Int { transfers.count + refused.count }

    /// Begins a request.
    /// - Parameter tag: with this it comes out of `step`.
    public func add(_ request: HTTPRequest, tag: Int64) {
        if let name = HTTPTransfer.unsendable(request) {
            return refuse(tag, HTTPError(.send, "The header \(name) cannot be sent as it is."))
        }
        guard let transfer = HTTPTransfer(request, tag: tag) else {
            return refuse(tag, HTTPError(.send, "There was no memory for the request."))
        }
        if !dropConnections(for: request.policy) {
            bodega_easy_set(transfer.easy, CURLOPT_FRESH_CONNECT, 1)
            bodega_easy_set(transfer.easy, CURLOPT_FORBID_REUSE, 1)
        }
        guard bodega_multi_add(multi, transfer.easy) == CURLM_OK else {
            return refuse(tag, HTTPError(.send, "The request could not be begun."))
        }
        transfers[transfer.easy] = transfer
    }

    /// Closes the connections that another policy has allowed, as soon as nothing is under way.
    /// - Returns: whether those that stand were allowed by this one.
    private func dropConnections(for wanted: AddressPolicy) -> Bool {
        if policy != nil, policy != wanted {
            guard transfers.isEmpty, let fresh = bodega_multi_init() else { return false }
            bodega_multi_cleanup(multi)
            multi = fresh
            bodega_multi_set(multi, CURLMOPT_MAXCONNECTS, 256)
        }
        policy = wanted
        return true
    }

    private func refuse(_ tag: Int64, _ error: HTTPError) {
        refused.append((tag, HTTPOutcome(.failure(error), times: HTTPTimes(total: 0))))
    }

    /// Goes on with all requests.
    /// - Parameter milliseconds: how long it may wait for something to happen.
    /// - Returns: those that have ended.
    public func step(waiting milliseconds: Int) -> [(tag: Int64, outcome: HTTPOutcome)] {
        var ended = refused
        refused = []
        bodega_multi_perform(multi)
        ended += collect()
        guard ended.isEmpty, milliseconds > 0 else { return ended }
        bodega_multi_wait(multi, Int32(clamping: milliseconds))
        bodega_multi_perform(multi)
        return collect()
    }

    private func collect() -> [(tag: Int64, outcome: HTTPOutcome)] {
        var ended: [(tag: Int64, outcome: HTTPOutcome)] = []
        var code = CURLE_OK
        while let easy = bodega_multi_ended(multi, &code) {
            guard let transfer = transfers.removeValue(forKey: easy) else { continue }
            ended.append((transfer.tag, transfer.outcome(code)))
            bodega_multi_remove(multi, easy)
        }
        return ended
    }

    /// Sends one request and waits for its end, which its limits bound.
    public static func send(_ request: HTTPRequest) -> HTTPOutcome {
        do throws(HTTPError) {
            let client = try HTTPClient()
            client.add(request, tag: 0)
            while true {
                if let ended = client.step(waiting: 1000).first { return ended.outcome }
            }
        } catch {
            return HTTPOutcome(.failure(error), times: HTTPTimes(total: 0))
        }
    }
}
