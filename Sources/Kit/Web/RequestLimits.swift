/// How many requests a client may make: a bucket that holds `burst` of them and is filled with `rate` a second.
public struct RequestLimits {
    /// What became of one request.
    public struct Taken: Sendable, Equatable {
        public var isAllowed: Bool
        /// How many may follow at once.
        public var remaining: Int
        /// Seconds, rounded up, until the bucket is full again.
        public var resetSeconds: Int
        /// Seconds, rounded up, until one more is allowed; 0 when one is.
        public var retrySeconds: Int

        public init(isAllowed: Bool, remaining: Int, resetSeconds: Int, retrySeconds: Int) {
            self.isAllowed = isAllowed
            self.remaining = remaining
            self.resetSeconds = resetSeconds
            self.retrySeconds = retrySeconds
        }
    }

    /// A second.
    public let rate: Int
    public let burst: Int
    private let take: (String) -> Taken

    /// - Parameter take: counts one request of a client, whatever process it comes to.
    public init(rate: Int, burst: Int, take: @escaping (String) -> Taken) {
        self.rate = rate
        self.burst = burst
        self.take = take
    }

    /// The headers of an answer to a request that was counted (draft-ietf-httpapi-ratelimit-headers).
    /// - Parameters:
    ///   - client: names whoever asks, e.g. `token:7`.
    ///   - policy: the kind of client, for the headers.
    ///
    /// Throws 429 `too_many_requests`.
    public func count(_ client: String, policy: String) throws(WebError) -> Fields {
        let taken = take(client)
        let window = max(1, (burst + rate - 1) / rate)
        var headers = Fields.headers()
        headers.append("RateLimit-Policy", "\"\(policy)\";q=\(burst);w=\(window)")
        headers.append("RateLimit", "\"\(policy)\";r=\(taken.remaining);t=\(taken.resetSeconds)")
        guard taken.isAllowed else {
            var error = WebError.tooManyRequests(
                "too_many_requests",
                "More than \(rate) requests a second; wait and try again.",
                retryAfter: max(1, taken.retrySeconds)
            )
            for field in headers.all { error.headers.append(field.name, field.value) }
            throw error
        }
        return headers
    }
}
