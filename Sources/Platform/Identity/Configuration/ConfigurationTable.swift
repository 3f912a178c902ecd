import Support

/// A setting with the type that the code reads it as.
package struct ConfigurationKey<Value: Sendable>: Sendable {
    package let entry: ConfigurationEntry
    /// In force when no user has chosen, or when what is stored has become impossible.
    let defaultValue: Value
    let read: @Sendable (String) -> Value?

    /// - Parameter read: nil for what has become impossible.
    package init(entry: ConfigurationEntry, defaultValue: Value, read: @escaping @Sendable (String) -> Value?) {
        self.entry = entry
        self.defaultValue = defaultValue
        self.read = read
    }
}

extension ConfigurationKey where Value == Int64 {
    package static func integer(
        _ key: String,
        _ category: ConfigurationEntry.Category,
        _ title: String,
        _ description: String,
        defaultValue: Int64,
        in range: ClosedRange<Int64>,
        effect: ConfigurationEntry.Effect = .now,
        variable: String? = nil
    ) -> Self {
        let entry = ConfigurationEntry(
            key,
            category,
            title,
            description,
            .integer,
            defaultValue: String(defaultValue),
            rule: .range(range),
            effect: effect,
            variable: variable
        )
        return Self(entry: entry, defaultValue: defaultValue) { text in
            Int64(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ConfigurationKey where Value == String {
    package static func choice(
        _ key: String,
        _ category: ConfigurationEntry.Category,
        _ title: String,
        _ description: String,
        defaultValue: String,
        of words: [String],
        effect: ConfigurationEntry.Effect = .now,
        variable: String? = nil
    ) -> Self {
        let entry = ConfigurationEntry(
            key,
            category,
            title,
            description,
            .string,
            defaultValue: defaultValue,
            rule: .choices(words),
            effect: effect,
            variable: variable
        )
        return Self(entry: entry, defaultValue: defaultValue) { words.contains($0) ? $0 : nil }
    }
}

/// The settings of the house itself; features bring their own (`Feature.settings` in AdminKit).
package enum ConfigurationTable {
    package static let house: [ConfigurationEntry] = [
        shopName.entry, sessionIdleHours.entry, sessionAbsoluteDays.entry, passwordLength.entry, corsOrigins.entry,
        requestRate.entry,
    ]

    // MARK: Shop

    package static let shopName = ConfigurationKey<String>(
        entry: ConfigurationEntry(
            "shop.name",
            .shop,
            "Name of the shop",
            "Stands above the navigation and in the titles of windows.",
            .string,
            defaultValue: "Bodega",
            rule: .length(1...40)
        ),
        defaultValue: "Bodega"
    ) { $0 }

    // MARK: Access

    package static let sessionIdleHours: ConfigurationKey<Int64> = .integer(
        "session.idle_hours",
        .access,
        "Hours of an idle session",
        "Idle session timeout: hours without a request after which a login ends.",
        defaultValue: 12,
        in: 1...720
    )

    package static let sessionAbsoluteDays: ConfigurationKey<Int64> = .integer(
        "session.absolute_days",
        .access,
        "Days of a session",
        "Days after which a login ends in any case. Applies to logins from now on.",
        defaultValue: 30,
        in: 1...365
    )

    package static let passwordLength: ConfigurationKey<Int64> = .integer(
        "password.min_length",
        .access,
        "Characters of a password",
        "Minimum length of a new password.",
        defaultValue: 12,
        in: 12...128
    )

    package static let corsOrigins = ConfigurationKey<[String]>(
        entry: ConfigurationEntry(
            "cors.origins",
            .access,
            "Origins of other sites",
            "Pages of these origins may call the API with a token, or through their own server with a session: a JSON "
                + "list like [\"https://shop.example\"].",
            .json,
            defaultValue: "[]",
            rule: .origins
        ),
        defaultValue: []
    ) { text in (try? JSON.parse(text))?.arrayValue?.compactMap(\.stringValue) }

    package static let requestRate: ConfigurationKey<Int64> = .integer(
        "limits.request_rate",
        .access,
        "Requests a second",
        "Requests per second allowed per IP address (burst: twice that); 0 for no limit.",
        defaultValue: 200,
        in: 0...1_000_000,
        variable: "BODEGA_REQUEST_RATE"
    )
}
