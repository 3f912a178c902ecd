import AdminKit
import Blobs
import Catalog
import Database
import Identity
import IdentityTestSupport
import ImportEngine
import ImportKit
import Jobs
import Money
import Pictures
import Records
import Support
import TestSupport
import Web

/// A catalogue with its text index in a folder of its own, behind the real pipeline.
final class CatalogHouse {
    /// Products, and their imports.
    static let features = [Catalog.feature, Imports.feature(ImportTargets(.products))]

    let house: TestHouse
    let admin: User
    /// The data folder.
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let connection = try Connection(path: folder.file("bodega.db"), role: .web)
        let migrations = IdentitySchema.migrations + JobsSchema.migrations + Catalog.feature.migrations
        house = try TestHouse(migrations: migrations, database: connection)
        try CurrencyStore(connection).fixCurrency(.euro, at: house.clock.now)
        _ = try ProductSearch(connection, role: .web)
        house.settings[Shell.self] = Shell(assets: StaticAssets(prefix: "/static/test"), version: "test")
        house.settings[JobDescriptions.self] = JobDescriptions(Self.features.flatMap(\.jobs))
        house.settings[ImportTargets.self] = ImportTargets(.products)
        house.settings[PictureLibrary.self] = PictureLibrary(Blobs(besides: connection), decode: Self.decode)
        admin = try house.addUser("admin@example.com", .admin)
    }

    /// Stands for the decoder: what begins with `PIC` is a picture, as wide as it is long.
    @Sendable static func decode(_ bytes: [UInt8]) throws -> Picture {
        guard bytes.starts(with: Array("PIC".utf8)) else { throw PictureFault.notAPicture }
        let facts = PictureFacts(format: .png, width: bytes.count, height: 3, perceptualHash: UInt64(bytes.count))
        let renditions = Picture.Rendition.sides.map { side in
            Picture.Rendition(side: side, bytes: Array("webp \(side)".utf8) + bytes)
        }
        return Picture(facts: facts, renditions: renditions)
    }

    var database: Connection { house.database }
    var store: ProductStore { ProductStore(database) }

    /// Another connection to the same database.
    func connect(_ role: ConnectionRole = .web) throws -> Connection {
        try Connection(path: folder.file("bodega.db"), role: role)
    }

    /// A program with a token.
    func client(_ scopes: Set<Permission> = Set(Permission.all)) throws -> TestClient {
        let client = try house.client(CatalogHouse.features.routes)
        client.headers.set("Authorization", "Bearer \(try house.addToken(for: admin, scopes))")
        return client
    }

    /// A browser that is logged in, and what its forms must carry.
    func browser() throws -> (client: TestClient, csrf: String) {
        let (cookie, csrf) = try house.logIn("admin@example.com")
        let client = try house.client(CatalogHouse.features.routes)
        client.headers.set("Cookie", cookie)
        return (client, csrf)
    }

    @discardableResult
    func add(_ sku: String, _ name: String = "Thing", _ change: (inout Product) -> Void = { _ in }) throws -> Product {
        var product = Product(sku: sku, name: name)
        change(&product)
        let stored = try store.insert(product, house.context)
        return stored
    }

    /// Takes every revision into the text index.
    func index() throws {
        let search = try ProductSearch(database, role: .web)
        while try search.step() > 0 {}
    }

    /// What was told since the last look, as `product.created 1`, oldest first; outbox and events must agree.
    func told() throws -> [String] {
        let outbox = try database.all(
            "SELECT id, type, subject_id, data FROM outbox WHERE id > \(seenOutbox) AND type NOT LIKE '%.failed' ORDER BY id"
        ) { row in (row.int(0), "\(row.text(1)) \(row.text(2))", row.text(3)) }
        for (_, told, data) in outbox { try Self.check(String(told.prefix { $0 != " " }), data) }
        let events = try database.all(
            "SELECT id, type FROM event WHERE topic = 'catalogue' AND id > \(seenEvents) ORDER BY id"
        ) { row in (row.int(0), row.text(1)) }
        seenOutbox = outbox.last?.0 ?? seenOutbox
        seenEvents = events.last?.0 ?? seenEvents
        guard outbox.map({ $0.1.split(separator: " ")[0] }).elementsEqual(events.map { Substring($0.1) }) else {
            throw TestFailure("the outbox says \(outbox), the events \(events)")
        }
        return outbox.map(\.1)
    }
    private var seenOutbox: Int64 = 0

    /// Throws when the data of an event is not as its type says.
    static func check(_ type: String, _ data: String) throws {
        guard let event = Catalog.feature.events.first(where: { $0.name == type }) else {
            throw TestFailure("\(type) is published but not declared")
        }
        if let fault = mismatch(try JSON.parse(data), event.schema.json) { throw TestFailure("\(type): \(fault)") }
    }
    private var seenEvents: Int64 = 0

    /// Claims the next job that is due.
    func claim() throws -> Job? {
        let jobs = JobStore(database)
        return try jobs.due(at: house.clock.now, excluding: []).flatMap { try jobs.claim($0, now: house.clock.now) }
    }

    /// A worker for a claimed job.
    func run(_ job: Job) -> JobRun {
        JobRun(
            job,
            connection: database,
            environment: house.environment,
            scratch: folder.path,
            failpoints: Failpoints(nil)
        )
    }

    /// Does the next job and gives it back as it ended.
    func work() throws -> Job {
        guard let job = try claim() else { throw TestFailure("no job is due") }
        _ = try JobWork.perform(
            run(job),
            kinds: Self.features.flatMap(\.jobs).map(\.kind),
            log: Log(component: "test", threshold: .error)
        )
        guard let ended = try JobStore(database).find(job.id) else { throw TestFailure("the job is gone") }
        return ended
    }

    /// Every scenario of a table; what is not as it must be.
    func failures(_ scenarios: [Scenario], _ client: TestClient) throws -> [String] {
        try scenarios.flatMap { try $0.failures(with: client) }
    }
}
