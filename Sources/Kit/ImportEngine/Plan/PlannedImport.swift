import Database
import Jobs
import Records
import Support
import Tables

/// The stage *importing* of an import that has a plan: walks the plan, reads only the records that change something,
/// and counts the others as planned.
///
/// A plan that no user confirmed is a saving of work: the record is compared once more with the product as it is now. A
/// confirmed one is a promise: a product that is no longer as it was shown is held back, not overwritten.
final class PlannedImport {
    private let context: ImportRunContext
    private let plan: PlanReader
    private let held: ImportPlanStore

    /// Opens the plan at its checkpoint.
    ///
    /// Throws `PlanReader.Fault`, and `JobError.failed` when the plan is not the one that the job made, to the byte, or
    /// was made for something else.
    init(_ context: ImportRunContext, _ checkpoint: PlanCheckpoint) throws {
        self.context = context
        plan = try PlanReader(context.planPath, from: checkpoint.entry)
        do {
            try plan.require(checkpoint.plan, of: context.job.job.publicID)
            try plan.requireEntries()
        } catch PlanReader.Fault.foreign {
            throw Self.another(checkpoint)
        }
        held = ImportPlanStore(context.connection, context.target.record)
        let hash = PlanHeader.hash(context.options, context.columns)
        guard plan.header.tableBytes == context.table.byteCount, plan.header.inputHash == hash else {
            throw Self.foreign
        }
    }

    private static let foreign = JobError.failed(
        "The plan was made for another file or other options. Nothing more was imported; upload the file again."
    )

    private static func another(_ checkpoint: PlanCheckpoint) -> JobError {
        let made = checkpoint.isReviewed ? "confirmed" : "made"
        return .failed(
            """
            The plan that lies in the data folder is not the one that was \(made) for this import: it was changed or \
            replaced. Nothing more was imported, and what was imported before stays. Import the file again: it is then \
            checked anew.
            """
        )
    }

    private var job: JobRun { context.job }
    var counts: PlanCounts { plan.header.counts }

    /// Carries out what is left.
    func run(_ start: PlanCheckpoint) throws {
        var checkpoint = start
        var reader = context.table.reader()
        try context.batches { state, turn in
            let before = reader.position.byteOffset
            let more = try batch(&reader, &checkpoint, &state.books, &turn)
            state.status = .processing
            state.stage = "importing"
            state.checkpoint = checkpoint.json
            state.progress = progress(checkpoint)
            state.rowsPerSecond = context.rowsPerSecond(state.books.processed, in: state.stage)
            return JobRun.Batch(more: more, bytes: max(0, reader.position.byteOffset - before))
        }
    }

    private func progress(_ checkpoint: PlanCheckpoint) -> Int64 {
        let share = ImportPlanner.progressShare
        let entries = max(1, plan.header.entries)
        return share + checkpoint.entry * (100 - share) / entries
    }

    /// - Returns: whether there is more.
    private func batch(
        _ reader: inout CSVReader,
        _ checkpoint: inout PlanCheckpoint,
        _ books: inout Books,
        _ turn: inout WriterTurn
    ) throws -> Bool {
        let now = job.environment.now()
        while let entry = try plan.next() {
            guard let state = entry.state else { throw PlanReader.Fault.damaged }
            if state != .deactivate { books.processed += 1 }
            var bytes: Int64 = 0
            switch state {
            case .unchanged: books.unchanged += 1
            case .skip: books.skipped += 1
            case .reject: books.failed += 1
            case .create, .update, .delete:
                try carryOut(entry, &reader, &checkpoint, &books, now)
                bytes = reader.record.byteLength
            case .deactivate: try deactivate(entry, &checkpoint, now)
            }
            checkpoint.entry = plan.index
            if turn.isOver(after: bytes) { return true }
        }
        return false
    }

    private func carryOut(
        _ entry: PlanEntry,
        _ reader: inout CSVReader,
        _ checkpoint: inout PlanCheckpoint,
        _ books: inout Books,
        _ now: Timestamp
    ) throws {
        let row = plan.index
        if reader.position.row != row {
            reader.seek(to: CSVPosition(byteOffset: entry.offset, line: entry.line, row: row))
        }
        guard try reader.next(), reader.record.position.byteOffset == entry.offset,
            case .good(let key) = try context.intake.read(reader.record, isChosen: true)
        else { throw Self.foreign }
        let expected: RecordImportStore.Expected? =
            checkpoint.isReviewed ? .init(recordID: entry.record, version: Int64(entry.version)) : nil
        switch try context.store.apply(key, context.record.values, at: now, expected: expected) {
        case .created: books.created += 1
        case .updated: books.updated += 1
        case .deleted:
            books.updated += 1
            checkpoint.deleted += 1
        case .unchanged: books.unchanged += 1
        case .skipped: books.skipped += 1
        case .heldBack(let record):
            books.skipped += 1
            try hold(record, &checkpoint)
        case .incomplete(let field):
            books.failed += 1
            try context.note([context.record.missing(field)], of: reader.record, at: now)
        case .taken(let field):
            books.failed += 1
            try context.note([context.record.taken(field)], of: reader.record, at: now)
        case .reversed(let field):
            books.failed += 1
            try context.note([context.record.reversed(field)], of: reader.record, at: now)
        case .overfull:
            books.failed += 1
            try context.note([context.record.attributesFault], of: reader.record, at: now)
        }
    }

    private func deactivate(_ entry: PlanEntry, _ checkpoint: inout PlanCheckpoint, _ now: Timestamp) throws {
        let expected = checkpoint.isReviewed ? Int64(entry.version) : nil
        switch try context.store.deactivate(entry.record, expected: expected, at: now) {
        case .updated: checkpoint.deactivated += 1
        case .heldBack(let record): try hold(record, &checkpoint)
        default: break
        }
    }

    private func hold(_ record: Int64, _ checkpoint: inout PlanCheckpoint) throws {
        checkpoint.heldBack += 1
        try held.hold(plan.index - 1, recordID: record, jobID: context.jobID)
    }
}
