import Database
import Glibc
import Jobs
import Records
import Support
import TestSupport

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

extension ImportFixture {
    /// Asks for the undo of a job and claims it.
    func orderUndo(_ job: Job) throws -> Job {
        let id = Environment.live.makeUUID()
        let undo = try ImportUndo.order(job, on: connection, publicID: id, userID: 1, context)
        return try claim(undo)
    }

    func claim(_ job: Job) throws -> Job {
        let jobs = JobStore(connection)
        guard let present = try jobs.find(job.id), let claimed = try jobs.claim(present, now: clock.now) else {
            throw DatabaseError(.misuse, "nothing to claim")
        }
        return claimed
    }

    /// Does a claimed job of any kind, with batches of one look at the gate.
    /// - Parameter after: called after each commit.
    @discardableResult
    func perform(_ job: Job, after: @escaping (JobRun.State) -> Void = { _ in }) throws -> Job {
        let clock = clock
        let run = JobRun(
            job,
            connection: connection,
            environment: Environment(now: { clock.now }, random: randomBytes),
            scratch: folder.path,
            failpoints: Failpoints(nil)
        )
        run.observe = after
        let (rows, target) = (tuning.deferredIndexRows, target)
        let undo = JobKind(ImportUndo.kind) { run in
            try UndoRun(run, .init(batchNanoseconds: 0, deferredIndexRows: rows), target: { _ in target }).run()
        }
        let deletion = JobKind(ProductDeleteJob.kind) { run in
            try ProductDeleteRun(run, .init(batchNanoseconds: 0, deferredIndexRows: rows)).run()
        }
        let log = Log(component: "test", threshold: .error, sink: { _ in })
        _ = try JobWork.perform(run, kinds: [undo, deletion, ImportJob.job(.products, tuning)], log: log)
        return try found(job)
    }

    func found(_ job: Job) throws -> Job {
        guard let found = try JobStore(connection).find(job.id) else { throw DatabaseError(.misuse, "no job") }
        return found
    }

    /// Undoes a job to the end.
    @discardableResult
    func undo(_ job: Job) throws -> Job { try perform(try orderUndo(try found(job))) }

    /// Undoes a job whose worker loses it again and again between batches, as by kill -9.
    func undoWithLosses(_ job: Job, _ random: inout SeededRandom) throws -> Job {
        var claimed = try orderUndo(try found(job))
        var losses = 0
        while true {
            var left = random.below(2) + 1
            var next: Job?
            let ended = try perform(claimed) { state in
                if state.stage == "undoing" { left -= 1 }
                if left == 0, next == nil, losses < 5 { next = try? self.claimAgain(claimed) }
            }
            guard let taken = next else { return ended }
            claimed = taken
            losses += 1
        }
    }

    /// Undoes a job, and cancels that after so many batches; it may be over by then.
    func undoUntilCancelled(_ job: Job, batches: Int) throws -> Job {
        let claimed = try orderUndo(try found(job))
        var left = batches
        return try perform(claimed) { state in
            guard state.stage == "undoing", state.books.processed > 0 else { return }
            left -= 1
            if left == 0 { _ = try? JobStore(self.connection).cancel(claimed, context: self.context) }
        }
    }

    /// Deletes by a job everything whose SKU begins so.
    func deleteMany(sku: String) throws -> Job {
        var filter = ProductFilter()
        filter.sku = sku
        let count = try products.count(filter)
        let order = JobStore.Order(
            kind: ProductDeleteJob.kind,
            displayName: "Deletion",
            parameters: ["filter": filter.json, "count": .int(count)],
            undo: .possible
        )
        let id = Environment.live.makeUUID()
        return try perform(try JobStore(connection).addClaimed(order, publicID: id, now: clock.now))
    }

    func edit(_ sku: String, _ change: (inout Product) -> Void) throws {
        guard let product = try products.find(sku: sku) else { throw DatabaseError(.misuse, "no product \(sku)") }
        _ = try products.update(product.id, context) { current in
            var edited = current
            change(&edited)
            return edited
        }
    }

    func delete(_ sku: String) throws {
        guard let product = try products.find(sku: sku) else { throw DatabaseError(.misuse, "no product \(sku)") }
        try products.delete(product.id, context)
    }

    /// Begins an import anew under its own number, as earlier versions did, and does it: what they left is still there.
    func beginAnew(_ job: Job) throws -> Job {
        let job = try found(job)
        let last = JSON.int(try RevisionStore(connection).lastID())
        let own = ["counted_up_to"] + (job.isUndone ? ["undone_up_to"] : [])
        var members = (job.parameters.members ?? []).filter { !own.contains($0.name) }
        members.append(JSON.Member("counted_up_to", last))
        if job.isUndone { members.append(JSON.Member("undone_up_to", last)) }
        let changes = job.isUndone ? 0 : job.earlierChanges + job.books.created + job.books.updated
        try connection.write {
            try connection.execute(
                """
                UPDATE job SET status = 'pending', stage = NULL, progress = 0, total_rows = 0, processed_rows = 0,
                    created_rows = 0, updated_rows = 0, unchanged_rows = 0, skipped_rows = 0, failed_rows = 0,
                    result = NULL, checkpoint = NULL, started_at = NULL, completed_at = NULL, undone_by = NULL,
                    earlier_changes = \(changes), parameters = \(JSON.object(members).text) WHERE id = \(job.id)
                """
            )
        }
        return try perform(try claim(try found(job)))
    }

    /// Puts an empty text index in the place of the present one; it has the whole log before it.
    func emptyIndex() throws {
        let path = ProductSearch.path(besides: connection.path)
        if let file = FileIdentity(path) { try TextIndex.remove(path, file, keeping: false) }
        let columns = ProductFields.searched.map(\.name)
        _ = try TextIndex.open(path: path, name: ProductSearch.attached.name, columns: columns)
    }

    /// Ids that the text index finds for one word.
    func search(_ word: String) throws -> [Int64] {
        let index = try Connection(path: ProductSearch.path(besides: connection.path), role: .web)
        return try index.all(
            "SELECT rowid FROM product_text WHERE product_text MATCH \("\"\(word)\"*") ORDER BY rowid"
        ) { row in row.int(0) }
    }
}
