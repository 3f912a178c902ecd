package import Identity

/// What an administrator may choose about imports.
package enum ImportSettings {
    static let all: [ConfigurationEntry] = [
        guardShare.entry, guardPrice.entry, guardCount.entry, historyDays.entry, uploadDays.entry, order.entry,
    ]

    package static let guardShare: ConfigurationKey<Int64> = .integer(
        "imports.guard_share",
        .imports,
        "Ask when more than this share of rows changes",
        "Per cent of an import's rows: one that deletes, deactivates or reprices more of them waits for a person.",
        defaultValue: 30,
        in: 0...100
    )

    package static let guardPrice: ConfigurationKey<Int64> = .integer(
        "imports.guard_price",
        .imports,
        "Great change of a price",
        "Per cent of the old price: one that changes by more counts as repriced.",
        defaultValue: 50,
        in: 1...1000
    )

    package static let guardCount: ConfigurationKey<Int64> = .integer(
        "imports.guard_count",
        .imports,
        "Changes that never ask",
        "Fewer deletions, deactivations or repriced products than this never wait, however small the file is.",
        defaultValue: 5,
        in: 1...1_000_000
    )

    package static let historyDays: ConfigurationKey<Int64> = .integer(
        "imports.history_days",
        .imports,
        "Days for undo",
        "How many days imports can be undone and earlier versions of products restored.",
        defaultValue: 365,
        in: 1...36_500,
        variable: "BODEGA_HISTORY_DAYS"
    )

    package static let uploadDays: ConfigurationKey<Int64> = .integer(
        "imports.upload_days",
        .imports,
        "Days for uploads",
        "How many days uploaded files are kept after their import.",
        defaultValue: 30,
        in: 0...36_500,
        variable: "BODEGA_UPLOAD_DAYS"
    )

    package static let order: ConfigurationKey<String> = .choice(
        "imports.order",
        .imports,
        "Several imports",
        "queue: one after the other; parallel: as many at a time as there are job workers.",
        defaultValue: "queue",
        of: ["queue", "parallel"],
        effect: .nextStart,
        variable: "BODEGA_IMPORTS"
    )
}

extension ConfigurationEntry.Category {
    fileprivate static let imports = Self("imports", "Imports", position: 2)
}
