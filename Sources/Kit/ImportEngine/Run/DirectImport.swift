import Database
import Jobs
import Records
import Support
import Tables

/// A first load that no user reviews: the records are applied as they are read, without a plan, because all that can
/// become of them is a new product or an error.
struct DirectImport {
    let context: ImportRunContext

    private var job: JobRun { context.job }

    /// Applies the records behind the checkpoint.
    func run() throws {
        context.observeWarnings()
        context.observeNames()
        var reader = context.table.reader(from: start)
        if job.state.checkpoint == nil {
            _ = try reader.next()
        } else {
            try context.recallNames(before: reader.position.byteOffset)
        }
        try context.batches { state, turn in
            let before = reader.position.byteOffset
            let more = try batch(&reader, &state.books, &turn)
            try context.flushWarnings(at: job.environment.now())
            state.checkpoint = checkpoint(reader.position)
            state.rowsPerSecond = context.rowsPerSecond(state.books.processed, in: state.stage)
            return JobRun.Batch(more: more, bytes: reader.position.byteOffset - before)
        }
    }

    private func checkpoint(_ position: CSVPosition) -> JSON {
        [
            "offset": .int(position.byteOffset), "line": .int(position.line), "row": .int(position.row),
            "table": .optional(context.table.digest),
        ]
    }

    private var start: CSVPosition? {
        guard let checkpoint = job.state.checkpoint, let offset = checkpoint["offset"]?.intValue,
            let line = checkpoint["line"]?.intValue, let row = checkpoint["row"]?.intValue
        else { return nil }
        return CSVPosition(byteOffset: offset, line: line, row: row)
    }

    /// Applies records until the time is over, another process waits for the gate, or the file ends.
    /// - Returns: whether there is more.
    private func batch(_ reader: inout CSVReader, _ books: inout Books, _ turn: inout WriterTurn) throws -> Bool {
        let now = job.environment.now()
        while try reader.next() {
            try apply(reader.record, &books, now)
            if turn.isOver(after: reader.record.byteLength) { return true }
        }
        return false
    }

    private func apply(_ raw: CSVRecord, _ books: inout Books, _ now: Timestamp) throws {
        books.processed += 1
        let reading = try context.intake.read(raw)
        context.noteName(raw, reading)
        switch reading {
        case .superseded, .continuation, .header: books.skipped += 1
        case .faulty(let faults, let key):
            let all = try context.completed(faults, key: key)
            books.failed += 1
            try context.note(all, of: raw, at: now)
        case .good(let key):
            switch try context.store.apply(key, context.record.values, at: now) {
            case .created: books.created += 1
            case .updated, .deleted: books.updated += 1
            case .unchanged: books.unchanged += 1
            case .skipped, .heldBack: books.skipped += 1
            case .incomplete(let field):
                books.failed += 1
                try context.note([context.record.missing(field)], of: raw, at: now)
            case .taken(let field):
                books.failed += 1
                try context.note([context.record.taken(field)], of: raw, at: now)
            case .reversed(let field):
                books.failed += 1
                try context.note([context.record.reversed(field)], of: raw, at: now)
            case .overfull:
                books.failed += 1
                try context.note([context.record.attributesFault], of: raw, at: now)
            }
        }
    }
}

extension ImportRunContext {
    /// All that is wrong with a record is told at once, also what only shows beside what is stored.
    /// - Parameter reader: what has read the record, where that is not the import's own.
    func completed(
        _ faults: [ImportRecord.Fault],
        key: UnsafeBufferPointer<UInt8>?,
        readBy reader: ImportRecord? = nil
    ) throws -> [ImportRecord.Fault] {
        let record = reader ?? record
        guard options.mode != .delete, let key, let field = try store.missingField(key, record.values),
            !faults.contains(where: { record.isAbout(field, $0) })
        else { return faults }
        return faults + [record.missing(field)]
    }
}
