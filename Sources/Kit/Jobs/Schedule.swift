public import Support

/// Work that is asked for again and again at certain times.
public struct Schedule: Sendable, Equatable {
    public var id: Int64 = 0
    public var name: String
    /// The kind of the jobs that it asks for.
    public var kind: String
    /// What each job is asked to do, as its kind says.
    public var parameters: JSON
    public var cron: CronExpression
    public var timeZone: TimeZone
    public var isEnabled = true
    public var missed = Missed.once
    /// How many missed runs are made up for, the newest, where all are.
    public var missedLimit: Int64 = 10
    public var overlap = Overlap.skip
    /// Nil when it is off, or when something is wrong with it.
    public internal(set) var nextRunAt: Timestamp?
    public internal(set) var lastJobID: Int64?
    /// Why it cannot run, in a sentence.
    public internal(set) var problem: String?
    /// Who saved it last: its jobs are this user's.
    public internal(set) var userID: Int64?
    public internal(set) var version: Int64 = 0
    public internal(set) var createdAt = Timestamp(milliseconds: 0)
    public internal(set) var updatedAt = Timestamp(milliseconds: 0)

    /// What becomes of runs whose time passed while nothing could run.
    public enum Missed: String, Sendable, CaseIterable {
        /// They are left out.
        case skip
        /// One run makes up for all of them.
        case once
        /// Each is made up for, the newest up to a limit, one after another.
        case all
    }

    /// What becomes of a run that is due while the one before is under way.
    public enum Overlap: String, Sendable, CaseIterable {
        /// It is left out.
        case skip
        /// It begins when that one has ended; one waits at a time.
        case wait
    }

    public static let maxName = 100
    public static let missedLimits: ClosedRange<Int64> = 1...100
    /// How late a run is that counts as missed, in seconds: longer than a restart takes.
    public static let grace: Int64 = 120

    public init(name: String, kind: String, parameters: JSON = [:], cron: CronExpression, timeZone: TimeZone) {
        self.name = name
        self.kind = kind
        self.parameters = parameters
        self.cron = cron
        self.timeZone = timeZone
    }

    /// By which names are compared.
    public var nameKey: String { name.trimmed.caseFolded }

    /// The entity tag of this version.
    public var entityTag: String { "\(id)-\(version)" }

    /// The first time at which it is to run after a moment; nil when it is off.
    func next(after moment: Timestamp) -> Timestamp? { isEnabled ? cron.next(after: moment, in: timeZone) : nil }
}

/// One due time of a schedule and what came of it.
public struct ScheduleRun: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable {
        /// A job was made.
        case started
        /// It begins when the run before has ended.
        case waiting
        /// Left out, because the run before was under way or the schedule was turned off.
        case skipped
        /// Left out, because nothing could run at its time.
        case missed
        /// No job could be made.
        case failed
    }

    public let id: Int64
    public let dueAt: Timestamp
    /// Whether a user asked for it, at that moment.
    public let isManual: Bool
    public let outcome: Outcome
    /// When its job was made.
    public let startedAt: Timestamp?
    /// The public id of its job, where that is still there.
    public let jobID: String?
    public let jobStatus: Job.Status?

    /// How late its job was made, in seconds; nil when it was in time.
    public var lateBy: Int64? {
        guard !isManual, let startedAt else { return nil }
        let seconds = (startedAt.milliseconds - dueAt.milliseconds) / 1000
        return seconds > Schedule.grace ? seconds : nil
    }
}

/// Which of the times that have come are run, as the schedule's policy says.
struct DueTimes: Sendable, Equatable {
    /// The newest, when it is no later than the grace allows.
    var onTime: Timestamp?
    /// Missed ones that are made up for, oldest first.
    var late: [Timestamp] = []
    /// Missed ones that are left out, oldest first.
    var dropped: [Timestamp] = []
    /// All missed ones, made up for or not.
    var missed: [Timestamp] = []

    /// How many times are looked at: 7 days of every minute.
    static let most = 10_080

    init(of schedule: Schedule, at now: Timestamp) {
        guard let first = schedule.nextRunAt, first <= now else { return }
        var times = Self.times(of: schedule, from: first, to: now)
        if times.count >= Self.most {
            times = Self.times(of: schedule, from: now.adding(seconds: -Int64(Self.most) * 60), to: now)
        }
        if let newest = times.last, newest.adding(seconds: Schedule.grace) >= now {
            onTime = newest
            times.removeLast()
        }
        missed = times
        let kept: Int =
            switch schedule.missed {
            case .skip: 0
            case .once: onTime == nil ? 1 : 0
            case .all: Int(clamping: schedule.missedLimit)
            }
        late = Array(times.suffix(kept))
        dropped = Array(times.dropLast(kept))
    }

    private static func times(of schedule: Schedule, from first: Timestamp, to now: Timestamp) -> [Timestamp] {
        var times: [Timestamp] = []
        var next = schedule.cron.next(after: first.adding(milliseconds: -1), in: schedule.timeZone)
        while let time = next, time <= now, times.count < most {
            times.append(time)
            next = schedule.cron.next(after: time, in: schedule.timeZone)
        }
        return times
    }
}
