import Database
import Identity
package import Jobs
import Support

/// The job `product_delete`: everything that a filter matched when it was asked for.
///
/// Stages: *collecting* notes the matching ids and compares their number with the one that was confirmed; *deleting*
/// removes them in batches, each of which commits rows, revisions, counters and the notes it has worked off together.
/// Then the books must balance. Deleted products count as updated rows, those that were gone by then as skipped.
package enum ProductDeleteJob {
    package static let kind = "product_delete"

    package static let job = JobKind(kind, changes: ChangedProducts.members) { run in try ProductDeleteRun(run).run() }
}

/// A deletion that somebody asks for: what it takes, and how many that is now.
struct ProductDeletion {
    let filter: ProductFilter
    let count: Int64
    private let connection: Connection

    /// Counts what the filter matches now; products that come later are left alone.
    init(_ filter: ProductFilter, _ connection: Connection) throws {
        self.connection = connection
        var bounded = filter
        let store = ProductStore(connection)
        (bounded.idMax, count) = try connection.read {
            bounded.idMax = try store.lastID()
            return (bounded.idMax, try store.count(bounded))
        }
        self.filter = bounded
    }

    /// Asks for the job.
    func order(_ context: RequestContext) throws -> Job {
        let noun = count == 1 ? "product" : "products"
        let order = JobStore.Order(
            kind: ProductDeleteJob.kind,
            displayName: "Deletion of \(count) \(noun)",
            parameters: ["filter": filter.json, "count": .int(count)],
            options: ["filter": filter.json],
            undo: .possible
        )
        let writer = try context.writeContext
        let user = try context.principal.user.id
        let id = context.environment.makeUUID()
        return try connection.write {
            try JobStore(connection).add(order, publicID: id, userID: user, context: writer)
        }
    }
}

/// One attempt at one deletion.
final class ProductDeleteRun {
    private let job: JobRun
    private let filter: ProductFilter
    private let expected: Int64
    private let store: ProductDeleteStore
    private let batchNanoseconds: UInt64
    private let part: Int

    /// - Parameters:
    ///   - batchNanoseconds: how long a batch may hold the gate when no writer waits for it.
    ///   - part: how many products are noted at once.
    init(_ run: JobRun, batchNanoseconds: UInt64 = 250_000_000, part: Int = 20_000) throws {
        guard let json = run.job.parameters["filter"], let filter = ProductFilter(json: json),
            let expected = run.job.parameters["count"]?.intValue
        else { throw JobError.failed("The job does not say what is to be deleted.") }
        job = run
        self.filter = filter
        self.expected = expected
        self.batchNanoseconds = batchNanoseconds
        self.part = part
        store = ProductDeleteStore(run.connection, jobID: run.job.id)
    }

    func run() throws {
        if filter.isText { try ProductSearch.attach(to: job.connection) }
        if try job.state.checkpoint?["collected"] != true || isForgotten() { try collect() }
        try delete()
        try close()
    }

    /// Whether what was noted is gone: it is kept for a day after a job was stopped. Then what is left is looked for
    /// once more, and must be as many as are left of the number that was confirmed.
    private func isForgotten() throws -> Bool {
        let books = job.state.books
        return try books.processed < books.total && store.left() == 0
    }

    // MARK: Collecting

    /// Notes ids, some thousand a transaction, so that nobody waits long. Nothing is deleted before their number is
    /// known to fit.
    private func collect() throws {
        try job.batch { state in
            state.stage = "collecting"
            if state.checkpoint?["collected"] == true { state.checkpoint = nil }
            if state.checkpoint == nil { try store.forgetAll() }
        }
        var more = true
        while more {
            // Looked for before the gate is taken: a text may have to be looked for in much, and whoever writes would
            // wait for that. What comes between is as what comes between two parts.
            let last = job.state.checkpoint?["after"]?.intValue ?? 0
            let ids = try store.matching(filter, after: last, limit: part)
            try job.batch { state in
                if let last = ids.last {
                    try store.note(ids)
                    state.checkpoint = ["after": .int(last)]
                } else {
                    more = false
                    try confirm(&state)
                }
            }
            try settle()
        }
    }

    private func confirm(_ state: inout JobRun.State) throws {
        let found = try store.left()
        let done = state.books.processed
        guard found == expected - done else {
            let outcome = done == 0 ? "Nothing was deleted" : "Nothing more was deleted"
            throw JobError.failed(
                """
                \(outcome): \(expected - done) products were confirmed, but \(found) match now. \
                Look at the list again, then ask for the deletion with the new number.
                """
            )
        }
        state.books.total = done + found
        state.checkpoint = ["collected": true]
        state.stage = "deleting"
    }

    // MARK: Deleting

    private func delete() throws {
        var more = true
        while more {
            try job.batch { state in more = try batch(&state.books) }
            try settle()
        }
    }

    /// - Returns: whether there is more.
    private func batch(_ books: inout Books) throws -> Bool {
        let context = job.context()
        var turn = WriterTurn(job.connection, nanoseconds: batchNanoseconds)
        while true {
            let ids = try store.next()
            if ids.isEmpty { return false }
            for id in ids {
                books.processed += 1
                let removed = try store.remove(id, context)
                if removed != nil { books.updated += 1 } else { books.skipped += 1 }
                guard turn.isOver(after: removed ?? 0) else { continue }
                try store.workOff(upTo: id)
                return true
            }
            if let last = ids.last { try store.workOff(upTo: last) }
        }
    }

    /// After a batch: brings the log home, outside the transaction.
    private func settle() throws {
        try job.connection.checkpointIfDue(alone: false)
    }

    // MARK: The end

    private func close() throws {
        let books = job.state.books
        let deleted = try RevisionStore(job.connection).counts(jobID: job.job.id).deleted
        let left = try store.left()
        guard books.balances, books.processed == books.total, deleted == books.updated, left == 0 else {
            throw JobError.failed(
                """
                The books do not balance: \(books.processed) of \(books.total) products processed, \(books.updated) \
                deleted + \(books.skipped) gone before = \(books.sum); found in the catalogue: \(deleted) deleted, \
                \(left) left. This is a fault of Bodega: please report it.
                """
            )
        }
        try job.finish(.completed, result: ["deleted": .int(deleted)]) { context in
            let data: JSON = ["job_id": .string(job.job.publicID), "count": .int(deleted)]
            let events = EventStore(job.connection)
            try events.tell("products.deleted", subject: job.job.publicID, data: data, context)
            try events.add(topic: "catalogue", type: "products.deleted", data: data, at: context.now)
        }
    }
}
