package import AdminKit
package import ImportEngine
package import Jobs
package import Support
package import Tables

/// How the rows of a file were used. Each record counts once.
package struct ImportCounts: Sendable, Equatable {
    /// Nil until the records were counted.
    package var total: Int64?
    package var processed: Int64
    package var created: Int64
    package var updated: Int64
    package var unchanged: Int64
    package var skipped: Int64
    package var failed: Int64

    package init(
        total: Int64? = nil,
        processed: Int64 = 0,
        created: Int64 = 0,
        updated: Int64 = 0,
        unchanged: Int64 = 0,
        skipped: Int64 = 0,
        failed: Int64 = 0
    ) {
        self.total = total
        self.processed = processed
        self.created = created
        self.updated = updated
        self.unchanged = unchanged
        self.skipped = skipped
        self.failed = failed
    }

    /// Whether the five kinds add up to the rows processed.
    package var balances: Bool {
        var sum: Int64 = 0
        for count in [created, updated, unchanged, skipped, failed] {
            let (next, overflow) = sum.addingReportingOverflow(count)
            if overflow { return false }
            sum = next
        }
        return sum == processed
    }
}

/// A column of the file and the field it fills.
package struct ImportColumn: Sendable, Equatable {
    package var source: String
    package var field: String

    package init(source: String, field: String) {
        self.source = source
        self.field = field
    }
}

/// The problems of a run, kind by kind.
package struct ImportProblems: Sendable, Equatable {
    /// Those of most rows first.
    package var groups: [RowErrorGroup]
    /// The page of the rows; each group has one, too.
    package var rows: ListState
    /// How many rows fail, or would.
    package var failed: Int64
    /// Whether the user may correct them now.
    package var canCorrect = false
    /// The failing rows as a file; nil where there is none yet.
    package var filePath: String?
    /// Where they are brought back corrected; nil while that cannot be, or for who may not.
    package var repair: ImportRepairForm?

    package init(groups: [RowErrorGroup], rows: ListState, failed: Int64) {
        self.groups = groups
        self.rows = rows
        self.failed = failed
    }
}

/// What the page of one import shows.
package struct ImportModel: Sendable, Equatable {
    package var id: String
    package var filename: String
    /// The size of the upload in bytes, if known.
    package var fileSize: Int64?
    package var state: JobState
    /// counting, validating, importing, indexing or done; nil before it started.
    package var stage: String?
    /// 0-100.
    package var progress: Int
    package var counts = ImportCounts()
    /// Nil while it cannot be said.
    package var rowsPerSecond: Int64?
    package var etaSeconds: Int64?
    /// Nil unless it is processing.
    package var workerIsAlive: Bool?
    /// When it may begin, where that is not at once.
    package var startsAt: Timestamp?
    /// From 1, one more for each worker; says which plan was looked at.
    package var attempt: Int64 = 1
    /// How often a worker went on where another had stopped.
    package var takeovers: Int64 = 0
    /// What the job says of itself, a line for each event.
    package var outputLog = ""
    /// After how many rows the present worker went on in place of another; nil unless it did.
    package var resumedAfter: Int64?
    /// How long it was worked on, in milliseconds.
    package var workingMilliseconds: Int64 = 0
    /// Rows that were not carried out, because their products had changed after the check.
    package var heldBack: Int64 = 0
    /// Whether it changed more than the rows tell: what an earlier run did, and products that the file does not name.
    package var changedMore = false
    /// disk_full, or nil.
    package var waitingReason: String?
    package var errorMessage: String?
    package var cancelRequested = false
    package var userName: String?
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var completedAt: Timestamp?
    package var usedColumns: [ImportColumn] = []
    package var ignoredColumns: [String] = []
    /// Those of them that hold prices, as their names say.
    package var ignoredPrices: [String] = []
    /// Columns of which several could feed one field.
    package var unclearColumns: [[String]] = []
    /// What SKUs are made of; nil where they stand in the file.
    package var identity: IdentityProposal?
    /// Which profile it is read with, in a sentence.
    package var profile: String?
    /// What the profile has said of how the file is read: names of options.
    package var profileReading: [String] = []
    /// Whether its columns can still be said to mean something else.
    package var canMap = false
    package var options: ImportOptions
    /// What the file was found to be; nil for a job that does not say.
    package var format: TableFormat?
    package var problems: ImportProblems?
    /// What the last repair of failing rows has brought; nil when there was none.
    package var repair: ImportRepair?
    /// Whether the job was taken up once more to repair rows.
    package var isRepairing = false
    package var warnings: ImportWarningSummary?
    package var canCancel = false
    package var canRetry = false
    package var canConfirm = false
    /// Whether checking is a step of this run.
    package var isChecked = true
    /// What waits to be confirmed.
    package var plan: ImportPlanModel?
    /// The page of a plan that has been confirmed, or needed no confirmation.
    package var planPath: String?
    /// What the system log has of it, for those who may see that.
    package var logLines: Link?
    /// What else can be done with it, and what was.
    package var control = ImportControl()
    /// Where the stream of its events goes on from.
    package var cursor: String?

    /// Whether it has changed the catalogue at all.
    package var hasChanges: Bool { counts.created > 0 || counts.updated > 0 || changedMore }

    package var standing: JobStanding {
        var standing = JobStanding(state)
        standing.isWaiting = waitingReason != nil && waitingReason != "queue"
        standing.processed = counts.processed
        standing.failed = counts.failed
        standing.taken = counts.created &+ counts.updated &+ counts.unchanged
        standing.undone = control.undone
        return standing
    }

    package init(
        id: String,
        filename: String,
        state: JobState,
        stage: String?,
        progress: Int,
        createdAt: Timestamp,
        options: ImportOptions
    ) {
        self.id = id
        self.filename = filename
        self.state = state
        self.stage = stage
        self.progress = progress
        self.createdAt = createdAt
        self.options = options
    }
}
