package import AdminKit
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

/// One thing wrong with one row of the file.
package struct ImportProblem: Sendable, Equatable {
    /// The physical line where the row starts; the header is line 1.
    package var line: Int64
    /// The record's number, from 1, without the header.
    package var row: Int64
    /// The column's heading in the file; nil when it is about the whole row.
    package var column: String?
    /// What stands there, cut where it is long.
    package var value: String?
    /// See ``ImportMessage``.
    package var code: String

    package init(line: Int64, row: Int64, column: String?, value: String?, code: String) {
        self.line = line
        self.row = row
        self.column = column
        self.value = value
        self.code = code
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

/// How many problems have one code.
package struct ImportProblemCount: Sendable, Equatable {
    package var code: String
    package var count: Int64

    package init(code: String, count: Int64) {
        self.code = code
        self.count = count
    }
}

/// The problems of a run, a page of them.
package struct ImportProblems: Sendable, Equatable {
    /// In the order of lines.
    package var shown: [ImportProblem]
    /// By code, most first; may stay empty.
    package var byCode: [ImportProblemCount]
    package var pagination: Pagination
    /// The failing rows as a file; nil where there is none yet.
    package var filePath: String?
    /// Where they are brought back corrected; nil while that cannot be, or for who may not.
    package var repair: ImportRepairForm?

    package init(
        shown: [ImportProblem],
        byCode: [ImportProblemCount] = [],
        pagination: Pagination,
        filePath: String? = nil,
        repair: ImportRepairForm? = nil
    ) {
        self.shown = shown
        self.byCode = byCode
        self.pagination = pagination
        self.filePath = filePath
        self.repair = repair
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
    /// From 1; above 1 it was resumed or retried.
    package var attempt: Int64 = 1
    /// The row after which the present attempt went on.
    package var resumedAfterRow: Int64?
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
    /// Columns of which several could feed one field.
    package var unclearColumns: [[String]] = []
    /// Which profile it is read with, in a sentence.
    package var profile: String?
    /// What the profile has said of how the file is read: names of options.
    package var profileReading: [String] = []
    /// Whether its columns can still be said to mean something else.
    package var canMap = false
    package var options = ImportOptions()
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

    package init(
        id: String,
        filename: String,
        state: JobState,
        stage: String?,
        progress: Int,
        createdAt: Timestamp
    ) {
        self.id = id
        self.filename = filename
        self.state = state
        self.stage = stage
        self.progress = progress
        self.createdAt = createdAt
    }
}
