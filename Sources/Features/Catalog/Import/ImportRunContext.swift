import Database
import Jobs
import Support
import Tables

/// What every stage of one attempt at one import works with.
final class ImportRunContext {
    let job: JobRun
    let table: ImportTable
    let options: ImportOptions
    let columns: ImportColumns
    let record: ImportRecord
    let intake: ImportIntake
    private let warnings: ImportWarnings
    let store: ProductImportStore
    let errors: RowErrorStore
    /// When the attempt began. A product that has changed since may have had another SKU when a record asked for it, or
    /// may not have been there, so nothing follows from no record naming it.
    let began: Timestamp
    /// Whether the catalogue was empty when the attempt began.
    let isFirstLoad: Bool
    /// Where the plan stands.
    let planPath: String
    private var lastCompany: UInt64 = 0
    private var unsyncedBytes: Int64 = 0
    private var rate = RowRate()

    /// How long a batch may hold the gate when nobody waits for it (who waits ends it at once): as long as progress can
    /// still be shown twice a second, with the commit behind it. Where the key is indexed each commit writes nearly the
    /// whole of that index again, so fewer are faster.
    static let batchNanoseconds: UInt64 = 350_000_000
    /// Free space below which a job waits rather than fills the disk.
    private static let reserveBytes: Int64 = 16 << 20

    init(_ run: JobRun) throws {
        job = run
        began = run.environment.now()
        guard let source = ProductImport.Source(json: run.job.parameters) else {
            throw JobError.failed("The job does not say where its file is.")
        }
        options = ImportOptions(json: run.job.options)
        table = try ImportTable.open(source, run)
        columns = try table.columns(options)
        record = ImportRecord(columns, try ProductStore(run.connection).currency(), blank: options.blank)
        warnings = ImportWarnings(headers: columns.headers)
        intake = ImportIntake(record, options)
        planPath = source.planPath
        isFirstLoad = try ProductIndexStore(run.connection).isCatalogueEmpty()
        store = try ProductImportStore(
            run.connection,
            jobID: run.job.id,
            options: options,
            expectsNew: isFirstLoad
        )
        errors = RowErrorStore(run.connection)
    }

    var connection: Connection { job.connection }
    var jobID: Int64 { job.job.id }

    // MARK: Rows

    /// Keeps what is wrong with a record that counts as failed.
    func note(_ faults: [ImportRecord.Fault], of raw: CSVRecord, at now: Timestamp) throws {
        for fault in faults { try errors.add(record.rowError(fault, raw), jobID: jobID, at: now) }
    }

    /// Has what is odd about records collected from now on: once for each record of a file.
    func observeWarnings() {
        record.observe = { [warnings] in warnings.note($0, $1, $2) }
    }

    /// Records that are read from now on were read before.
    func ignoreWarnings() { record.observe = nil }

    /// The fields that the file fills, wholly or in part, by position in the field table.
    var filledFields: [Int] {
        columns.positions.indices.filter { index in
            columns.positions[index] != nil
                || ProductImportStore.fields[index].kind == .attributes && !columns.attributes.isEmpty
        }
    }

    /// Notes that a record brings a brand that no product has.
    func noteNewBrand(_ raw: CSVRecord) {
        guard let column = columns.positions[store.brandIndex] else { return }
        warnings.note(.newBrand, column, raw)
    }

    /// Keeps what was collected; inside the batch that read the records.
    func flushWarnings(at now: Timestamp) throws {
        if record.observe == nil { _ = record.takeDecimalMarks() }
        try warnings.flush(record, into: RowWarningStore(connection), jobID: jobID, at: now)
    }

    // MARK: Batches

    /// One batch of changes to products: a transaction in which rows, revisions, counters and checkpoint stand
    /// together.
    func batch(_ body: (inout JobRun.State) throws -> Void) throws {
        try job.batch { state in
            try store.beginBatch()
            try body(&state)
            try store.finishBatch()
        }
    }

    func rowsPerSecond(_ processed: Int64) -> Double? { rate.rows(processed, at: monotonicNanoseconds()) }

    /// The time of one batch.
    /// - Parameter rows: number of rows after which it looks whether it is over.
    func turn(lookingEvery rows: Int = 256) -> WriterTurn {
        WriterTurn(connection, nanoseconds: Self.batchNanoseconds, lookingEvery: rows)
    }

    /// Notes at the end of a turn whether another writer waited.
    func end(_ turn: borrowing WriterTurn) {
        if turn.isWanted { lastCompany = monotonicNanoseconds() }
    }

    /// After a batch: brings the log to the disk and home, outside the gate where that is possible.
    func settle(written bytes: Int64) throws {
        unsyncedBytes += bytes
        if unsyncedBytes >= 8 << 20 {
            connection.syncLog()
            unsyncedBytes = 0
        }
        let alone = monotonicNanoseconds() - lastCompany > 5_000_000_000
        try connection.checkpointIfDue(alone: alone)
    }

    func requireSpace() throws {
        if !hasSpace(0) { throw JobError.diskFull }
    }

    /// Whether so many bytes of temporary files leave what must stay free.
    func hasSpace(_ bytes: Int64) -> Bool {
        Files.freeBytes(at: job.scratch).map { $0 - bytes >= Self.reserveBytes } ?? true
    }
}

/// Rows a second over about the last two seconds.
struct RowRate {
    private var marks: [(time: UInt64, rows: Int64)] = []

    mutating func rows(_ processed: Int64, at now: UInt64) -> Double? {
        marks.append((now, processed))
        while marks.count > 2, now - marks[0].time > 2_000_000_000 { marks.removeFirst() }
        guard let first = marks.first, now > first.time else { return nil }
        return Double(processed - first.rows) * 1e9 / Double(now - first.time)
    }
}
