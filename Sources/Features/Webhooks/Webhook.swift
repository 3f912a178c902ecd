import Identity
import Jobs
import Support
import Web

/// An endpoint of another system that is told of events.
struct Webhook: Sendable, Equatable {
    let id: Int64
    /// Where requests go.
    var url: String
    /// What it is for, in a user's words.
    var description: String?
    /// Which types of events it is told of, as patterns.
    var eventTypes: [String]
    var isEnabled: Bool
    /// Of the headers that are sent along; their values are sealed.
    var headerNames: [String]
    /// The most requests in a second; nil for as many as it takes.
    var rateLimit: Int64?
    /// How what it is sent is signed.
    var scheme = Signature.Scheme.shared
    /// With which it checks that, where it is signed with a pair of keys.
    var publicKey: String?
    /// Whether news of one thing wait until what came before them was taken or given up.
    var isStrict = false
    /// Of what happened until there it is told nothing: it was not there yet, or off.
    var toldAfter = OutboxStore.Cursor(number: 0)
    /// Up to there it was told of everything when it was switched off last; nil when it never was.
    var missedAfter: OutboxStore.Cursor?
    var health = Health()
    var version: Int64
    var createdAt: Timestamp
    var updatedAt: Timestamp

    /// How it stands with the deliveries.
    struct Health: Sendable, Equatable {
        /// When the last answer, or the lack of one, was there.
        var lastTriggeredAt: Timestamp?
        var lastResponseStatus: Int64?
        var lastResponseTime: Int64?
        /// Nil when the last one was taken.
        var lastError: String?
        var consecutiveFailures: Int64 = 0
        /// Since when nothing was taken; nil when the last one was.
        var failingSince: Timestamp?
        /// While the breaker is open: when the next delivery is tried, alone.
        var probeAt: Timestamp?
        /// How many of those have failed.
        var probes: Int64 = 0
        /// Since when it is switched off.
        var disabledAt: Timestamp?
        /// Why Bodega has switched it off; nil when a user has.
        var disabledReason: String?
    }

    /// How an endpoint stands, in one word.
    enum State: String, Sendable, CaseIterable {
        case on, failing, off, disabled
    }

    var state: State {
        guard isEnabled else { return health.disabledReason == nil ? .off : .disabled }
        return health.failingSince == nil ? .on : .failing
    }

    /// The host, for lists and titles.
    var host: String {
        let rest = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return rest.isEmpty ? url : String(rest)
    }

    /// Whether it is told of an event. What happens to an endpoint is told to the others only: it could not take it.
    func takes(_ type: String, subject: String?) -> Bool {
        guard EventPattern.matches(type, any: eventTypes) else { return false }
        return !(type.hasPrefix("webhook.") && subject == String(id))
    }

    /// Whether the sender tells it of an event that it reads now.
    func isTold(_ entry: OutboxStore.Entry) -> Bool {
        entry.cursor.number > toldAfter.number && takes(entry.type, subject: entry.subject)
    }

    /// The most there may be.
    static let most: Int64 = 200
}

/// What an endpoint is told of: a type, `product.*` for all of a noun, `*` for everything.
enum EventPattern {
    /// Types that no pattern stands for: there are many events of them, and who wants them names them.
    static let onlyByName: Set<String> = ["products.changed"]

    static func matches(_ type: String, any patterns: [String]) -> Bool {
        if onlyByName.contains(type) { return patterns.contains(type) }
        return patterns.contains { pattern in
            if pattern == "*" { return true }
            guard pattern.hasSuffix(".*") else { return pattern == type }
            return type.hasPrefix(pattern.dropLast())
        }
    }

    /// Those of a list that no type fits.
    static func unknown(_ patterns: [String], of types: [String]) -> [String] {
        patterns.filter { pattern in !types.contains { matches($0, any: [pattern]) } }
    }
}
