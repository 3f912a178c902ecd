import Support

/// A setting with the type that the code reads it as.
package struct ConfigurationKey<Value: Sendable>: Sendable {
    package let entry: ConfigurationEntry
    /// In force when nobody has chosen, or when what is stored has become impossible.
    let standard: Value
    let read: @Sendable (String) -> Value?
}

extension ConfigurationKey where Value == Int64 {
    fileprivate static func integer(
        _ key: String,
        _ category: ConfigurationEntry.Category,
        _ title: String,
        _ description: String,
        standard: Int64,
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
            standard: String(standard),
            rule: .range(range),
            effect: effect,
            variable: variable
        )
        return Self(entry: entry, standard: standard) { text in Int64(text).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension ConfigurationKey where Value == String {
    fileprivate static func choice(
        _ key: String,
        _ category: ConfigurationEntry.Category,
        _ title: String,
        _ description: String,
        standard: String,
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
            standard: standard,
            rule: .choices(words),
            effect: effect,
            variable: variable
        )
        return Self(entry: entry, standard: standard) { words.contains($0) ? $0 : nil }
    }
}

/// Every setting that there is. One that is not here is refused wherever it comes from.
package enum ConfigurationTable {
    package static let all: [ConfigurationEntry] = [
        shopName.entry,
        guardShare.entry, guardPrice.entry, guardCount.entry, historyDays.entry, uploadDays.entry, importOrder.entry,
        sessionIdleHours.entry, sessionAbsoluteDays.entry, passwordLength.entry, corsOrigins.entry, requestRate.entry,
        logLevel.entry, logDays.entry, logRows.entry,
    ]

    /// The setting of a name; nil when there is none.
    package static func entry(_ key: String) -> ConfigurationEntry? { all.first { $0.key == key } }

    // MARK: Shop

    package static let shopName = ConfigurationKey<String>(
        entry: ConfigurationEntry(
            "shop.name",
            .shop,
            "Name of the shop",
            "Stands above the navigation and in the titles of windows.",
            .string,
            standard: "Bodega",
            rule: .length(1...40)
        ),
        standard: "Bodega"
    ) { $0 }

    // MARK: Imports

    package static let guardShare: ConfigurationKey<Int64> = .integer(
        "imports.guard_share",
        .imports,
        "Share that asks first",
        "An import that deletes, deactivates or reprices more than so many per cent of its rows waits for a person.",
        standard: 30,
        in: 0...100
    )

    package static let guardPrice: ConfigurationKey<Int64> = .integer(
        "imports.guard_price",
        .imports,
        "Great change of a price",
        "A price that changes by more than so many per cent of itself counts as repriced.",
        standard: 50,
        in: 1...1000
    )

    package static let guardCount: ConfigurationKey<Int64> = .integer(
        "imports.guard_count",
        .imports,
        "Changes that never ask",
        "Fewer deletions, deactivations or repriced products than this never wait, however small the file is.",
        standard: 5,
        in: 1...1_000_000
    )

    package static let historyDays: ConfigurationKey<Int64> = .integer(
        "imports.history_days",
        .imports,
        "Days for undo",
        "For so many days imports can be undone and earlier versions of products restored.",
        standard: 365,
        in: 1...36_500,
        variable: "BODEGA_HISTORY_DAYS"
    )

    package static let uploadDays: ConfigurationKey<Int64> = .integer(
        "imports.upload_days",
        .imports,
        "Days for uploads",
        "For so many days after their import uploaded files are kept.",
        standard: 30,
        in: 0...36_500,
        variable: "BODEGA_UPLOAD_DAYS"
    )

    package static let importOrder: ConfigurationKey<String> = .choice(
        "imports.order",
        .imports,
        "Several imports",
        "queue: one after the other; parallel: as many at a time as there are job workers.",
        standard: "queue",
        of: ["queue", "parallel"],
        effect: .nextStart,
        variable: "BODEGA_IMPORTS"
    )

    // MARK: Access

    package static let sessionIdleHours: ConfigurationKey<Int64> = .integer(
        "session.idle_hours",
        .access,
        "Hours of an idle session",
        "Without a request for so many hours a login ends.",
        standard: 12,
        in: 1...720
    )

    package static let sessionAbsoluteDays: ConfigurationKey<Int64> = .integer(
        "session.absolute_days",
        .access,
        "Days of a session",
        "After so many days a login ends in any case. Counts for logins from now on.",
        standard: 30,
        in: 1...365
    )

    package static let passwordLength: ConfigurationKey<Int64> = .integer(
        "password.min_length",
        .access,
        "Characters of a password",
        "A new password has at least so many characters.",
        standard: 12,
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
            standard: "[]",
            rule: .origins
        ),
        standard: []
    ) { text in (try? JSON.parse(text))?.arrayValue?.compactMap(\.stringValue) }

    package static let requestRate: ConfigurationKey<Int64> = .integer(
        "limits.request_rate",
        .access,
        "Requests a second",
        "So many requests a second are answered for one address, twice as many in a burst; 0 for no limit.",
        standard: 200,
        in: 0...1_000_000,
        variable: "BODEGA_REQUEST_RATE"
    )

    // MARK: System log

    package static let logLevel: ConfigurationKey<String> = .choice(
        "logs.level",
        .logs,
        "Lines that are kept",
        "From which level on: info, warning or error. The files in logs/ have all lines for a while.",
        standard: "warning",
        of: ["info", "warning", "error"]
    )

    package static let logDays: ConfigurationKey<Int64> = .integer(
        "logs.days",
        .logs,
        "Days of the system log",
        "Older lines are removed.",
        standard: 30,
        in: 1...3650
    )

    package static let logRows: ConfigurationKey<Int64> = .integer(
        "logs.rows",
        .logs,
        "Lines of the system log",
        "So many of the newest lines are kept at most.",
        standard: 100_000,
        in: 1000...10_000_000
    )
}
