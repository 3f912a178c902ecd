import AdminKit
import Catalog
import Database
import Glibc
import Identity
import IdentityTestSupport
import ImportEngine
import ImportKit
import Jobs
import Money
import Records
import Support
import Tables
import TestSupport
import Web

@testable import Customers

/// Customers behind the real pipeline, and imports of them in this process.
final class CustomerHouse {
    static let targets = ImportTargets(.customers)
    static let features = [Customers.feature, Imports.feature(targets)]

    let house: TestHouse
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let connection = try Connection(path: folder.file("bodega.db"), role: .web)
        // The tables of imports come with the catalogue.
        let features = [Catalog.feature, Customers.feature]
        let migrations = IdentitySchema.migrations + JobsSchema.migrations + features.flatMap(\.migrations)
        house = try TestHouse(migrations: migrations, database: connection)
        try CurrencyStore(connection).fixCurrency(.euro, at: house.clock.now)
        house.settings[Shell.self] = Shell(assets: StaticAssets(prefix: "/static/test"), version: "test")
        house.settings[JobDescriptions.self] = JobDescriptions(Self.features.flatMap(\.jobs))
        house.settings[ImportTargets.self] = Self.targets
    }

    var database: Connection { house.database }

    /// A program of a user with that role.
    func client(_ role: Role, _ scopes: Set<Permission>? = nil) throws -> TestClient {
        let user = try house.addUser("\(role.rawValue)-\(randomBytes(4).hex)@example.com", role)
        let client = try house.client(Self.features.flatMap(\.routes))
        let token = try house.addToken(for: user, scopes ?? role.permissions)
        client.headers.set("Authorization", "Bearer \(token)")
        return client
    }

    /// Does an import of a file to its end.
    func run(_ text: String, _ change: (inout ImportOptions) -> Void = { _ in }) throws -> Job {
        var options = ImportOptions(target: .customers)
        change(&options)
        let bytes = Array(text.utf8)
        let path = try folder.write("\(randomBytes(8).hex).csv", bytes)
        let file = try Files.open(path, O_RDONLY)
        let source = ImportJob.Source(
            upload: path,
            range: 0..<Int64(bytes.count),
            format: TableFormat(),
            identity: try SourceIdentity(file.raw, 0..<Int64(bytes.count)),
            in: database.folder
        )
        let headers = text.prefix { $0 != "\n" }.split(separator: ",").map(String.init)
        let columns = ImportColumns.provisional(headers: headers, mapping: options.mapping, target: options.target)
        let order = JobStore.Order(
            kind: options.target.jobKind,
            displayName: "Import",
            parameters: source.parameters(columns, nil, identity: nil),
            options: options.json,
            undo: .possible
        )
        return try work(try JobStore(database).addClaimed(order, publicID: newID, now: house.clock.now))
    }

    /// Takes a job back.
    func undo(_ job: Job) throws -> Job {
        let jobs = JobStore(database)
        _ = try ImportUndo.order(job, on: database, publicID: newID, userID: nil, house.context)
        let due = try jobs.due(at: house.clock.now, excluding: [])
        guard let due, let claimed = try jobs.claim(due, now: house.clock.now) else {
            throw TestFailure("no undo is due")
        }
        return try work(claimed)
    }

    private var newID: String { house.environment.makeUUID() }

    private func work(_ job: Job) throws -> Job {
        let run = JobRun(
            job,
            connection: database,
            environment: house.environment,
            scratch: folder.path,
            failpoints: Failpoints(nil)
        )
        _ = try JobWork.perform(
            run,
            kinds: Self.features.flatMap(\.jobs).map(\.kind),
            log: Log(component: "test", threshold: .error)
        )
        guard let ended = try JobStore(database).find(job.id) else { throw TestFailure("the job is gone") }
        return ended
    }

    func codes(_ job: Job) throws -> [String] {
        try RowErrorStore(database).list(jobID: job.id, limit: 1000).map {
            "\($0.error.row) \($0.error.code) \($0.error.column ?? "-")"
        }
    }
}
