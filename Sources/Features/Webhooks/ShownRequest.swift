import Support

/// A delivery's request as it is shown to people: signed, and without the values of the endpoint's own headers.
struct ShownRequest: Sendable, Equatable {
    var url: String
    var headers: [(name: String, value: String)]
    var body: String

    static func == (left: ShownRequest, right: ShownRequest) -> Bool {
        left.url == right.url && left.body == right.body && left.headers.elementsEqual(right.headers, by: ==)
    }

    /// What stands in the place of a value that is kept sealed.
    static let hidden = "…"

    /// - Parameters:
    ///   - secrets: those that sign now.
    ///   - moment: of the attempt.
    init(_ delivery: Delivery, _ webhook: Webhook, body: String, secrets: [String], at moment: Timestamp) {
        url = webhook.url
        self.body = body
        headers =
            DeliveryRequests.commonHeaders + webhook.headerNames.map { ($0, Self.hidden) }
            + Signature.headers(
                id: delivery.eventID,
                seconds: moment.milliseconds / 1000,
                body: Array(body.utf8),
                secrets: secrets
            )
    }

    /// As it goes over the wire.
    var text: String {
        (["POST \(url)"] + headers.map { "\($0.name): \($0.value)" } + ["", body]).joined(separator: "\n")
    }

    /// The same request as a command.
    var command: String {
        let words =
            ["curl -X POST \(Self.quoted(url))"]
            + headers.map { "-H \(Self.quoted("\($0.name): \($0.value)"))" } + ["--data-raw \(Self.quoted(body))"]
        return words.joined(separator: " \\\n  ")
    }

    /// One word for a shell, whatever it holds.
    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
