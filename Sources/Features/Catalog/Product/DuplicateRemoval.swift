import AdminKit
import Database
import Identity
import ImportEngine
package import Jobs
import Records
import Support

/// The job `product_deduplicate`: of products that share their SKU keeps the one that was changed last and deletes the
/// others, whose histories stay; then it builds the key.
///
/// It goes through the shared SKUs in their order. A SKU is decided inside the batch that deletes, and its place is
/// committed with rows, revisions and counters. One of which a product was changed since the removal was asked for is
/// left alone: another would stay than the one that was shown. Deleted products count as updated rows, those that are
/// left alone or share no SKU any more as skipped. It can be undone like a deletion: a product comes back when its SKU
/// is free.
package enum DuplicateRemoval {
    package static let kind = "product_deduplicate"

    package static let job = JobKind(
        kind,
        queue: ImportJob.queue,
        lane: ImportUndo.lane,
        changes: ChangedProducts.members
    ) { run in
        try DuplicateRemovalRun(run).run()
    }

    /// Asks for the job.
    /// - Parameter survey: which products it shall delete; others it leaves alone.
    static func order(_ survey: DuplicateSKUStore.Survey, _ context: RequestContext) throws -> Job {
        let order = JobStore.Order(
            kind: kind,
            displayName: "Deletion of \(Format.count(survey.count, Noun("duplicate", "duplicates")))",
            parameters: ["count": .int(survey.count), "revision": .int(survey.revision)],
            options: [:],
            undo: .possible
        )
        let writer = try context.writeContext
        let user = try context.principal.user.id
        let id = context.environment.makeUUID()
        return try context.database.write {
            try JobStore(context.database).add(order, publicID: id, userID: user, context: writer)
        }
    }
}

/// One attempt at one removal of duplicates.
final class DuplicateRemovalRun {
    private let job: JobRun
    private let expected: Int64
    /// What was changed later is left alone; jobs of earlier versions do not tell.
    private let revision: Int64
    private let shared: DuplicateSKUStore
    private let removal: RecordRemovalStore
    private let batchNanoseconds: UInt64

    /// SKUs that are looked for at once, and products of one that are deleted at once.
    private static let part = 256

    /// - Parameter batchNanoseconds: how long a batch may hold the gate when no writer waits for it.
    init(_ run: JobRun, batchNanoseconds: UInt64 = 250_000_000) throws {
        guard let expected = run.job.parameters["count"]?.intValue else {
            throw JobError.failed("The job does not say how many products are to be deleted.")
        }
        job = run
        self.expected = expected
        revision = run.job.parameters["revision"]?.intValue ?? .max
        self.batchNanoseconds = batchNanoseconds
        shared = DuplicateSKUStore(run.connection)
        removal = try RecordRemovalStore(run.connection, ProductFields.table, jobID: run.job.id)
    }

    func run() throws {
        // Which product was changed last is looked up in the histories, by their index.
        try ProductIndexStore(job.connection).ensure()
        if job.state.checkpoint == nil { try confirm() }
        try delete()
        try close()
    }

    private func confirm() throws {
        let found = try shared.count()
        // Fewer are those that are no longer shared; more cannot have come.
        guard found <= expected else {
            throw JobError.failed(
                """
                Nothing was deleted: \(expected) products were confirmed, but \(found) share their SKU with a newer \
                one now. Look at them again, then confirm the new number.
                """
            )
        }
        try job.batch { state in
            state.stage = "deleting"
            state.books.total = expected
            state.checkpoint = ["after": ""]
        }
    }

    // MARK: Deleting

    private func delete() throws {
        while true {
            // Looked for before the gate is taken. No product comes to share a SKU any more, so none is passed by.
            let groups = try shared.groups(after: place, limit: Self.part)
            guard !groups.isEmpty else { return }
            try job.batch { state in try batch(groups, &state) }
            try job.connection.checkpointIfDue(alone: false)
        }
    }

    private var place: String { job.state.checkpoint?["after"]?.stringValue ?? "" }

    private func batch(_ groups: [DuplicateSKUStore.Group], _ state: inout JobRun.State) throws {
        let now = job.environment.now()
        var turn = WriterTurn(job.connection, nanoseconds: batchNanoseconds)
        for group in groups {
            if try shared.isChanged(group.key, since: revision) {
                let others = try shared.number(group.key) - 1
                state.books.processed += others
                state.books.skipped += others
                state.checkpoint = ["after": .string(group.key)]
                continue
            }
            // The first stays. What was deleted is not found again.
            while case let old = try shared.products(group.key, limit: Self.part, offset: 1), !old.isEmpty {
                for product in old {
                    let bytes = try removal.remove(product.id, at: now)
                    state.books.processed += 1
                    if bytes != nil { state.books.updated += 1 } else { state.books.skipped += 1 }
                    if turn.isOver(after: bytes ?? 0) { return }
                }
            }
            state.checkpoint = ["after": .string(group.key)]
        }
    }

    // MARK: The end

    private func close() throws {
        try job.batch { state in
            state.stage = "indexing"
            // Whoever was renamed or deleted meanwhile shares no SKU.
            let rest = max(0, state.books.total - state.books.processed)
            state.books.processed += rest
            state.books.skipped += rest
        }
        let stands = try shared.resolve(at: job.environment.now())
        let books = job.state.books
        let deleted = try RevisionStore(job.connection).counts(jobID: job.job.id).deleted
        guard books.balances, books.processed == books.total, deleted == books.updated, stands || books.skipped > 0
        else {
            throw JobError.failed(
                """
                The books do not balance: \(books.processed) of \(books.total) products processed, \(books.updated) \
                deleted + \(books.skipped) gone before = \(books.sum); found in the catalogue: \(deleted) deleted, \
                \(try shared.count()) left. This is a fault of Bodega: please report it.
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
