import Database
import Glibc
import Jobs
import Records
import Support
import Tables

/// One attempt at merging corrected rows back into the import that refused them.
///
/// The corrected row takes the place of the one that failed: it is read with the job's own options, competes with the
/// other rows of the file for its SKU from the failing row's place, and what becomes of it moves from *failed* to where
/// it belongs, in one transaction with the product, the row's errors and the checkpoint. So the books balance at each
/// commit, no row is applied twice, and an undo of the import takes repaired rows back too.
final class ImportRepairRun {
    private let context: ImportRunContext
    private var notes: RepairNotes
    private let table: ImportTable
    private let rowColumn: Int
    private let corrected: CorrectedRow
    private let source: ImportIntake.Source
    private let record: ImportRecord
    private let intake: ImportIntake
    private var index: RepairIndex

    private var job: JobRun { context.job }

    init(_ context: ImportRunContext) throws {
        self.context = context
        let run = context.job
        guard let notes = run.job.errand.flatMap({ RepairNotes(json: $0.notes, in: run.connection.folder) }) else {
            throw JobError.failed("The job does not say where the corrected rows are.")
        }
        self.notes = notes
        table = try ImportTable.open(notes.source, run)
        var reader = table.reader()
        guard try reader.next() else { throw JobError.failed("The file with the corrected rows is empty.") }
        let header = CSVHeader(reader.record)
        guard let rowColumn = header.column(named: RepairColumns.row) else {
            throw JobError.failed("The file has no column \(RepairColumns.row).")
        }
        self.rowColumn = rowColumn
        corrected = CorrectedRow(context.columns.headers, context.table.dialect, from: header.names, table.dialect)
        let columns = try ImportColumns(
            headers: header.names,
            mapping: RepairColumns.mapping(context.options.mapping, for: header.names),
            identify: RepairColumns.identity(context.options.identify, for: header.names),
            target: context.options.target
        )
        table.fit(to: header.names, context.options.ragged)
        var kind = ImportSource(table.format, columns)
        // Failing rows go out with the marks of their numbers.
        kind.marksNumbers = kind.marksNumbers || context.table.format.marksNumbers
        let references = context.references
        source = .init(table: table, columns: columns, currency: context.currency, kind: kind, references: references)
        record = ImportRecord(columns, context.currency, blank: context.options.blank, kind, references)
        record.delimiter = table.shownDelimiter
        intake = ImportIntake(record, context.options)
        index = try RepairIndex(folder: run.scratch)
    }

    func run() throws {
        // Rows of the file that are stored already are looked up: their load may have died without that index.
        try context.hooks.ensureIndexes(job)
        try job.show { $0.stage = "repairing" }
        try findCorrections()
        try noteKeys()
        try apply()
        try context.makeSearchable()
        try close()
    }

    // MARK: Which record corrects which row

    private func findCorrections() throws {
        var last: Int64 = 0
        while true {
            let rows = try context.errors.rows(jobID: context.jobID, after: last)
            guard let end = rows.last?.row else { break }
            // Rows that the import has not come to are not its failures yet.
            for row in rows where row.row <= job.state.books.processed { try index.noteFailing(row.row) }
            last = end
        }
        var reader = table.reader()
        _ = try reader.next()
        while try reader.next() {
            try index.add(reader.record, rowColumn: rowColumn)
            if reader.record.position.row & 0xFFFF == 0 { try keepAlive() }
        }
        // An attempt that goes on would not find the rows failing any more that an earlier one has repaired.
        if notes.ignored == nil { notes.ignored = index.ignored }
    }

    /// The keys of the whole file, with the corrected rows in their places. Of lines that are counted, these come
    /// behind all others: what is stored keeps its number.
    private func noteKeys() throws {
        try intake.beginKeys(folder: job.scratch, [context.source, source])
        let known = try intake.countsLines ? KnownLines(context, isPlanned: false) : nil
        try known?.noteCorrected(in: intake)
        var original = context.table.reader()
        var corrected = table.reader()
        _ = try original.next()
        while try original.next() {
            let row = original.record.position.row
            if let place = try index.place(of: row) {
                try read(&corrected, at: place, row)
                try intake.noteKey(corrected.record, source: 1)
            } else {
                try intake.noteKey(original.record, readBy: context.record, isRight: try known?.isRight(row))
            }
            if row & 0xFFFF == 0 { try keepAlive() }
        }
        try context.table.require(job.state.checkpoint?["table"]?.stringValue) {}
        try intake.resolveKeys()
    }

    private func keepAlive() throws {
        try context.requireSpace()
        try job.show { _ in }
    }

    /// Goes to the record that corrects a row; it bears the number of that row.
    private func read(_ reader: inout CSVReader, at place: Int64, _ row: Int64) throws {
        reader.seek(to: CSVPosition(byteOffset: place, line: 0, row: row))
        guard try reader.next() else { throw JobError.failed("The file with the corrected rows was changed.") }
    }

    // MARK: Applying

    private func apply() throws {
        var reader = table.reader()
        try context.batches(lookingEvery: 64) { state, turn in
            let (repairedBefore, deletedBefore) = (notes.repaired, deleted)
            let more = try batch(&reader, &state.books, &turn)
            state.checkpoint = checkpoint(state.checkpoint, deleted: deleted - deletedBefore)
            state.rowsPerSecond = context.rowsPerSecond(notes.repaired + notes.failed, in: state.stage)
            return JobRun.Batch(more: more, bytes: (notes.repaired - repairedBefore) * 256)
        }
    }

    /// Rows of this attempt that deleted a product.
    private var deleted: Int64 = 0

    /// The import's own checkpoint with the repair's notes in it. What an import has deleted stands there too.
    private func checkpoint(_ present: JSON?, deleted: Int64) -> JSON {
        var members = present?.members ?? []
        for (index, member) in members.enumerated() {
            switch member.name {
            case RepairNotes.errand: members[index].value = notes.json
            case "deleted": members[index].value = .int((member.value.intValue ?? 0) + deleted)
            default: break
            }
        }
        return .object(members)
    }

    /// - Returns: whether there is more.
    private func batch(_ reader: inout CSVReader, _ books: inout Books, _ turn: inout WriterTurn) throws -> Bool {
        let now = job.environment.now()
        while true {
            let rows = try context.errors.rows(jobID: context.jobID, after: notes.row, errorLimit: 500)
            guard !rows.isEmpty else { return false }
            for failing in rows {
                guard failing.row <= books.processed else { return false }
                var bytes: Int64 = 0
                if let place = try index.place(of: failing.row) {
                    try read(&reader, at: place, failing.row)
                    try apply(reader.record, failing, &books, now)
                    bytes = reader.record.byteLength
                }
                notes.row = failing.row
                if turn.isOver(after: bytes) { return true }
            }
        }
    }

    private func apply(_ raw: CSVRecord, _ failing: FailingRow, _ books: inout Books, _ now: Timestamp) throws {
        switch try intake.read(raw) {
        case .superseded, .continuation, .header: skip(&books)
        case .faulty(let faults, let key):
            let all = try context.completed(faults, key: key, readBy: record)
            return try refuse(raw, failing, all, now)
        case .good(let key):
            let digest = intake.countsLines ? intake.lineDigest : nil
            switch try context.store.apply(key, record.values, at: now) {
            case .created:
                books.created += 1
                notes.created += 1
            case .updated, .deleted:
                books.updated += 1
                notes.updated += 1
                if context.options.mode == .delete { deleted += 1 }
            case .unchanged:
                books.unchanged += 1
                notes.unchanged += 1
            case .skipped, .heldBack: skip(&books)
            case .incomplete(let field): return try refuse(raw, failing, [record.missing(field)], now)
            case .taken(let field): return try refuse(raw, failing, [record.taken(field)], now)
            case .reversed(let field): return try refuse(raw, failing, [record.reversed(field)], now)
            case .overfull: return try refuse(raw, failing, [record.attributesFault], now)
            }
            if let digest { try CorrectedLineStore(job.connection).add(digest, row: failing.row, jobID: context.jobID) }
        }
        books.failed -= 1
        try context.errors.remove(jobID: context.jobID, row: failing.row)
    }

    private func skip(_ books: inout Books) {
        books.skipped += 1
        notes.skipped += 1
    }

    /// A row that came back in vain: it has the faults that it has now, at the place where it stood in the upload, and
    /// is kept as it came back.
    private func refuse(
        _ raw: CSVRecord,
        _ failing: FailingRow,
        _ faults: [ImportRecord.Fault],
        _ now: Timestamp
    ) throws {
        notes.failed += 1
        try context.errors.removeErrors(jobID: context.jobID, row: failing.row)
        for fault in faults {
            var error = record.rowError(fault, raw)
            if let old = failing.errors.first {
                error.line = old.line
                error.byteOffset = old.byteOffset
                error.byteLength = old.byteLength
            }
            try context.errors.add(error, jobID: context.jobID, at: now)
        }
        let upload = corrected.isPartial ? try uploadedCells(failing) : []
        if let text = corrected.bytes(raw, cell: { $0 < upload.count ? upload[$0] : [] }) {
            try context.errors.keepCorrection(text, jobID: context.jobID, row: failing.row)
        }
    }

    /// The cells of a failing row as they stand in the upload; none where its form is broken.
    private func uploadedCells(_ failing: FailingRow) throws -> [[UInt8]] {
        guard let place = failing.errors.first else { return [] }
        var reader = context.table.reader()
        reader.seek(to: CSVPosition(byteOffset: place.byteOffset, line: place.line, row: failing.row))
        guard try reader.next(), reader.record.problems.isEmpty,
            reader.record.count == context.columns.headers.count
        else { return [] }
        let record = reader.record
        return (0..<record.count).map { Array(CellFault.shown(record.cell($0))) }
    }

    // MARK: The end

    private func close() throws {
        try ImportBooks(context).check(isWhole: job.job.former?.status == .completed)
        let notes = notes
        try job.finishErrand(notes.outcome) { [job] writer in
            try EventStore(job.connection).publish(
                "import.repaired",
                subject: job.job.publicID,
                data: .object([JSON.Member("job_id", .string(job.job.publicID))] + (notes.outcome.members ?? [])),
                writer
            )
        }
        unlink(notes.source.path)
        unlink(notes.source.workingPath)
    }
}
