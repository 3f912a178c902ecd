package import Identity

/// What an administrator may choose about the system log.
package enum LogSettings {
    static let all: [ConfigurationEntry] = [
        logLevel.entry, logDays.entry, logRows.entry,
    ]

    package static let logLevel: ConfigurationKey<String> = .choice(
        "logs.level",
        .logs,
        "Lines that are kept",
        "From which level on: info, warning or error. The files in logs/ have all lines for a while.",
        defaultValue: "warning",
        of: ["info", "warning", "error"]
    )

    package static let logDays: ConfigurationKey<Int64> = .integer(
        "logs.days",
        .logs,
        "Days of the system log",
        "Older lines are removed.",
        defaultValue: 30,
        in: 1...3650
    )

    package static let logRows: ConfigurationKey<Int64> = .integer(
        "logs.rows",
        .logs,
        "Lines of the system log",
        "Maximum number of lines kept; the oldest go first.",
        defaultValue: 100_000,
        in: 1000...10_000_000
    )
}

extension ConfigurationEntry.Category {
    fileprivate static let logs = Self("logs", "System log", position: 4)
}
