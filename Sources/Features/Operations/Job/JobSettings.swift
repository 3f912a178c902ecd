package import Identity

/// What an administrator may choose about jobs.
package enum JobSettings {
    static let all: [ConfigurationEntry] = [days.entry]

    package static let days: ConfigurationKey<Int64> = .integer(
        "jobs.days",
        .jobs,
        "Days of finished jobs",
        """
        After that a job is removed, with its problems and attempts; not before its import can no longer be undone \
        and its upload is gone. Maintenance stays for 90 days at most.
        """,
        defaultValue: 400,
        in: 1...3650
    )
}

extension ConfigurationEntry.Category {
    fileprivate static let jobs = Self("jobs", "Jobs", position: 5)
}
