import Database
import Identity
import Jobs
import Support

/// What keeps the installation in order, as jobs: seen, asked for by hand, or scheduled.
enum Maintenance {
    static let kind = "maintenance"

    enum Task: String, CaseIterable {
        /// Removes what is kept for a number of days and has been for longer.
        case cleanup
        /// Counts anew how much the indexes narrow.
        case analyze
        /// Looks through the database's file.
        case integrity

        var title: String {
            switch self {
            case .cleanup: "Remove what is old"
            case .analyze: "Refresh the statistics of the database"
            case .integrity: "Check the database"
            }
        }
    }

    /// Days after which such a job is forgotten.
    static let keptDays: Int64 = 90

    static let job = JobKind(kind, lane: lane, order: order, keptDays: keptDays) { run in
        switch task(run.job.options) {
        case .cleanup: try Cleanup(run).perform()
        case .analyze:
            try run.show { $0.stage = "analyzing" }
            try run.connection.refreshStatistics()
            try run.log("The statistics of the database were refreshed.")
            try run.finish(.completed, result: ["task": .string(Task.analyze.rawValue)])
        case .integrity: try checkDatabase(run)
        }
    }

    /// The lane of the installation's own work.
    static let lane = "maintenance"

    static func task(_ options: JSON) -> Task { options["task"]?.stringValue.flatMap(Task.init) ?? .cleanup }

    @Sendable static func order(_ parameters: JSON) -> JobStore.Order {
        JobStore.Order(kind: kind, displayName: task(parameters).title, options: parameters)
    }

    private static func checkDatabase(_ run: JobRun) throws {
        try run.show { $0.stage = "checking" }
        let faults = try DatabaseCheck.faults(run.connection, at: run.environment.now())
        let dangling = faults.isEmpty ? try run.connection.danglingReferences() : []
        let result: JSON = [
            "task": .string(Task.integrity.rawValue), "faults": .int(faults.count),
            "dangling": .array(dangling.map(JSON.string)),
        ]
        guard faults.isEmpty else {
            try run.log("Damage was found: \(faults.prefix(5).joined(separator: "; "))")
            return try run.finish(.failed, message: DatabaseCheck.advice, result: result)
        }
        guard dangling.isEmpty else {
            let message = "\(dangling.count) rows name a record that is not there; the job's result says which."
            return try run.finish(.failed, message: message, result: result)
        }
        try run.log("Every page of the database was read: no damage, and every reference leads somewhere.")
        try run.finish(.completed, result: result)
    }
}

/// Removes what is kept for a number of days, as the runner does all the time in small steps: at once, and counted.
private struct Cleanup {
    let run: JobRun
    private let configuration: Configuration

    init(_ run: JobRun) {
        self.run = run
        configuration = Configuration(run.connection)
    }

    func perform() throws {
        let now = try run.retentionTime()
        let connection = run.connection
        let jobs = JobRetention(connection, run.kinds) { try configuration.value(JobSettings.days) }
        let removedJobs = try all("jobs", 0) { try jobs.step(now) }
        let eventsBefore = now.adding(seconds: -JobRunner.eventDays * 86_400)
        let events = try all("events", 25) { try EventStore(connection).prune(before: eventsBefore) }
        let outboxBefore = now.adding(seconds: -OutboxStore.days * 86_400)
        let outbox = try all("outbox", 50) { try OutboxStore(connection).prune(before: outboxBefore) }
        let days = try configuration.value(LogSettings.logDays)
        let rows = try configuration.value(LogSettings.logRows)
        let lines = try all("log lines", 75) {
            try SystemLogStore(connection).prune(before: now.adding(seconds: -days * 86_400), keeping: rows)
        }
        try run.log("Removed \(removedJobs) jobs, \(events) events, \(outbox) rows of the outbox, \(lines) log lines.")
        try run.finish(
            .completed,
            result: [
                "task": .string(Maintenance.Task.cleanup.rawValue), "jobs": .int(removedJobs),
                "events": .int(events), "outbox": .int(outbox), "log_lines": .int(lines),
            ]
        )
    }

    /// How often a step is tried that finds another writer at work.
    private static let mostTries = 100

    /// Repeats a step until it removes nothing more. One that removes nothing may have found another writer.
    private func all(_ what: String, _ progress: Int64, _ step: () throws -> Int?) throws -> Int {
        var (total, tries) = (0, 0)
        try run.batch { state in
            state.stage = "removing \(what)"
            state.progress = progress
        }
        while true {
            let count = try step()
            if let count, count > 0 {
                total += count
                try run.show { $0.progress = progress }
                continue
            }
            guard count == nil, tries < Self.mostTries else { return total }
            tries += 1
            sleep(milliseconds: 20)
        }
    }
}
