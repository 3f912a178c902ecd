public import Support

/// One long operation: what it is, how far it has come, and its books.
public struct Job: Sendable, Equatable {
    public enum Status: String, Sendable, CaseIterable {
        case pending, validating, processing, completed, failed, cancelled
        case awaitingConfirmation = "awaiting_confirmation"

        /// Whether nothing more will happen by itself.
        public var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
        /// Whether a worker is, or should be, at it.
        public var isRunning: Bool { self == .processing || self == .validating }
    }

    /// The key used inside.
    public var id: Int64
    /// The id of the API: a UUID.
    public var publicID: String
    public var kind: String
    public var displayName: String
    public var status: Status
    public var stage: String?
    /// 0-100.
    public var progress: Int64
    public var filename: String?
    public var books: Books
    public var rowsPerSecond: Double?
    public var peakMemoryBytes: Int64?
    public var errorMessage: String?
    /// What the worker needs, e.g. where the file is. Not shown.
    public var parameters: JSON
    /// What the caller chose. Shown.
    public var options: JSON
    public var result: JSON?
    public var outputLog: String
    public var userID: Int64?
    /// The fencing token: grows with each claim.
    public var attempt: Int64
    /// Claims in a row without a committed batch, the present one included; 0 after a batch.
    public var barrenAttempts: Int64
    public var waitingReason: String?
    public var worker: String?
    public var leaseUntil: Timestamp
    public var cancelRequested: Bool
    public var checkpoint: JSON?
    public var scheduledAt: Timestamp
    public var startedAt: Timestamp?
    public var completedAt: Timestamp?
    /// When the present worker took it; nil while none is at it.
    public var workingSince: Timestamp?
    /// How long earlier workers were at it, in milliseconds: without the time in which it waited, for a person too.
    public var earlierWork: Int64
    /// How often a worker went on where another one had stopped without an end.
    public var takeovers: Int64
    /// The row after which the present worker went on in place of another; nil unless it did.
    public var resumedAfter: Int64?
    public var createdAt: Timestamp
    public var updatedAt: Timestamp
    /// Whether what it changed can be taken back.
    public var undo: Undo
    /// Whether its upload is still kept, so that it can be sent and read again.
    public var keepsFile: Bool
    /// BLAKE2b-256 of the upload in hexadecimal.
    public var fileHash: String?
    /// Rows that were created or updated before the last restart.
    public var earlierChanges: Int64
    /// The job that this one takes back.
    public var undoOf: Reference?
    /// The job that took this one back, or was to.
    public var undoneBy: Reference?
    /// An earlier job with the very same file.
    public var duplicateOf: Reference?
    /// The job that must end before this one may begin.
    public var waitingFor: Reference?
    /// Of jobs that wait the one with the smallest number begins first.
    public var priority: Int64 = Job.commonPriority

    /// The priority of a job for which none was said, in the middle of those that can be.
    public static let commonPriority: Int64 = 100
    public static let priorities: ClosedRange<Int64> = 1...200

    /// Whether what a job changed can be taken back.
    public enum Undo: String, Sendable {
        /// Its kind cannot be undone.
        case none
        case possible
        /// The history that it needs has been pruned.
        case expired
    }

    /// Whether a worker holds a live lease; nil unless the job is running.
    public func isWorkerAlive(at now: Timestamp) -> Bool? {
        status.isRunning ? leaseUntil > now : nil
    }

    /// How long workers were at it, in milliseconds.
    public func workingMilliseconds(at now: Timestamp) -> Int64 {
        guard let since = workingSince, since < now else { return earlierWork }
        return earlierWork + (now.milliseconds - since.milliseconds)
    }

    /// When it may begin, where that is not at once; nil unless it waits for a time.
    public func startsLater(at now: Timestamp) -> Timestamp? {
        status == .pending && scheduledAt > now.adding(seconds: 1) ? scheduledAt : nil
    }

    /// Seconds until all rows are done at the present rate; nil when that cannot be told.
    public var etaSeconds: Int64? {
        guard status == .processing, let rate = rowsPerSecond, rate >= 1, books.total > books.processed else {
            return nil
        }
        return Int64((Double(books.total - books.processed) / rate).rounded(.up))
    }

    public var canCancel: Bool { status.after(.cancel) != nil }
    /// One that was taken back, or in part, would go on in the middle of nothing.
    public var canRetry: Bool { status.after(.retry) != nil && stands }
    /// From the first row, as long as the file is there and nobody is just taking it back.
    public var canRestart: Bool { status.isFinal && keepsFile && undone != .underWay }
    public var canUndo: Bool { status.isFinal && undo == .possible && hasChanges && (stands || undone == .partly) }

    public var hasChanges: Bool { books.created + books.updated + earlierChanges > 0 || changesBesideRows > 0 }
    /// A kind that changes more than what its rows name says how much in its checkpoint.
    private var changesBesideRows: Int64 { checkpoint?["deactivated"]?.intValue ?? 0 }
}

/// Every record of a file, counted once.
public struct Books: Sendable, Equatable {
    public var total: Int64 = 0
    public var created: Int64 = 0
    public var updated: Int64 = 0
    public var unchanged: Int64 = 0
    public var skipped: Int64 = 0
    public var failed: Int64 = 0
    /// Kept on its own, so that a slip in one counter shows.
    public var processed: Int64 = 0

    public init() {}

    /// The sum that `processed` must equal.
    public var sum: Int64 { created + updated + unchanged + skipped + failed }
    /// Whether every processed record stands in exactly one column.
    public var balances: Bool { processed == sum && processed <= total }
}
