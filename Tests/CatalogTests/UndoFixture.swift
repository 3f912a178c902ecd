import Database
import Glibc
import Jobs
import Support
import TestSupport

@testable import Catalog

extension ImportFixture {
    /// Asks for the undo of a job and claims it.
    func orderUndo(_ job: Job) throws -> Job {
        let id = Environment.live.makeUUID()
        let undo = try ProductUndo.order(job, on: connection, publicID: id, userID: 1, context)
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
        let undo = JobKind(ProductUndo.kind) { run in try ProductUndoRun(run, batchNanoseconds: 0).run() }
        let log = Log(component: "test", threshold: .error, sink: { _ in })
        _ = try JobWork.perform(run, kinds: [undo, ProductImport.job, ProductDeleteJob.job], log: log)
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

    /// Restarts an import and does it again.
    func restart(_ job: Job) throws -> Job {
        let outcome = try JobStore(connection).restart(try found(job), context: context) { current in
            UndoScope.restarted(current, lastRevision: try RevisionStore(connection).lastID())
        }
        guard case .done(let waiting) = outcome else { throw DatabaseError(.misuse, "cannot be restarted") }
        return try perform(try claim(waiting))
    }

    /// Ids that the text index finds for one word.
    func search(_ word: String) throws -> [Int64] {
        let index = try Connection(path: ProductSearch.path(besides: connection.path), role: .web)
        return try index.all(
            "SELECT rowid FROM product_text WHERE product_text MATCH \("\"\(word)\"*") ORDER BY rowid"
        ) { row in row.int(0) }
    }
}
