import Database
import Jobs
import Support

/// One attempt at one undo.
final class ProductUndoRun {
    private let job: JobRun
    private let decisions: UndoDecisions
    private let undo: ProductUndoStore
    private let products: ProductStore
    private let batchNanoseconds: UInt64

    /// - Parameter batchNanoseconds: how long a batch may hold the gate when no writer waits for it.
    init(_ run: JobRun, batchNanoseconds: UInt64 = 250_000_000) throws {
        guard let key = run.job.parameters["job"]?.intValue, let undone = try JobStore(run.connection).find(key) else {
            throw JobError.failed("The job does not say what is to be undone.")
        }
        guard undone.undo != .expired else { throw JobError.failed(UndoMessages.expired) }
        job = run
        self.batchNanoseconds = batchNanoseconds
        undo = ProductUndoStore(run.connection)
        products = ProductStore(run.connection)
        decisions = UndoDecisions(run.connection, UndoScope(undone))
    }

    func run() throws {
        // Histories are looked up by product: a first load that died may have left their index for later.
        try ProductIndexStore(job.connection).ensure()
        if job.state.checkpoint == nil { try count() }
        try takeBack()
        try ProductSearch.follow(job)
        try close()
    }

    private func count() throws {
        try job.show { $0.stage = "counting" }
        let total = try undo.products(decisions.scope)
        try job.batch { state in
            state.books.total = total
            state.stage = "undoing"
            state.checkpoint = ["before": .int(Int64.max)]
        }
    }

    private func takeBack() throws {
        var more = true
        var pace = Pace()
        while more {
            try job.batch { state in
                more = try batch(&state)
                state.rowsPerSecond = pace.rows(state.books.processed, at: monotonicNanoseconds())
            }
            try job.connection.checkpointIfDue(alone: false)
        }
    }

    /// - Returns: whether there is more.
    private func batch(_ state: inout JobRun.State) throws -> Bool {
        let context = job.context()
        var turn = WriterTurn(job.connection, nanoseconds: batchNanoseconds)
        while true {
            let found = try undo.next(decisions.scope, before: state.checkpoint?["before"]?.intValue ?? .max)
            if found.isEmpty { return false }
            for (id, productID) in found {
                let decision = try decisions.decide(id, of: productID)
                try apply(decision, &state.books, context)
                state.checkpoint = ["before": .int(id)]
                if turn.isOver(after: decision.bytes) { return true }
            }
        }
    }

    private func apply(_ decision: UndoDecision, _ books: inout Books, _ context: WriteContext) throws {
        switch decision {
        case .other: return
        case .delete(let product):
            try products.remove(product, context)
            books.updated += 1
        case .restore(let product, let current):
            let change = ProductChange(from: current, to: product)
            let differs = try products.store(change, over: current, context, as: .restore)
            if differs { books.updated += 1 } else { books.unchanged += 1 }
        case .putBack(let product, let version):
            try products.putBack(product, version: version, context)
            books.updated += 1
        case .unchanged: books.unchanged += 1
        case .keep(let kept):
            try undo.note(kept, jobID: job.job.id)
            books.skipped += 1
        }
        books.processed += 1
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
                The books do not balance: \(books.processed) of \(books.total) products processed, \(books.updated) \
                taken back + \(books.unchanged) unchanged + \(books.skipped) kept = \(books.sum); found in the \
                catalogue: \(written.deleted) deleted, \(written.restored) restored, \(kept) kept. This is a fault of \
                Bodega: please report it.
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
            let events = EventStore(job.connection)
            try events.tell("import.undone", subject: job.job.undoOf?.publicID, data: data, context)
            try events.add(topic: "catalogue", type: "import.undone", data: data, at: context.now)
        }
    }
}

/// Products a second since the attempt began.
private struct Pace {
    private let began = monotonicNanoseconds()
    private var first: Int64?

    mutating func rows(_ processed: Int64, at now: UInt64) -> Double? {
        guard let first else {
            self.first = processed
            return nil
        }
        return now > began ? Double(processed - first) * 1e9 / Double(now - began) : nil
    }
}
