import Database
import Identity
import ImportEngine
package import Jobs
import Records
import Support

/// The job `product_delete`: everything that a filter matched when it was asked for.
///
/// Stages: *collecting* notes the matching ids and compares them with those that were confirmed; *deleting* removes
/// them in batches, each of which commits rows, revisions, counters and the notes it has worked off together;
/// *indexing* builds what that did without when most of the catalogue goes. Then the books must balance. Deleted
/// products count as updated rows, those that were gone by then as skipped; so do those that only the text index
/// believed to match.
package enum ProductDeleteJob {
    package static let kind = "product_delete"

    package static let job = JobKind(kind, lane: ImportUndo.lane, changes: ChangedProducts.members) { run in
        try ProductDeleteRun(run).run()
    }
}

/// A deletion that somebody asks for: what it takes, and which products that is now.
struct ProductDeletion {
    private let selection: ProductSelection
    private let connection: Connection
    var filter: ProductFilter { selection.filter }
    var count: Int64 { selection.count }
    var seen: String { selection.seen }

    /// Looks what the filter matches now; products that come later are left alone.
    init(_ filter: ProductFilter, _ connection: Connection) throws {
        self.connection = connection
        selection = try ProductSelection(filter, connection)
    }

    /// Asks for the job.
    func order(_ context: RequestContext) throws -> Job {
        let noun = count == 1 ? "product" : "products"
        let order = JobStore.Order(
            kind: ProductDeleteJob.kind,
            displayName: "Deletion of \(count) \(noun)",
            parameters: ["filter": filter.json, "count": .int(count), "seen": .string(seen)],
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
    private let removal: RecordRemovalStore
    private let indexes: ProductIndexStore
    private let tuning: Tuning

    /// Sizes that tests make small.
    struct Tuning {
        /// How long a batch may hold the gate when no writer waits for it.
        var batchNanoseconds = ImportRunContext.batchNanoseconds
        /// How many products are noted at once.
        var part = 20_000
        /// As many are a reason to leave out indexes.
        var deferredIndexRows: Int64 = 20_000
    }

    init(_ run: JobRun, _ tuning: Tuning = Tuning()) throws {
        guard let json = run.job.parameters["filter"], let filter = ProductFilter(json: json),
            let expected = run.job.parameters["count"]?.intValue
        else { throw JobError.failed("The job does not say what is to be deleted.") }
        job = run
        self.filter = filter
        self.expected = expected
        self.tuning = tuning
        store = ProductDeleteStore(run.connection, jobID: run.job.id)
        removal = try RecordRemovalStore(run.connection, ProductFields.table, jobID: run.job.id)
        indexes = ProductIndexStore(run.connection)
    }

    func run() throws {
        if try job.state.checkpoint?["collected"] != true || isForgotten() { try collect() }
        try indexes.leavingOutLists(job, moving: try store.left(), least: tuning.deferredIndexRows, delete)
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
        // Before it is asked, the index shall know all products.
        if filter.isText { try ProductSearch.waitUntilIndexed(job) }
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
            let stale = job.state.checkpoint?["stale"]?.intValue ?? 0
            guard let found = try matching(after: last) else { continue }
            var seen = job.state.checkpoint?["seen"]?.stringValue.flatMap(SetHash.init(text:)) ?? SetHash()
            for id in found.ids { seen.add(id) }
            let text = seen.text
            try job.batch { state in
                state.stage = "collecting"
                if let last = found.ids.last {
                    try store.note(found.own)
                    let differing = Int64(found.ids.count - found.own.count)
                    state.checkpoint = [
                        "after": .int(last), "stale": .int(stale + differing), "seen": .string(text),
                    ]
                } else {
                    more = false
                    try confirm(&state, stale: stale)
                }
            }
            try job.settle(written: Int64(found.ids.count))
        }
    }

    /// The next products that match, and those of them whose own texts do; nil when the text index was just replaced.
    private func matching(after id: Int64) throws -> (ids: [Int64], own: [Int64])? {
        do {
            let ids = try ProductSearch.reading(job.connection, filter, isComplete: true) {
                try store.matching(filter, after: id, limit: tuning.part)
            }
            guard case .query(let query) = filter.textCondition else { return (ids, ids) }
            let own = try ProductSearchStore(job.connection).matchingThemselves(ids, query)
            if own.count < ids.count, job.connection.gate != nil {
                let differing = Set(ids).subtracting(own)
                try ProductSearchCheck(job.connection).step(ids: Array(differing.sorted().prefix(1000)))
            }
            return (ids, own)
        } catch is SearchUnavailable {
            try ProductSearch.waitUntilIndexed(job)
            return nil
        }
    }

    /// - Parameter stale: products that the text index only believed to match.
    private func confirm(_ state: inout JobRun.State, stale: Int64) throws {
        let found = try store.left()
        let done = state.books.processed
        // When it is looked for once more, those count as processed already.
        let skipped = done > 0 && found == expected - done ? 0 : stale
        guard found + skipped == expected - done else {
            let outcome = done == 0 ? "Nothing was deleted" : "Nothing more was deleted"
            throw JobError.failed(
                """
                \(outcome): \(expected - done) products were confirmed, but \(found) match now. \
                Look at the list again, then ask for the deletion with the new number.
                """
            )
        }
        // Of what is looked for once more only the number is known.
        if done == 0, let confirmed = job.job.parameters["seen"]?.stringValue,
            confirmed != state.checkpoint?["seen"]?.stringValue ?? SetHash().text
        {
            throw JobError.failed(
                """
                Nothing was deleted: as many products match now as were confirmed, but not the same ones. Look at the \
                list again, then ask for the deletion once more.
                """
            )
        }
        state.books.total = done + skipped + found
        state.books.processed += skipped
        state.books.skipped += skipped
        state.checkpoint = ["collected": true]
        state.stage = "deleting"
    }

    // MARK: Deleting

    private func delete() throws {
        try job.batches(lasting: tuning.batchNanoseconds) { state, turn in try batch(&state.books, &turn) }
    }

    private func batch(_ books: inout Books, _ turn: inout WriterTurn) throws -> JobRun.Batch {
        let now = job.environment.now()
        var bytes: Int64 = 0
        while true {
            let ranges = try store.next()
            for id in ranges.joined() {
                books.processed += 1
                let removed = try removal.remove(id, at: now)
                if removed != nil { books.updated += 1 } else { books.skipped += 1 }
                bytes += removed ?? 0
                guard turn.isOver(after: removed ?? 0) else { continue }
                try store.workOff(upTo: id)
                return JobRun.Batch(more: true, bytes: bytes)
            }
            guard let last = ranges.last?.upperBound else { return JobRun.Batch(more: false, bytes: bytes) }
            try store.workOff(upTo: last)
        }
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
            try EventStore(job.connection).publish(
                "products.deleted",
                subject: job.job.publicID,
                data: data,
                topic: CatalogEvents.topic,
                context
            )
        }
    }
}
