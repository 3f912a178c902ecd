import HTTPClient
import Support

/// What becomes of a delivery after an attempt, and of its endpoint.
enum RetryPolicy {
    /// How long after which attempt the next one comes, in seconds: about 75 hours in all.
    static let delays: [Int64] = [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// How many attempts there are.
    static var most: Int { delays.count }
    /// The longest that an endpoint may ask for with `Retry-After`, in seconds.
    static let longestWait: Int64 = 86_400
    /// After so many failures in a row the breaker opens.
    static let breakerFailures: Int64 = 5
    /// An endpoint that has taken nothing for so many seconds is switched off.
    static let patience: Int64 = 5 * 86_400

    enum Decision: Equatable {
        case delivered
        case retry(at: Timestamp)
        case exhausted
        /// The endpoint is gone (410): it is told nothing any more.
        case gone
    }

    /// - Parameters:
    ///   - tries: how many attempts were made, this one included.
    ///   - share: from 0 to 1, by chance: spreads attempts over ±20 %.
    static func decide(
        _ result: Result<HTTPAnswer, HTTPError>,
        tries: Int64,
        at now: Timestamp,
        share: Double
    ) -> Decision {
        var wait: Int64 = 0
        if case .success(let answer) = result {
            if (200...299).contains(answer.status) { return .delivered }
            if answer.status == 410 { return .gone }
            wait = min(longestWait, retryAfter(answer.header("retry-after"), at: now) ?? 0)
        }
        guard tries >= 0, tries < most else { return .exhausted }
        let delay = Int64(Double(delays[Int(tries)]) * (0.8 + 0.4 * share) * 1000)
        return .retry(at: now.adding(milliseconds: max(delay, wait * 1000)))
    }

    /// Seconds, or a date of HTTP (RFC 9110, section 10.2.3); nil for another text.
    static func retryAfter(_ text: String?, at now: Timestamp) -> Int64? {
        guard let text else { return nil }
        if let seconds = Int64(text) { return max(0, seconds) }
        let words = text.split(separator: " ")
        guard words.count == 6, let month = months.firstIndex(of: words[2]), words[1].count == 2 else { return nil }
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        guard let date = Timestamp(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z") else { return nil }
        return max(0, (date.milliseconds - now.milliseconds) / 1000)
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Until the next probe of an endpoint whose breaker is open, in seconds: half a minute, doubled up to an hour.
    /// - Parameter probes: how many have failed.
    static func probeDelay(_ probes: Int64) -> Int64 { min(3600, 30 << min(probes, 10)) }

    /// What a sentence says of an answer that was no success; nil for a success.
    static func complaint(_ result: Result<HTTPAnswer, HTTPError>) -> String? {
        switch result {
        case .failure(let error): return error.description
        case .success(let answer):
            switch answer.status {
            case 200...299: return nil
            case 300...399: return "The endpoint answered \(answer.status): redirects are not followed."
            case 410: return "The endpoint answered 410: it is gone for good."
            default: return "The endpoint answered \(answer.status)."
            }
        }
    }
}

extension Webhook.Health {
    /// How it stands after an attempt.
    /// - Parameter startedAt: when that began: one that began before the breaker opened is no probe.
    mutating func note(_ outcome: HTTPOutcome, startedAt: Timestamp, at now: Timestamp) {
        lastTriggeredAt = now
        lastResponseTime = Int64(outcome.times.total)
        lastResponseStatus = nil
        if case .success(let answer) = outcome.result { lastResponseStatus = Int64(answer.status) }
        lastError = RetryPolicy.complaint(outcome.result)
        guard lastError != nil else {
            (consecutiveFailures, failingSince, probeAt, probes) = (0, nil, nil, 0)
            return
        }
        consecutiveFailures += 1
        failingSince = failingSince ?? now
        if let probe = probeAt {
            guard startedAt >= probe else { return }
            probes += 1
            probeAt = now.adding(seconds: RetryPolicy.probeDelay(probes))
        } else if consecutiveFailures >= RetryPolicy.breakerFailures {
            probeAt = now.adding(seconds: RetryPolicy.probeDelay(0))
        }
    }

    /// Whether nothing was taken for so long that the endpoint is switched off.
    func isGivenUp(at now: Timestamp) -> Bool {
        failingSince.map { $0.adding(seconds: RetryPolicy.patience) <= now } ?? false
    }
}
