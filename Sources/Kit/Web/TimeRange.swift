public import Support

/// A stretch of time that a list is narrowed to: the parameters `since` and `until`, each a moment (RFC 3339) or a day
/// (`2026-11-25`, in UTC).
public struct TimeRange: Sendable, Equatable {
    public static let parameters = ["since", "until"]

    /// Inclusive.
    public var since: Timestamp?
    /// Exclusive; a day that is named is included.
    public var until: Timestamp?

    /// Throws 400 `bad_time`.
    public init(_ query: Fields) throws(WebError) {
        since = try Self.moment("since", query, daysLater: 0)
        until = try Self.moment("until", query, daysLater: 1)
    }

    private static func moment(_ name: String, _ query: Fields, daysLater: Int64) throws(WebError) -> Timestamp? {
        guard let text = query[name]?.trimmed, !text.isEmpty else { return nil }
        if let moment = Timestamp(rfc3339: text) { return moment }
        guard text.utf8.count == 10, let day = Timestamp(rfc3339: "\(text)T00:00:00Z") else {
            let detail = "'\(name)' takes a moment like 2026-11-25T08:00:00Z or a day like 2026-11-25."
            throw .badParameter(name, "bad_time", detail)
        }
        return day.adding(seconds: daysLater * 86_400)
    }

    /// For the list of an operation's parameters.
    public static let operationParameters: [Operation.Parameter] = [
        .init("since", schema, "from then on: a moment (RFC 3339) or a day (UTC)", example: "2026-11-25T08:00:00Z"),
        .init("until", schema, "before that moment, or up to the end of that day (UTC)", example: "2026-11-25"),
    ]

    /// Blank is no end, as forms send it.
    private static let schema = Schema([
        "anyOf": [Schema.time().json, Schema.text(format: "date").json, ["const": ""]]
    ])
}
