import Database
import Glibc
package import Jobs
package import Support
import Tables

/// The job `product_import`: a file becomes products.
///
/// Stages: *counting* reads the file once, counts its records and finds those that a later one of the same SKU
/// replaces; *importing* applies the records in batches, each of which commits rows, counters, checkpoint, revisions
/// and event together; *indexing* waits until every row can be found. Then the books must balance, or the job fails.
package enum ProductImport {
    package static let kind = "product_import"

    package static let job = JobKind(kind) { run in try ProductImportRun(run).run() }

    /// Where the table lies, as the job's parameters hold it.
    package struct Source: Sendable, Equatable {
        package var path: String
        /// The table's place in the file (a form's body holds more than the file).
        package var range: Range<Int64>

        package init(path: String, range: Range<Int64>) {
            self.path = path
            self.range = range
        }

        package init?(json: JSON) {
            guard let path = json["path"]?.stringValue, let start = json["start"]?.intValue,
                let end = json["end"]?.intValue, start >= 0, start <= end
            else { return nil }
            self.init(path: path, range: start..<end)
        }

        /// What the job needs to know, and what its page says of the columns.
        package func parameters(_ columns: ImportColumns) -> JSON {
            [
                "path": .string(path), "start": .int(range.lowerBound), "end": .int(range.upperBound),
                "used": .object(columns.used.map { JSON.Member($0.header, .string($0.field)) }),
                "ignored": .array(columns.ignored.map(JSON.string)),
            ]
        }
    }
}

/// One attempt at one import.
final class ProductImportRun {
    private let job: JobRun
    private let source: ProductImport.Source
    private let options: ImportOptions
    private let file: OwnedDescriptor
    private let columns: ImportColumns
    private let record: ImportRecord
    private let warnings: ImportWarnings
    private var superseded: SupersededRows
    private let keys = SKUKeys()
    private let store: ProductImportStore
    private let errors: RowErrorStore
    private var rate = RowRate()
    private var lastCompany: UInt64 = 0
    private var unsyncedBytes: Int64 = 0

    /// How long a batch may hold the gate when nobody waits for it (who waits ends it at once): as long as progress can
    /// still be shown twice a second, with the commit behind it. Each commit writes nearly the whole key index again,
    /// so fewer are faster.
    private static let batchNanoseconds: UInt64 = 350_000_000
    /// Free space below which a job waits rather than fills the disk.
    private static let reserveBytes: Int64 = 16 << 20

    init(_ run: JobRun) throws {
        job = run
        guard let source = ProductImport.Source(json: run.job.parameters) else {
            throw JobError.failed("The job does not say where its file is.")
        }
        self.source = source
        options = ImportOptions(json: run.job.options)
        do {
            file = try Files.open(source.path, O_RDONLY)
        } catch {
            throw JobError.failed("The uploaded file is gone (\(error)). Upload it again.")
        }
        var reader = CSVReader(descriptor: file.raw, range: source.range)
        guard try reader.next() else { throw JobError.failed("The file is empty.") }
        columns = try ImportColumns(headers: CSVHeader(reader.record).names, mapping: options.mapping)
        let currency = try ProductStore(run.connection).currency()
        record = ImportRecord(columns, currency, blank: options.blank)
        warnings = ImportWarnings(headers: columns.headers)
        record.observe = { [warnings] in warnings.note($0, $1, $2) }
        superseded = try SupersededRows(
            folder: run.scratch,
            fileBytes: source.range.upperBound - source.range.lowerBound,
            keepsFirst: options.duplicates == .first
        )
        store = try ProductImportStore(
            run.connection,
            jobID: run.job.id,
            options: options,
            expectsNew: try ProductIndexStore(run.connection).isCatalogueEmpty()
        )
        errors = RowErrorStore(run.connection)
    }

    func run() throws {
        try count()
        try prepareIndexes()
        do {
            try apply()
        } catch JobError.fenced {
            throw JobError.fenced
        } catch {
            try indexes.ensure()
            throw error
        }
        try index()
        try close()
    }

    // MARK: Secondary indexes

    /// Below this many rows building indexes afterwards gains nothing.
    private static let deferredIndexRows: Int64 = 20_000

    private var indexes: ProductIndexStore { ProductIndexStore(job.connection) }

    /// Puts the indexes for lists off until after the load when the catalogue is empty and the file is big; otherwise
    /// makes up for a load that died.
    private func prepareIndexes() throws {
        guard job.state.checkpoint == nil else { return }
        guard job.state.books.total >= Self.deferredIndexRows, try indexes.isUntouched() else {
            return try indexes.ensure()
        }
        try job.batch { _ in
            if try indexes.isUntouched() { try indexes.dropAll() }
        }
    }

    // MARK: Counting

    private func count() throws {
        try job.show { $0.stage = "counting" }
        var reader = CSVReader(descriptor: file.raw, range: source.range)
        _ = try reader.next()
        while try reader.next() {
            let row = reader.record.position.row
            if let sku = record.sku(reader.record), case .key(_, let key) = keys.read(sku) {
                try superseded.add(key, row: row)
            }
            if row & 0xFFFF == 0 {
                try requireSpace()
                try job.show { $0.books.total = max($0.books.total, row) }
            }
        }
        try superseded.resolve()
        let total = reader.position.row - 1
        try job.batch {
            $0.books.total = total
            $0.stage = "importing"
        }
    }

    // MARK: Importing

    private func apply() throws {
        var reader = CSVReader(descriptor: file.raw, range: source.range, from: start)
        if job.state.checkpoint == nil { _ = try reader.next() }
        var more = true
        while more {
            try requireSpace()
            let before = reader.position.byteOffset
            let began = monotonicNanoseconds()
            try job.batch { state in
                more = try batch(&reader, &state.books, until: began + Self.batchNanoseconds)
                try warnings.flush(
                    record,
                    into: RowWarningStore(job.connection),
                    jobID: job.job.id,
                    at: job.environment.now()
                )
                let position = reader.position
                state.checkpoint = [
                    "offset": .int(position.byteOffset), "line": .int(position.line), "row": .int(position.row),
                ]
                state.rowsPerSecond = rate.rows(state.books.processed, at: monotonicNanoseconds())
            }
            try settle(written: reader.position.byteOffset - before)
        }
    }

    private var start: CSVPosition {
        guard let checkpoint = job.state.checkpoint, let offset = checkpoint["offset"]?.intValue,
            let line = checkpoint["line"]?.intValue, let row = checkpoint["row"]?.intValue
        else { return .start }
        return CSVPosition(byteOffset: offset, line: line, row: row)
    }

    /// Applies records until the time is over, somebody waits for the gate, or the file ends.
    /// - Returns: whether there is more.
    private func batch(_ reader: inout CSVReader, _ books: inout Books, until end: UInt64) throws -> Bool {
        let now = job.environment.now()
        var count = 0
        while try reader.next() {
            try apply(reader.record, &books, now)
            count += 1
            guard count & 0xFF == 0 else { continue }
            if let gate = job.connection.gate, gate.isWanted {
                lastCompany = monotonicNanoseconds()
                return true
            }
            if monotonicNanoseconds() >= end { return true }
        }
        return false
    }

    private func apply(_ raw: CSVRecord, _ books: inout Books, _ now: Timestamp) throws {
        books.processed += 1
        if let fault = record.structuralFault(raw) { return try fail(raw, [fault], &books, now) }
        var key: UnsafeBufferPointer<UInt8>?
        var sku: UnsafeBufferPointer<UInt8>?
        var faults: [ImportRecord.Fault] = []
        switch keys.read(record.sku(raw) ?? UnsafeBufferPointer(start: nil, count: 0)) {
        case .key(let text, let folded): (sku, key) = (text, folded)
        case .blank: faults.append(record.skuFault("no_sku"))
        case .bad: faults.append(record.skuFault("bad_sku"))
        }
        if key != nil, try superseded.winner(of: raw.position.row) != nil {
            books.skipped += 1
            return
        }
        record.read(raw, sku: sku, &faults)
        guard faults.isEmpty, let key else {
            // All that is wrong with a record is told at once, also what only shows beside the catalogue.
            if let key, try store.wouldBeNameless(key, record.values), !faults.contains(where: record.isAboutName) {
                faults.append(record.nameFault)
            }
            return try fail(raw, faults, &books, now)
        }
        switch try store.apply(key, record.values, at: now) {
        case .created: books.created += 1
        case .updated: books.updated += 1
        case .unchanged: books.unchanged += 1
        case .skipped: books.skipped += 1
        case .nameless: try fail(raw, [record.nameFault], &books, now)
        case .overfull: try fail(raw, [record.attributesFault], &books, now)
        }
    }

    private func fail(
        _ raw: CSVRecord,
        _ faults: [ImportRecord.Fault],
        _ books: inout Books,
        _ now: Timestamp
    ) throws {
        books.failed += 1
        for fault in faults {
            try errors.add(record.rowError(fault, raw), jobID: job.job.id, at: now)
        }
    }

    /// After a batch: brings the log to the disk and home, outside the gate where that is possible.
    private func settle(written bytes: Int64) throws {
        unsyncedBytes += bytes
        if unsyncedBytes >= 8 << 20 {
            job.connection.syncLog()
            unsyncedBytes = 0
        }
        let alone = monotonicNanoseconds() - lastCompany > 5_000_000_000
        try job.connection.checkpointIfDue(alone: alone)
    }

    private func requireSpace() throws {
        if let free = Files.freeBytes(at: job.scratch), free < Self.reserveBytes { throw JobError.diskFull }
    }

    // MARK: Indexing and the end

    /// Waits until the rows can be found, helping where nobody else does.
    private func index() throws {
        try job.batch {
            $0.stage = "indexing"
            $0.rowsPerSecond = nil
        }
        for statement in try indexes.missing() { try job.batch { _ in try job.connection.execute(statement) } }
        let search = try ProductSearch(job.connection, role: .importer)
        while try search.lag() > 0 {
            try requireSpace()
            if try search.step(wait: false) == 0 { sleep(milliseconds: 20) }
            try search.checkpointIfDue()
            try job.show { _ in }
        }
    }

    private func close() throws {
        let books = job.state.books
        let revisions = try RevisionStore(job.connection).counts(jobID: job.job.id)
        let failed = try errors.count(jobID: job.job.id).rows
        guard books.balances, books.processed == books.total, revisions.created == books.created,
            revisions.updated == books.updated, failed == books.failed
        else {
            let found = "\(revisions.created) created, \(revisions.updated) updated, \(failed) failed"
            throw JobError.failed(
                """
                The books do not balance: \(books.processed) of \(books.total) rows processed, \
                \(books.created) created + \(books.updated) updated + \(books.unchanged) unchanged + \
                \(books.skipped) skipped + \(books.failed) failed = \(books.sum); found in the catalogue: \(found). \
                This is a fault of Bodega: please report it.
                """
            )
        }
        let result: JSON = [
            "ignored_columns": .array(columns.ignored.map(JSON.string)), "superseded": .int(superseded.count),
        ]
        try job.finish(.completed, result: result) { context in
            try EventStore(job.connection).tell(
                "import.completed",
                subject: job.job.publicID,
                data: [
                    "job_id": .string(job.job.publicID), "total": .int(books.total), "created": .int(books.created),
                    "updated": .int(books.updated), "unchanged": .int(books.unchanged),
                    "skipped": .int(books.skipped), "failed": .int(books.failed),
                ],
                context
            )
        }
    }
}

/// Rows a second over about the last two seconds.
private struct RowRate {
    private var marks: [(time: UInt64, rows: Int64)] = []

    mutating func rows(_ processed: Int64, at now: UInt64) -> Double? {
        marks.append((now, processed))
        while marks.count > 2, now - marks[0].time > 2_000_000_000 { marks.removeFirst() }
        guard let first = marks.first, now > first.time else { return nil }
        return Double(processed - first.rows) * 1e9 / Double(now - first.time)
    }
}
