import Database
import Glibc
import Identity
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct ImportPathTests {
    private typealias Source = ImportJob.Source

    @Test func anUploadIsFoundWhereverTheFolderIs() throws {
        let source = Source(upload: "/data/spool/uploads/u", range: 0..<3, in: "/data")
        #expect(source.json["path"]?.stringValue == "spool/uploads/u" && source.json["companion"] == .null)
        let moved = try #require(Source(json: source.json, in: "/srv/copy"))
        #expect(moved.path == "/srv/copy/spool/uploads/u" && moved.planPath == "/srv/copy/spool/uploads/u.plan")
        #expect(moved.workingPath == "/srv/copy/spool/uploads/u.table" && moved.json == source.json)
    }

    @Test func aUsersOwnFileStaysWhereItIs() throws {
        let source = Source(ownFile: "/files/x.csv", companion: "/data/spool/scratch/u", range: 0..<3, in: "/data")
        #expect(source.json["path"]?.stringValue == "/files/x.csv")
        let moved = try #require(Source(json: source.json, in: "/copy"))
        #expect(moved.file == .outside("/files/x.csv") && moved.planPath == "/copy/spool/scratch/u.plan")
    }

    /// Nothing in a database makes us write outside its folder.
    @Test(
        arguments: [
            ("/files/x.csv", nil), ("/files/x.csv", "/files/y"), ("/files/x.csv", "../y"), ("../x", nil), ("", nil),
            ("spool/uploads/u", "/other/spool/uploads/u"),
        ] as [(String, String?)]
    )
    func aPathThatLeadsElsewhereIsRefused(path: String, companion: String?) {
        let json: JSON = [
            "path": .string(path), "companion": companion.map(JSON.string) ?? .null, "start": .int(0), "end": .int(1),
        ]
        #expect(Source(json: json, in: "/data") == nil)
    }

    // MARK: What stands

    private static let migrations = IdentitySchema.migrations + JobsSchema.migrations + CatalogSchema.migrations

    private func add(_ connection: Connection, _ id: String, _ parameters: JSON, _ checkpoint: JSON?, kind: String)
        throws
    {
        try connection.write {
            try connection.execute(
                """
                INSERT INTO job (public_id, kind, display_name, parameters, checkpoint, scheduled_at, created_at,
                    updated_at)
                VALUES (\(id), \(kind), 'x', \(parameters.text), \(checkpoint?.text), 1, 1, 1)
                """
            )
        }
    }

    private func rows(_ connection: Connection) throws -> [String: [JSON?]] {
        let found = try connection.all("SELECT public_id, parameters, checkpoint FROM job ORDER BY id") { row in
            (row.text(0), row.text(1), row.textOrNil(2))
        }
        return Dictionary(
            uniqueKeysWithValues: try found.map { ($0, [try JSON.parse($1), try $2.map { try JSON.parse($0) }]) }
        )
    }

    private func parameters(_ path: String, _ companion: JSON = .null) -> JSON {
        [
            "path": .string(path), "start": .int(0), "end": .int(9), "companion": companion,
            "used": ["Überschrift \"a\"": "sku"],
        ]
    }

    private func plan(_ path: String) -> JSON { ["plan": .string(path), "entry": .int(4), "reviewed": .bool(true)] }

    private func repair(_ path: String, _ checkpoint: JSON = [:]) -> JSON {
        let notes: JSON = ["source": ["path": .string(path), "start": .int(0), "end": .int(5)], "row": .int(2)]
        return .object((checkpoint.members ?? []) + [JSON.Member("repair", notes)])
    }

    @Test func whatStandsIsMadeRelativeAndBack() throws {
        let folder = try TemporaryFolder()
        let connection = try Connection(path: folder.file("bodega.db"), role: .importer)
        let migrator = Migrator(Self.migrations)
        let behind = migrator.migrations.filter { $0.id >= ImportPathSchema.migration.id }.count
        try migrator.up(connection)
        try migrator.down(connection, steps: behind)
        let data = folder.path
        let (uploads, scratch) = ("\(data)/spool/uploads", "\(data)/spool/scratch")
        let kind = ProductImport.kind
        try add(connection, "up", parameters("\(uploads)/up"), plan("\(uploads)/up.plan"), kind: kind)
        try add(connection, "old", parameters("/before/spool/uploads/old"), nil, kind: kind)
        try add(
            connection,
            "own",
            parameters("/files/x.csv", .string("\(scratch)/own")),
            plan("\(scratch)/own.plan"),
            kind: kind
        )
        let mended = repair("\(uploads)/fix.repair", plan("\(uploads)/fix.plan"))
        try add(connection, "fix", parameters("\(uploads)/fix"), mended, kind: kind)
        try add(connection, "gone", ["before": "/x"], ["row": .int(1)], kind: "product_delete")
        let before = try rows(connection)

        try migrator.up(connection)
        let after = try rows(connection)
        let (nowhere, plan) = ("/elsewhere", self.plan(""))
        #expect(after["up"] == [parameters("spool/uploads/up"), plan])
        #expect(after["old"] == [parameters("spool/uploads/old"), nil])
        #expect(after["own"] == [parameters("/files/x.csv", "spool/scratch/own"), plan])
        #expect(after["fix"] == [parameters("spool/uploads/fix"), repair("spool/uploads/fix.repair", plan)])
        #expect(after["gone"] == before["gone"])
        for id in ["up", "old", "own", "fix"] {
            let parameters = try #require(after[id]?[0])
            let source = try #require(Source(json: parameters, in: nowhere))
            #expect(source.planPath.hasPrefix("\(nowhere)/spool/"))
        }

        try migrator.down(connection, steps: behind)
        var back = before
        back["old"]?[0] = parameters("\(uploads)/old")
        #expect(try rows(connection) == back)
        try migrator.up(connection)
        #expect(try rows(connection) == after)
    }

    // MARK: Another plan

    /// A catalogue of 40 and an import that changes all of them and waits.
    private func waiting() throws -> (ImportFixture, Job) {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.isGuarded = false
        func table(_ price: Int) -> [UInt8] {
            Array(("sku,name,price\n" + (0..<40).map { "P\($0),Product \($0),\(price)\n" }.joined()).utf8)
        }
        try fixture.run(table(10), options)
        options.review = true
        let job = try fixture.run(table(11), options)
        #expect(job.status == .awaitingConfirmation)
        return (fixture, job)
    }

    /// The plan of a later attempt, of another job, and the confirmed one with one entry changed.
    @Test(arguments: ["later", "other", "changed"])
    func onlyTheConfirmedPlanIsCarriedOut(way: String) throws {
        let (fixture, job) = try waiting()
        let path = try fixture.planPath(job)
        var bytes = try Files.read(path)
        switch way {
        case "changed": bytes[PlanHeader.size + 17] ^= 4
        default:
            let header = try #require(PlanHeader(bytes: Array(bytes[..<PlanHeader.size])))
            var other = PlanHeader(
                job: way == "other" ? "another" : header.job,
                attempt: header.attempt + 1,
                tableBytes: header.tableBytes,
                inputHash: header.inputHash
            )
            (other.counts, other.entriesHash) = (header.counts, header.entriesHash)
            bytes.replaceSubrange(..<PlanHeader.size, with: other.bytes)
        }
        try Files.replace(path, with: bytes)
        let before = try fixture.digest()
        if way != "changed" { #expect(try PlanRows(job, fixture.connection) == nil, "another plan is not shown") }
        let ended = try fixture.confirm(job)
        #expect(ended.status == .failed && ended.books.processed == 0)
        #expect(
            ended.errorMessage?.contains("is not the one that was confirmed") == true,
            "\(ended.errorMessage ?? "")"
        )
        #expect(try fixture.digest() == before)
        // What the message says helps.
        let store = JobStore(fixture.connection)
        let kept = JobStore.Order(kind: job.kind, displayName: "x", parameters: job.parameters, options: job.options)
        let again = try fixture.work(
            try store.addClaimed(kept, publicID: Environment.live.makeUUID(), now: fixture.clock.now)
        )
        #expect(try fixture.confirm(again).books == books(40, updated: 40))
    }

    /// A plan that was made before plans said whose they are is carried out as it always was.
    @Test func aPlanOfAnEarlierVersionGoesOn() throws {
        let (fixture, job) = try waiting()
        let path = try fixture.planPath(job)
        var bytes = try Files.read(path)
        let header = try #require(PlanHeader(bytes: Array(bytes[..<PlanHeader.size])))
        var earlier = PlanHeader(job: "", attempt: 0, tableBytes: header.tableBytes, inputHash: header.inputHash)
        earlier.counts = header.counts
        bytes.replaceSubrange(..<PlanHeader.size, with: earlier.bytes)
        try Files.replace(path, with: bytes)
        var checkpoint = try #require(PlanCheckpoint(json: job.checkpoint))
        #expect(checkpoint.plan == header.identity)
        checkpoint.plan = ""
        try fixture.connection.write {
            try fixture.connection.execute("UPDATE job SET checkpoint = \(checkpoint.json.text) WHERE id = \(job.id)")
        }
        let waiting = try #require(try JobStore(fixture.connection).find(job.id))
        #expect(try PlanRows(waiting, fixture.connection) != nil)
        #expect(try fixture.confirm(waiting).books == books(40, updated: 40))
    }
}
