import AdminKit
import Database
import Identity
import Jobs
import Support

/// Brings the lines that processes have spooled into the table of the system log. Run by the runner, once a second: one
/// writer, in batches, that steps back for everybody else.
final class LogCollector {
    private let store: SystemLogStore
    private let spool: LogSpool
    private let level: () throws -> Log.Level
    /// As noted in the table.
    private var noted: LogSpool.Place?
    /// How far this one has read: beyond the noted one there are only lines that are not kept.
    private var place: LogSpool.Place?
    private var isKnown = false
    private var refusals = 0

    /// How many times in a row it steps back; then it waits for its turn like others.
    private static let mostRefusals = 20

    /// - Parameter level: lines below it are not kept; asked for each batch.
    init(_ connection: Connection, spool: LogSpool, level: @escaping () throws -> Log.Level) {
        store = SystemLogStore(connection)
        self.spool = spool
        self.level = level
    }

    /// Takes one batch.
    /// - Returns: whether there is more.
    func step(_ now: Timestamp) throws -> Bool {
        try spool.prepare()
        if !isKnown {
            noted = try store.place()
            place = noted
            isKnown = true
        }
        guard let batch = try spool.read(after: place) else { return false }
        guard batch.place != place else {
            if batch.place.offset >= LogSpool.retireBytes, try spool.retire(batch.place) { place = nil }
            return false
        }
        let level = try level()
        var wanted = batch.entries.filter { $0.level >= level }
        if batch.unreadable > 0 {
            var note = LogEntry(.warning, "jobs", "log lines could not be read", module: "Operations/LogCollector")
            note.add("count", "\(batch.unreadable)")
            wanted.append(note)
        }
        guard !wanted.isEmpty else {
            place = batch.place
            return batch.hasMore
        }
        switch try store.add(wanted, from: noted, to: batch.place, waits: refusals >= Self.mostRefusals) {
        case .done:
            noted = batch.place
            place = batch.place
            refusals = 0
            return batch.hasMore
        case .busy:
            refusals += 1
            return true
        case .overtaken:
            isKnown = false
            return false
        }
    }
}

/// Keeps the system log within the age and the number of lines that the shop has chosen.
struct LogRetention {
    let connection: Connection
    let configuration: Configuration

    /// - Returns: whether there is more to remove.
    func step(_ now: Timestamp) throws -> Bool {
        let days = try configuration.value(LogSettings.logDays)
        let rows = try configuration.value(LogSettings.logRows)
        let oldest = now.adding(seconds: -days * 86_400)
        return try SystemLogStore(connection).prune(before: oldest, keeping: rows) > 0
    }
}

/// What the runner does for the system log.
enum LogChores {
    @Sendable static func all(_ house: ChoreSurroundings) -> [JobChore] {
        let (connection, configuration) = (house.connection, house.configuration)
        let collector = LogCollector(connection, spool: house.logSpool) {
            Log.Level(rawValue: try configuration.value(LogSettings.logLevel)) ?? .warning
        }
        let retention = LogRetention(connection: connection, configuration: configuration)
        return [
            JobChore("collecting log lines", everySeconds: 1, step: collector.step),
            JobChore("pruning the system log", everySeconds: 60, isRetention: true, step: retention.step),
        ]
    }
}
