import Database
import Support

/// The time by which what is kept for days is removed for good. It believes no jump.
///
/// It goes at the pace of a clock that only counts, never beyond the house's time. Where that stands ahead (it was put
/// forward, or nothing ran for a while), this one comes after by a day at most for each hour in which it stood there.
struct RetentionTime: Sendable, Equatable {
    /// Up to where time is believed; what is kept in the database.
    private(set) var believed: Timestamp
    /// The counter at the last look, in milliseconds; nil before the first.
    private var counted: Int64?
    /// Since when the house's time stands ahead, on the counter.
    private var aheadSince: Int64?

    static let hour: Int64 = 3_600_000
    static let day: Int64 = 24 * hour
    /// Small steps of a time server are no jumps, in milliseconds.
    static let tolerance: Int64 = 120_000

    init(believed: Timestamp) {
        self.believed = believed
    }

    /// Looks at the house's time and at the counter, both in milliseconds.
    /// - Returns: what may be taken for the present when something is to be removed.
    mutating func look(at now: Timestamp, counter: Int64) -> Timestamp {
        // A counter can jump as well, with a suspended machine.
        let passed = counted.map { min(max(0, counter - $0), Self.hour) } ?? 0
        counted = counter
        let expected = believed.adding(milliseconds: passed)
        guard now > expected.adding(milliseconds: Self.tolerance) else {
            believed = max(expected, now)
            aheadSince = nil
            return min(believed, now)
        }
        believed = expected
        guard let since = aheadSince else {
            aheadSince = counter
            return believed
        }
        if counter - since >= Self.hour {
            believed = believed.adding(milliseconds: min(Self.day, now.milliseconds - believed.milliseconds))
            aheadSince = counter
        }
        return believed
    }
}

/// Keeps `RetentionTime` for a job runner, and says when it is far behind.
final class RetentionClock {
    private let connection: Connection
    private let environment: Environment
    private let log: Log
    private let counter: () -> Int64
    private var time: RetentionTime?
    private var saved: Timestamp?
    private var nextWarning: Int64 = 0

    /// Beyond that an operator should look at the clock, in milliseconds.
    private static let far: Int64 = 7 * RetentionTime.day

    /// - Parameter counter: milliseconds of a clock that never jumps.
    init(
        _ connection: Connection,
        _ environment: Environment,
        log: Log,
        counter: @escaping () -> Int64 = { Int64(monotonicNanoseconds() / 1_000_000) }
    ) {
        self.connection = connection
        self.environment = environment
        self.log = log
        self.counter = counter
    }

    /// What may be taken for the present when something is to be removed. Outside a transaction.
    func now() throws -> Timestamp {
        let present = environment.now()
        var time = try self.time ?? begin(at: present)
        let result = time.look(at: present, counter: counter())
        self.time = time
        try save(time, at: present)
        try warn(of: present.milliseconds - result.milliseconds, at: present)
        return result
    }

    /// A database of an earlier version knows when its runner was there last.
    private func begin(at present: Timestamp) throws(DatabaseError) -> RetentionTime {
        if let believed = try SeenTimeStore(connection).believed() { return RetentionTime(believed: believed) }
        return RetentionTime(believed: try EventStore(connection).lastBeat("jobs") ?? present)
    }

    /// Once a minute; when another one writes, later.
    private func save(_ time: RetentionTime, at present: Timestamp) throws {
        guard saved.map({ time.believed >= $0.adding(seconds: 60) }) ?? true else { return }
        let isSaved = try connection.writeIfFree {
            try SeenTimeStore(connection).note(time.believed)
            return true
        }
        if isSaved == true { saved = time.believed }
    }

    private func warn(of behind: Int64, at present: Timestamp) throws {
        guard behind > Self.far, counter() >= nextWarning else { return }
        let text = Self.warning(days: behind / RetentionTime.day)
        let isRaised = try connection.writeIfFree {
            try AlertStore(connection).raise("retention", text, at: present, expiresAt: present.adding(seconds: 86_400))
            return true
        }
        guard isRaised == true else { return }
        nextWarning = counter() + RetentionTime.hour
        log.warning("the clock stands far ahead of the time last seen", ["days": "\(behind / RetentionTime.day)"])
    }

    static func warning(days: Int64) -> String {
        """
        The server's clock stands \(days) days after the time that Bodega has seen last: it was put \
        forward, or Bodega was stopped for long. What is kept for a number of days is removed only as if a day more \
        had passed with each hour. If the clock is wrong, put it right.
        """
    }
}
