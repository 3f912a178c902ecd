import AdminKit
import Database
import Glibc
import Identity
import Jobs
import Support
import Synchronization
import Tables
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A catalogue in a file, and imports into it in this process.
final class ImportFixture {
    let folder: TemporaryFolder
    let connection: Connection
    let clock = ImportClock()
    /// From where on the import goes other ways.
    var tuning = ImportFixture.asInstalled

    /// Plans wait for a person as the shop has chosen.
    private static var asInstalled: ImportTuning {
        var tuning = ImportTuning()
        tuning.limits = { try ImportGuard.Limits(Configuration($0)) }
        return tuning
    }

    /// What the rows become.
    var target = ImportTarget.products
    private let log = Log(component: "test", threshold: .error, sink: { _ in })

    /// - Parameter more: migrations of nouns that only tests know.
    init(_ name: String = "test.db", more: [Migration] = []) throws {
        folder = try TemporaryFolder()
        connection = try Connection(path: folder.file(name), role: .importer)
        try Migrator(IdentitySchema.migrations + JobsSchema.migrations + CatalogSchema.migrations + more).up(connection)
    }

    /// Another database in the folder of an earlier fixture.
    init(_ other: ImportFixture, _ connection: Connection) {
        folder = other.folder
        self.connection = connection
    }

    var products: ProductStore { ProductStore(connection) }
    var context: WriteContext { WriteContext(actor: .user(1), now: clock.now) }

    /// Orders and claims an import of the bytes.
    /// - Parameter kind: what the file is.
    func order(
        _ bytes: [UInt8],
        _ options: ImportOptions = ImportOptions(),
        as kind: TableFormat.Kind = .delimited
    ) throws -> Job {
        var format = TableFormat()
        format.kind = kind
        let path = try folder.write("\(randomBytes(8).hex).csv", bytes)
        let order = JobStore.Order(
            kind: target.jobKind,
            displayName: "Import",
            parameters: sourceParameters(path, 0..<Int64(bytes.count), format),
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
        _ = try JobWork.perform(run, kinds: [ImportJob.job(target, tuning)], log: log)
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

    /// Where the plan of a job's upload stands.
    func planPath(_ job: Job) throws -> String {
        guard let source = ImportJob.Source(json: job.parameters, in: connection.folder) else {
            throw TestFailure("no source")
        }
        return source.planPath
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

/// What an import's job must know of its file, which stands beside the database.
func sourceParameters(_ path: String, _ range: Range<Int64>, _ format: TableFormat = TableFormat()) -> JSON {
    var identity: SourceIdentity?
    if let file = try? Files.open(path, O_RDONLY) { identity = try? SourceIdentity(file.raw, range) }
    return [
        "path": .string(String(path.split(separator: "/").last ?? "")),
        "start": .int(range.lowerBound), "end": .int(range.upperBound),
        "file": identity?.json ?? .null, "format": format.json,
    ]
}

extension ImportFixture {
    /// One whose loads put their indexes off, however few rows they have.
    static func puttingIndexesOff() throws -> ImportFixture {
        let fixture = try ImportFixture()
        fixture.tuning.deferredIndexRows = 1
        return fixture
    }
}

/// A table of `Item-N,NAME N` for each of the rows.
func itemTable(_ rows: ClosedRange<Int>, _ name: String = "Name") -> [UInt8] {
    Array(("sku,name\n" + rows.map { "Item-\($0),\(name) \($0)\n" }.joined()).utf8)
}

extension PlanRows {
    /// Those of an import of products, as a page shows them.
    convenience init?(_ job: Job, _ connection: Connection) throws {
        let kinds = JobDescriptions(CatalogHouse.features.flatMap(\.jobs))
        try self.init(job, connection, ImportTargets(.products), ActorNames(connection, kinds))
    }
}
