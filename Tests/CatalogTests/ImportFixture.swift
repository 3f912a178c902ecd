import Database
import Glibc
import Identity
import Jobs
import Support
import Synchronization
import TestSupport
import Testing

@testable import Catalog

/// A catalogue in a file, and imports into it in this process.
final class ImportFixture {
    let folder: TemporaryFolder
    let connection: Connection
    let clock = ImportClock()
    /// From where on the import goes other ways.
    var tuning = ProductImport.Tuning()
    private let log = Log(component: "test", threshold: .error, sink: { _ in })

    init(_ name: String = "test.db") throws {
        folder = try TemporaryFolder()
        connection = try Connection(path: folder.file(name), role: .importer)
        try Migrator(IdentitySchema.migrations + JobsSchema.migrations + CatalogSchema.migrations).up(connection)
    }

    /// Another database in the folder of an earlier fixture.
    init(_ other: ImportFixture, _ connection: Connection) {
        folder = other.folder
        self.connection = connection
    }

    var products: ProductStore { ProductStore(connection) }
    var context: WriteContext { WriteContext(actor: .user(1), now: clock.now) }

    /// Orders and claims an import of the bytes.
    func order(_ bytes: [UInt8], _ options: ImportOptions = ImportOptions()) throws -> Job {
        let path = try folder.write("\(randomBytes(8).hex).csv", bytes)
        let order = JobStore.Order(
            kind: ProductImport.kind,
            displayName: "Import",
            parameters: sourceParameters(path, 0..<Int64(bytes.count)),
            options: options.json,
            undo: .possible
        )
        return try JobStore(connection).addClaimed(order, publicID: Environment.live.makeUUID(), now: clock.now)
    }

    /// Works in small batches until somebody cancels, behind 500 rows and before 1,500.
    func workUntilCancelled(_ job: Job) throws -> Job {
        let store = JobStore(connection)
        let gate = try Files.open("\(connection.path)-gate-prio", O_RDWR)
        clock.makeBatchesSmall(gate)
        let cancelled = try work(job) { run in
            run.observe = { [self] state in
                clock.rest()
                if state.books.processed > 500 { _ = try? store.cancel(job, context: context) }
            }
        }
        clock.makeBatchesBig()
        #expect(cancelled.status == .cancelled && cancelled.books.processed < 1500)
        return cancelled
    }

    /// Works on a claimed job until it ends or is taken away.
    @discardableResult
    func work(_ job: Job, failpoints: String? = nil, prepare: (JobRun) -> Void = { _ in }) throws -> Job {
        let clock = clock
        let run = JobRun(
            job,
            connection: connection,
            environment: Environment(now: { clock.now }, random: randomBytes),
            scratch: folder.path,
            failpoints: Failpoints(failpoints)
        )
        prepare(run)
        _ = try JobWork.perform(run, kinds: [ProductImport.job(tuning)], log: log)
        guard let ended = try JobStore(connection).find(job.id) else { throw DatabaseError(.misuse, "no job") }
        return ended
    }

    @discardableResult
    func run(_ bytes: [UInt8], _ options: ImportOptions = ImportOptions(), failpoints: String? = nil) throws -> Job {
        try work(try order(bytes, options), failpoints: failpoints)
    }

    @discardableResult
    func run(_ text: String, _ options: ImportOptions = ImportOptions()) throws -> Job {
        try run(Array(text.utf8), options)
    }

    /// The next attempt at a job that was taken away from its worker, or cancelled.
    func claimAgain(_ job: Job) throws -> Job {
        let store = JobStore(connection)
        guard let present = try store.find(job.id) else { throw DatabaseError(.misuse, "no job") }
        if present.status.isFinal { _ = try store.retry(present, context: context) }
        clock.advance(seconds: 60)
        guard let due = try store.due(at: clock.now, excluding: []), let claimed = try store.claim(due, now: clock.now)
        else { throw DatabaseError(.misuse, "nothing to claim") }
        return claimed
    }

    /// Confirms what a job has planned and has it carried out.
    func confirm(_ job: Job, failpoints: String? = nil, prepare: (JobRun) -> Void = { _ in }) throws -> Job {
        guard case .done(let confirmed) = try JobStore(connection).confirm(job, context: context) else {
            throw TestFailure("nothing to confirm")
        }
        return try work(try claimAgain(confirmed), failpoints: failpoints, prepare: prepare)
    }

    func errors(_ job: Job) throws -> [RowError] {
        try RowErrorStore(connection).list(jobID: job.id, limit: 1_000_000).map(\.error)
    }

    /// `row code column` of every problem.
    func codes(_ job: Job) throws -> [String] {
        try errors(job).map { "\($0.row) \($0.code) \($0.column ?? "-")" }
    }

    func digest() throws -> CatalogDigest { try CatalogDigest.compute(connection) }

    /// All products by folded SKU.
    func table() throws -> [String: Product] {
        let keys = try connection.all("SELECT sku_norm, id FROM product") { row in (row.text(0), row.int(1)) }
        var table: [String: Product] = [:]
        for (key, id) in keys { table[key] = try products.find(id) }
        return table
    }
}

/// A clock that moves only when told to, and a hook on every look at it.
final class ImportClock: Sendable {
    private let milliseconds = Atomic<Int64>(1_795_000_000_000)
    /// When set, whoever starts a batch finds that somebody waits for the gate, so that it ends after 256 records.
    private let wanted = Atomic<Int32>(-1)

    var now: Timestamp {
        let descriptor = wanted.load(ordering: .relaxed)
        if descriptor >= 0 { flock(descriptor, LOCK_SH | LOCK_NB) }
        return Timestamp(milliseconds: milliseconds.load(ordering: .relaxed))
    }

    func advance(seconds: Int64) { milliseconds.add(seconds * 1000, ordering: .relaxed) }

    func makeBatchesSmall(_ descriptor: borrowing OwnedDescriptor) { wanted.store(descriptor.raw, ordering: .relaxed) }
    func makeBatchesBig() { wanted.store(-1, ordering: .relaxed) }

    /// Nobody waits any more; call after each commit.
    func rest() {
        let descriptor = wanted.load(ordering: .relaxed)
        if descriptor >= 0 { flock(descriptor, LOCK_UN) }
    }
}

func books(
    _ total: Int64,
    created: Int64 = 0,
    updated: Int64 = 0,
    unchanged: Int64 = 0,
    skipped: Int64 = 0,
    failed: Int64 = 0
)
    -> Books
{
    var books = Books()
    books.total = total
    books.processed = total
    books.created = created
    books.updated = updated
    books.unchanged = unchanged
    books.skipped = skipped
    books.failed = failed
    return books
}

/// What an import's job must know of its file.
func sourceParameters(_ path: String, _ range: Range<Int64>) -> JSON {
    ["path": .string(path), "start": .int(range.lowerBound), "end": .int(range.upperBound)]
}
