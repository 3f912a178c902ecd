import Database
import Jobs
import Records
import Support

/// One attempt at one undo.
final class UndoRun {
    private let job: JobRun
    private let decisions: UndoDecisions
    private let target: ImportTarget
    private let undo: UndoStore
    private let records: RecordStore
    private let removal: RecordRemovalStore
    private let returns: RecordReturnStore
    private let hooks: any ImportHooks
    private let tuning: Tuning

    /// Sizes that tests make small.
    struct Tuning {
        /// How long a batch may hold the gate when no writer waits for it.
        var batchNanoseconds = ImportRunContext.batchNanoseconds
        /// As many records that go or come back are a reason to leave out indexes.
        var deferredIndexRows: Int64 = 20_000
    }

    /// - Parameter target: says what the records are that the undone job changed.
    init(_ run: JobRun, _ tuning: Tuning = Tuning(), target: (Job) -> ImportTarget) throws {
        guard let key = run.job.parameters["job"]?.intValue, let undone = try JobStore(run.connection).find(key) else {
            throw JobError.failed("The job does not say what is to be undone.")
        }
        guard undone.undo != .expired else { throw JobError.failed(UndoMessages.expired) }
        job = run
        self.tuning = tuning
        let target = target(undone)
        let table = target.record
        self.target = target
        undo = UndoStore(run.connection, table)
        records = RecordStore(run.connection, table)
        removal = try RecordRemovalStore(run.connection, table, jobID: run.job.id)
        returns = try RecordReturnStore(run.connection, table, jobID: run.job.id)
        hooks = target.hooks(run, ImportTuning(deferredIndexRows: tuning.deferredIndexRows))
        decisions = UndoDecisions(run.connection, table, UndoScope(undone))
    }

    func run() throws {
        if job.state.checkpoint == nil { try job.show { $0.stage = "counting" } }
        let found = try undo.records(decisions.scope)
        if job.state.checkpoint == nil { try count(found.all) }
        let moving = max(0, found.moved - job.state.books.processed)
        try hooks.withoutListIndexes(job, moving: moving, takeBack)
        try hooks.followIndex(job)
        try close()
    }

    private func count(_ total: Int64) throws {
        try job.batch { state in
            state.books.total = total
            state.stage = "undoing"
            state.checkpoint = ["before": .int(Int64.max)]
        }
    }

    private func takeBack() throws {
        var rate = RowRate()
        try job.batches(lasting: tuning.batchNanoseconds) { state, turn in
            let done = try batch(&state, &turn)
            state.rowsPerSecond = rate.rows(state.books.processed, in: state.stage, at: monotonicNanoseconds())
            return done
        }
    }

    private func batch(_ state: inout JobRun.State, _ turn: inout WriterTurn) throws -> JobRun.Batch {
        let context = job.context()
        // Keys are looked up: a load into the empty table may have dropped their index since.
        _ = try hooks.beginBatch()
        var bytes: Int64 = 0
        var last = state.checkpoint?["before"]?.intValue ?? .max
        let more = try undo.walk(decisions.scope, before: last) { step in
            let written = try apply(try decisions.decide(step), &state.books, context)
            last = step.revision.id
            bytes += written
            return !turn.isOver(after: written)
        }
        state.checkpoint = ["before": .int(last)]
        return JobRun.Batch(more: more, bytes: bytes)
    }

    /// - Returns: about how many bytes were written.
    private func apply(_ decision: UndoDecision, _ books: inout Books, _ context: WriteContext) throws -> Int64 {
        var bytes: Int64 = 0
        switch decision {
        case .other: return 0
        case .delete(let id):
            let removed = try removal.remove(id, at: context.now)
            if removed != nil { books.updated += 1 } else { books.unchanged += 1 }
            bytes = removed ?? 0
        case .restore(let record, let current):
            let differs = try records.restore(record, over: current, context)
            if differs { books.updated += 1 } else { books.unchanged += 1 }
            bytes = record.bytes + current.bytes
        case .putBack(let record, let version):
            try returns.putBack(record, version: version, at: context.now)
            books.updated += 1
            bytes = record.bytes
        case .unchanged: books.unchanged += 1
        case .keep(let kept):
            try undo.note(kept, jobID: job.job.id)
            books.skipped += 1
        }
        books.processed += 1
        return bytes
    }

    // MARK: The end

    private func close() throws {
        let books = job.state.books
        let written = try undo.written(by: job.job.id)
        let kept = try undo.keptCount(by: job.job.id)
        guard books.balances, books.processed == books.total, written.deleted + written.restored == books.updated,
            kept == books.skipped
        else {
            throw JobError.failed(
                """
                The books do not balance: \(books.processed) of \(books.total) \(target.record.noun.many) processed, \
                \(books.updated) taken back + \(books.unchanged) unchanged + \(books.skipped) kept = \(books.sum); \
                found in the database: \(written.deleted) deleted, \(written.restored) restored, \(kept) kept. This is \
                a fault of Bodega: please report it.
                """
            )
        }
        let result: JSON = [
            "delete": .int(written.deleted), "restore": .int(written.restored), "keep": .int(kept),
        ]
        try job.finish(.completed, result: result) { context in
            let data: JSON = [
                "job_id": .string(job.job.publicID), "undo_of": .optional(job.job.undoOf?.publicID),
                "deleted": .int(written.deleted), "restored": .int(written.restored), "kept": .int(kept),
            ]
            try EventStore(job.connection).publish(
                "import.undone",
                subject: job.job.undoOf?.publicID,
                data: data,
                topic: target.topic,
                context
            )
        }
    }
}
