import Database
import Jobs
import Money
import Records
import Support
import Tables

/// What every stage of one attempt at one import works with.
package final class ImportRunContext {
    let job: JobRun
    let table: ImportTable
    let options: ImportOptions
    /// What the rows become.
    var target: ImportTarget { options.target }
    let columns: ImportColumns
    let record: ImportRecord
    let intake: ImportIntake
    let references: ReferenceStores
    private let warnings: ImportWarnings
    let currency: Currency
    /// Nil in a file without rows of one SKU, or without names.
    private(set) var duplicateNames: DuplicateNames?
    let store: RecordImportStore
    let hooks: any ImportHooks
    let errors: RowErrorStore
    /// The newest revision when the attempt began. A record that has changed since may have had another key when a row
    /// asked for it, or may not have been there, so its absence from the file proves nothing.
    let firstRevision: Int64
    /// Whether the table was empty when the attempt began.
    let isFirstLoad: Bool
    /// Where the plan stands.
    let planPath: String
    /// The file as it was asked for.
    private let file: ImportJob.Source
    private var rate = RowRate()

    /// How long a batch may hold the gate when nobody waits for it (who waits ends it at once): as long as progress can
    /// still be shown twice a second, with the commit behind it. Where the key is indexed each commit writes nearly the
    /// whole of that index again, so fewer are faster.
    package static let batchNanoseconds: UInt64 = 350_000_000
    /// Free space below which a job waits rather than fills the disk.
    private static let reserveBytes: Int64 = 16 << 20

    /// - Parameter target: what the file's rows become.
    init(_ run: JobRun, _ target: ImportTarget, _ tuning: ImportTuning) throws {
        job = run
        firstRevision = try RevisionStore(run.connection, target.record).lastID()
        guard let source = ImportJob.Source(json: run.job.parameters, in: run.connection.folder) else {
            throw JobError.failed("The job does not say where its file is.")
        }
        options = ImportOptions(json: run.job.options, target: target)
        table = try ImportTable.open(source, run)
        columns = try table.columns(options)
        currency = try CurrencyStore(run.connection).currency()
        references = try ReferenceStores(run.connection, target)
        let kind = ImportSource(table.format, columns)
        record = ImportRecord(columns, currency, blank: options.blank, kind, references)
        record.delimiter = table.shownDelimiter
        warnings = ImportWarnings(headers: columns.headers)
        intake = ImportIntake(record, options)
        planPath = source.planPath
        file = source
        isFirstLoad = try ImportPlanStore(run.connection, target.record).isEmpty()
        store = try RecordImportStore(
            run.connection,
            jobID: run.job.id,
            options: options,
            expectsNew: isFirstLoad
        )
        errors = RowErrorStore(run.connection)
        hooks = target.hooks(run, tuning)
    }

    var connection: Connection { job.connection }
    var jobID: Int64 { job.job.id }

    // MARK: Rows

    /// The import's own table, for a key pass.
    var source: ImportIntake.Source {
        .init(
            table: table,
            columns: columns,
            currency: currency,
            kind: ImportSource(table.format, columns),
            references: references
        )
    }

    /// Reads the whole table to find out which rows belong together.
    /// - Parameters:
    ///   - isPlanned: whether there is a plan, which tells which lines are wrong.
    ///   - step: called from time to time with the number of the row.
    /// - Returns: how many records there are.
    func readKeys(isPlanned: Bool = false, _ step: (Int64) throws -> Void) throws -> Int64 {
        try intake.beginKeys(folder: job.scratch, [source])
        let known = try intake.countsLines ? KnownLines(self, isPlanned: isPlanned) : nil
        try known?.noteCorrected()
        var reader = table.reader()
        _ = try reader.next()
        while try reader.next() {
            let row = reader.record.position.row
            try intake.noteKey(reader.record, isRight: try known?.isRight(row))
            if row & 0xFFFF == 0 {
                try requireSpace()
                try step(row)
            }
        }
        try table.require(job.state.checkpoint?["table"]?.stringValue) {}
        try intake.resolveKeys()
        return reader.position.row - 1
    }

    /// Keeps what is wrong with a record that counts as failed.
    func note(_ faults: [ImportRecord.Fault], of raw: CSVRecord, at now: Timestamp) throws {
        for fault in faults { try errors.add(record.rowError(fault, raw), jobID: jobID, at: now) }
    }

    /// Has what is odd about records collected from now on: once for each record of a file.
    func observeWarnings() {
        record.observe = { [warnings] in warnings.note($0, $1, $2) }
        record.observesWidth = table.format.kind == .delimited
    }

    /// Records that are read from now on were read before.
    func ignoreWarnings() { record.observe = nil }

    /// The fields that the file fills, wholly or in part, by position in the field table.
    var filledFields: [Int] {
        columns.positions.indices.filter { index in
            columns.feeds(index)
                || index == options.target.attributesField && !columns.attributes.isEmpty
                || options.target.keyFields.contains(index)
        }
    }

    /// Has names of rows with one SKU compared from now on, where the file has such rows.
    func observeNames() {
        let isNeeded = intake.superseded > 0 && options.mode != .delete && record.nameColumn != nil
        duplicateNames = isNeeded ? DuplicateNames(record, options) : nil
    }

    func note(_ warning: ImportWarning, _ column: Int, _ raw: CSVRecord) { warnings.note(warning, column, raw) }

    /// Notes that a record brings a value that no stored one has.
    func noteFirstSeen(_ raw: CSVRecord) {
        guard let column = record.column(target.firstSeenField) else { return }
        warnings.note(.newBrand, column, raw)
    }

    /// Says with the warnings why products that the file does not name were left as they are; inside a batch.
    func warnOfUnknownMissing(_ unreadable: Int64, at now: Timestamp) throws {
        let code = ImportWarning.missingUnknown.rawValue
        let count = RowWarningStore.Count(code: code, column: "", count: unreadable)
        try RowWarningStore(connection).add([count], examples: [], jobID: jobID, at: now)
    }

    /// Says once with the warnings that the file is still being written, or was: only what stood there when it was
    /// opened was read.
    func warnOfGrowth() throws {
        guard let size = file.identity?.size, let present = Files.size(file.path), present != size else { return }
        let store = RowWarningStore(connection)
        let count = RowWarningStore.Count(code: ImportWarning.fileChanged.rawValue, column: "", count: 1)
        guard try !store.counts(jobID: jobID).contains(count) else { return }
        try job.batch { _ in try store.add([count], examples: [], jobID: jobID, at: job.environment.now()) }
    }

    /// Keeps what was collected; inside the batch that read the records.
    func flushWarnings(at now: Timestamp) throws {
        if record.observe == nil { _ = record.takeDecimalMarks() }
        try warnings.flush(record, into: RowWarningStore(connection), jobID: jobID, at: now)
    }

    // MARK: Batches

    /// Changes records batch by batch, see `JobRun.batches`, as long as there is room on the disk.
    /// - Parameter rows: number of rows after which a batch looks whether it is over.
    func batches(
        lookingEvery rows: Int = 256,
        _ body: (inout JobRun.State, inout WriterTurn) throws -> JobRun.Batch
    ) throws {
        try job.batches(lasting: Self.batchNanoseconds, lookingEvery: rows, prepare: requireSpace) { state, turn in
            try store.beginBatch(hooks.beginBatch())
            let done = try body(&state, &turn)
            try store.finishBatch()
            return done
        }
    }

    func rowsPerSecond(_ done: Int64, in stage: String?) -> Double? {
        rate.rows(done, in: stage, at: monotonicNanoseconds())
    }

    func requireSpace() throws {
        if !hasSpace(0) { throw JobError.diskFull }
    }

    /// Whether so many bytes of temporary files leave what must stay free.
    func hasSpace(_ bytes: Int64) -> Bool {
        Files.freeBytes(at: job.scratch).map { $0 - bytes >= Self.reserveBytes } ?? true
    }
}
