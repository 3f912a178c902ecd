/// How many requests a client may make: a bucket that is filled with `rate` of them a second and holds twice as many.
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
    private let take: (_ client: String, _ rate: Int, _ burst: Int) -> Taken

    /// - Parameter take: counts one request of a client, whatever process it comes to.
    public init(rate: Int, take: @escaping (_ client: String, _ rate: Int, _ burst: Int) -> Taken) {
        self.rate = rate
        self.take = take
    }

    /// The headers of an answer to a request that was counted (draft-ietf-httpapi-ratelimit-headers).
    /// - Parameters:
    ///   - client: names the client, e.g. `token:7`.
    ///   - policy: the kind of client, for the headers.
    ///   - other: another rate than everybody's.
    ///
    /// Throws 429 `too_many_requests`.
    public func count(_ client: String, policy: String, rate other: Int? = nil) throws(WebError) -> Fields {
        let rate = max(1, other ?? rate)
        let burst = 2 * rate
        let taken = take(client, rate, burst)
        var headers = Fields.headers()
        headers.append("RateLimit-Policy", "\"\(policy)\";q=\(burst);w=2")
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
