import Database
package import HTTPClient
package import Identity
import Support

/// What an administrator may choose about requests that go out.
package enum WebhookSettings {
    static let all: [ConfigurationEntry] = [allowedNetworks.entry, deliveryDays.entry]

    package static let allowedNetworks = ConfigurationKey<[Network]>(
        entry: ConfigurationEntry(
            "http.allowed_networks",
            .outgoing,
            "Networks that are allowed",
            """
            Bodega connects to public addresses only, so that nobody can reach your own network through it. Ranges \
            named here are allowed too: a JSON list like ["10.1.2.0/24", "fd00:1::/64"].
            """,
            .json,
            defaultValue: "[]",
            rule: .networks(isNetwork: { Network($0) != nil })
        ),
        defaultValue: []
    ) { text in (try? JSON.parse(text))?.arrayValue?.compactMap { $0.stringValue.flatMap { Network($0) } } }

    static let deliveryDays: ConfigurationKey<Int64> = .integer(
        "webhooks.delivery_days",
        .outgoing,
        "Days for deliveries",
        "How many days deliveries of webhooks are kept after their end.",
        defaultValue: 30,
        in: 1...365
    )

    /// Where requests may go now.
    static func policy(_ configuration: Configuration) throws(DatabaseError) -> AddressPolicy {
        AddressPolicy(allowed: try configuration.value(allowedNetworks))
    }
}

extension ConfigurationEntry.Category {
    fileprivate static let outgoing = Self("outgoing", "Outgoing requests", position: 4)
}
