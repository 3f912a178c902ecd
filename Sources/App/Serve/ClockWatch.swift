import Database
import Identity
import Jobs
import Support

/// Keeps the house's clock, says when the machine's has jumped, and puts right what goes by the time when that had to
/// go back. Part of the job runner, because there is only one.
final class ClockWatch {
    private let connection: Connection
    private let clock: HouseClock
    private let log: Log
    /// What was told of last; nil at first.
    private var told: HouseTime?
    /// A time of long ago may stand in the database too: of a copy, or of a runner that was killed.
    private var isPutBackDue = true

    private static let alert = "clock"
    private static let alertSeconds: Int64 = 86_400

    init(_ connection: Connection, _ clock: HouseClock, log: Log) {
        self.connection = connection
        self.clock = clock
        self.log = log
    }

    var chore: JobChore {
        JobChore("watching the clock", everySeconds: 2) { [self] _ in
            try look()
            return false
        }
    }

    func look() throws {
        guard let time = clock.observe() ?? clock.standing() else { return }
        if let told, time.taken != told.taken, time.taken.by < 0 { isPutBackDue = true }
        if isPutBackDue, try !isClockUnset(time) {
            let isDone = try connection.writeIfFree {
                try JobStore(connection).putBack(to: time.seen)
                try ClockCorrectionStore(connection).putBack(to: time.seen)
                return true
            }
            if isDone == true { isPutBackDue = false }
        }
        guard let text = Self.news(time, since: told) else {
            told = time
            return
        }
        let isRaised = try connection.writeIfFree {
            let end = time.seen.adding(seconds: Self.alertSeconds)
            try AlertStore(connection).raise(Self.alert, text, at: time.seen, expiresAt: end)
            return true
        }
        guard isRaised == true else { return }
        told = time
        log.warning("the clock has jumped", ["what": text])
    }

    /// Whether the house has begun far behind what the database has seen, as on a machine that starts in 1970 without a
    /// clock of its own: what was made later is right then, and the clock is about to be set.
    private func isClockUnset(_ time: HouseTime) throws -> Bool {
        guard time.taken.by >= 0, let believed = try SeenTimeStore(connection).believed() else { return false }
        return time.seen.adding(seconds: 86_400) < believed
    }

    /// What is new about the clock, in plain words; nil when nothing is.
    static func news(_ time: HouseTime, since told: HouseTime?) -> String? {
        if time.apart != 0 {
            guard told?.apartSince != time.apartSince else { return nil }
            return jumped(by: time.apart, seconds: time.patience(for: time.apart) / 1000)
        }
        guard let told else { return nil }
        if time.taken != told.taken, time.taken.by != 0 {
            return """
                The server's clock was put \(words(time.taken.by)) and stayed there, so Bodega goes by it now. If \
                it is wrong, put it right: Bodega follows by itself.
                """
        }
        guard told.apart != 0 else { return nil }
        return """
            The server's clock was put \(words(told.apart)) and then back again. Bodega went on by its own \
            time; nothing was lost. Find out what set the clock.
            """
    }

    private static func jumped(by difference: Int64, seconds: Int64) -> String {
        let wait = seconds >= 86_400 ? "a day" : "\(seconds / 60) minutes"
        return """
            The server's clock was put \(words(difference)). Bodega goes on by its own time, and goes by the \
            clock when that has stayed there for \(wait). If it is wrong, put it right until then: for example with \
            'timedatectl set-ntp true'.
            """
    }

    /// `forward by 730 days`, `back by 60 minutes`.
    private static func words(_ difference: Int64) -> String {
        let units: [(String, Int64)] = [("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000)]
        let size = abs(difference)
        let unit = units.first { size >= 2 * $0.1 } ?? ("seconds", 1000)
        let number = (Double(size) / Double(unit.1)).rounded()
        return "\(difference < 0 ? "back" : "forward") by \(Int64(number)) \(unit.0)"
    }
}
