import Database
import Glibc
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Identity

/// What is to be known of requests that write nothing, and of tokens that are refused.
@Suite struct AuditNoteTests {
    private let folder: TemporaryFolder
    private let house: TestHouse
    private let spool: LogSpool
    private let collector: AuditCollector

    init() throws {
        folder = try TemporaryFolder()
        house = try TestHouse(database: try Connection(path: "\(folder.path)/test.db", role: .web))
        spool = LogSpool("\(folder.path)/notes.spool")
        collector = AuditCollector(house.database, spool)
    }

    private func trail(_ action: String) throws -> [AuditRecord] {
        var filter = AuditTrailStore.Filter()
        filter.action = action
        return try AuditTrailStore(house.database).list(filter, descends: false, limit: 1000)
    }

    private func note(_ action: String, _ after: JSON? = nil, id: String? = nil, ip: String = "192.0.2.1") -> AuditNote
    {
        let context = WriteContext(actor: .token(7), requestID: "r-1", ip: ip, now: house.clock.now)
        return AuditNote(AuditEntry(action, "token", id: id, after: after), context)
    }

    @Test func aLineComesBack() throws {
        let note = note("product.export", ["format": "csv"], id: "3")
        let back = try #require(AuditNote(line: note.line))
        #expect(back.entry == note.entry)
        #expect(back.context.actor == .token(7) && back.context.ip == "192.0.2.1")
        #expect(back.context.requestID == "r-1" && back.context.now == house.clock.now)
        for line in ["", "{}", "nonsense", "{\"spool\":\"x\"}"] { #expect(AuditNote(line: Array(line.utf8)) == nil) }
    }

    @Test func notesReachTheTrailOnce() throws {
        #expect(try !collector.step(house.clock.now))
        for number in 0..<3 { #expect(spool.append(note("product.export", ["n": .int(number)]).line)) }
        _ = try collector.step(house.clock.now)
        // Another runner reads the same file and knows what was read.
        _ = try AuditCollector(house.database, spool).step(house.clock.now)
        let rows = try trail("product.export")
        #expect(rows.map(\.after) == ["{\"n\":0}", "{\"n\":1}", "{\"n\":2}"])
        #expect(rows[0].actor == "token:7" && rows[0].ip == "192.0.2.1" && rows[0].requestID == "r-1")
        #expect(try AuditStore(house.database).verify().isIntact)
    }

    /// The gate is left to whoever has it.
    @Test func theCollectorStepsBack() throws {
        #expect(try !collector.step(house.clock.now))
        #expect(spool.append(note("product.export").line))
        let other = try Connection(path: "\(folder.path)/test.db", role: .web)
        try other.write { _ = try collector.step(house.clock.now) }
        #expect(try trail("product.export").isEmpty)
        _ = try collector.step(house.clock.now)
        #expect(try trail("product.export").count == 1)
    }

    @Test func oneEntryAQuarterOfAnHourForATokenAndAnAddress() throws {
        #expect(try !collector.step(house.clock.now))
        func refuse(_ prefix: String, from ip: String = "192.0.2.1", id: String? = "9") throws {
            let action = id == nil ? "token.refuse_unknown" : "token.refuse"
            #expect(spool.append(note(action, ["prefix": .string(prefix)], id: id, ip: ip).line))
        }
        for _ in 0..<5 { try refuse("bodega_aaaaaa") }
        try refuse("bodega_aaaaaa", from: "192.0.2.2")
        try refuse("bodega_bbbbbb", id: "10")
        _ = try collector.step(house.clock.now)
        #expect(try trail("token.refuse").count == 3)
        house.clock.advance(seconds: 901)
        try refuse("bodega_aaaaaa")
        // A flood of tokens that there are not leaves fifty entries an hour, the last of which says so.
        for number in 0..<200 { try refuse("bodega_\(100_000 + number)", id: nil) }
        _ = try collector.step(house.clock.now)
        #expect(try trail("token.refuse").count == 4)
        let flood = try trail("token.refuse_unknown")
        #expect(flood.count == 50 && flood.last?.after?.contains("not listed") == true)
    }

    // MARK: Requests

    private static let routes: [AppRoute] = [
        AppRoute(.get, "/api/things", access: .permission(.readProducts), .page("things")) { context in
            try context.note("thing.export", "thing", after: ["all": true])
            return .text("things")
        },
        AppRoute(.post, "/api/file", access: .permission(.runImports), pool: .upload, .form("upload")) { _ in .noContent
        },
    ]

    private func revokedToken() throws -> String {
        let user = try house.addUser("ada@example.com", .editor)
        let secret = try house.addToken(for: user, [.readProducts])
        let now = house.clock.now
        try house.database.write { try house.database.execute("UPDATE api_token SET revoked_at = \(now)") }
        return secret
    }

    @Test func refusedTokensAreNotedOnceAnInterval() throws {
        let secret = try revokedToken()
        let client = try house.client(Self.routes)
        client.headers.set("Authorization", "Bearer \(secret)")
        for _ in 0..<20 { #expect(try client.get("/api/things").status == 401) }
        let notes = house.notes.all
        #expect(notes.count == 1 && notes[0].entry.action == "token.refuse" && notes[0].entry.entityID == "1")
        #expect(notes[0].entry.after == ["prefix": .string(String(secret.prefix(13))), "reason": "revoked"])
        #expect(notes[0].context.ip == "192.0.2.1" && notes[0].context.actor == .anonymous)
        #expect(!String(decoding: notes[0].line, as: UTF8.self).contains(secret))
        house.clock.advance(seconds: 901)
        #expect(try client.get("/api/nothing").status == 401)
        #expect(house.notes.all.count == 2)
    }

    /// Whatever is tried, a process notes so many in a quarter of an hour, and never what is no token of ours.
    @Test func aFloodIsBounded() throws {
        let client = try house.client(Self.routes)
        let before = try house.database.first("SELECT COUNT(*) FROM audit_log") { row in row.int(0) }
        for number in 0..<200 {
            let headers = Fields.headers([
                "Authorization": "Bearer bodega_\(100_000 + number)abcdefghijklmnopqrstuvwxyz"
            ])
            #expect(try client.get("/api/things", headers: headers).status == 401)
        }
        #expect(house.notes.all.count == 64)
        #expect(try house.database.first("SELECT COUNT(*) FROM audit_log") { row in row.int(0) } == before)
        house.clock.advance(seconds: 901)
        _ = try client.get("/api/things", headers: .headers(["Authorization": "Bearer my-bank-password"]))
        #expect(house.notes.all.last?.entry.after == ["prefix": .null, "reason": "unknown"])
    }

    /// nginx asks before it takes a body, and a bad token is refused there.
    @Test func refusedUploadsAreNotedToo() throws {
        let secret = try revokedToken()
        let headers = Fields.headers(["Authorization": "Bearer \(secret)"])
        let request = try #require(Request(.post, "/api/file", headers: headers, remoteAddress: "192.0.2.1"))
        #expect(try house.gatekeeper(Self.routes).authorize(request)?.code == "bad_token")
        #expect(house.notes.all.count == 1)
    }

    @Test func whatGETsLeave() throws {
        let user = try house.addUser("ada@example.com", .editor)
        let client = try house.client(Self.routes)
        client.headers.set("Authorization", "Bearer \(try house.addToken(for: user, [.readProducts]))")
        // Somebody else writes for long: a GET does not wait for that.
        let other = try Connection(path: "\(folder.path)/test.db", role: .web)
        let answer = try other.write { try client.get("/api/things") }
        #expect(answer.text == "things")
        #expect(try client.send(Call(.head, "/api/things")).status == 200)
        let notes = house.notes.all
        #expect(notes.count == 1 && notes[0].entry.action == "thing.export" && notes[0].context.actor == .token(1))
    }

    /// Whoever fetches an export in a loop does not fill the trail: equal ones of a minute are one, others are bounded.
    @Test func aFloodOfExportsIsBounded() throws {
        let (house, kept) = (house, TestHouse.Notes())
        let queue = AuditQueue { kept.add($0) }
        func leave(_ number: Int, _ actor: Actor = .token(7)) {
            let context = WriteContext(actor: actor, ip: "192.0.2.1", now: house.clock.now)
            let after: JSON = ["query": ["q": .string("\(number)")]]
            queue.addBounded(AuditNote(AuditEntry("product.export", "product", id: nil, after: after), context))
        }
        for _ in 0..<100 { leave(0) }
        #expect(kept.all.count == 1)
        leave(0, .token(8))
        #expect(kept.all.count == 2, "another actor's is another's")
        for number in 0..<100 { leave(number) }
        #expect(kept.all.count == 31)
        let last = try #require(kept.all.last?.entry.after)
        #expect(last["query"]?["q"]?.stringValue == "29")
        #expect(last["note"]?.stringValue == "More of them within the minute are not listed.")
        house.clock.advance(seconds: 60)
        leave(0)
        #expect(kept.all.count == 32)
    }

    /// Cut as the trail cuts, once: what says so comes through whole.
    @Test func longValuesAreCutWhenTheNoteIsMade() throws {
        let items = JSON.array((0..<150).map { .int($0) })
        let note = note("product.export", ["q": .string(String(repeating: "x", count: 15_000)), "ids": items])
        #expect(note.line.count < 1500)
        #expect(try !collector.step(house.clock.now))
        #expect(spool.append(note.line))
        _ = try collector.step(house.clock.now)
        let row = try #require(try trail("product.export").first?.after)
        #expect(row == note.entry.after?.text)
        #expect(row.contains("(15000 characters)") && row.contains("… and 50 more"))
    }

    /// What is refused because too many run is no export.
    @Test func aStreamIsNotedWhenItIsSent() throws {
        let kept = TestHouse.Notes()
        var settings = FeatureSettings()
        settings[AuditQueue.self] = AuditQueue { kept.add($0) }
        let context = RequestContext(
            try #require(Request(.get, "/api/things")),
            principal: Principal(
                user: try house.addUser("ada@example.com", .editor),
                credential: .session(id: 1, csrfToken: "")
            ),
            database: house.database,
            environment: house.environment,
            settings: settings
        )
        var parts: [[UInt8]] = [[1], [2]]
        let answer = Response(status: 200, body: .stream { _ in parts.isEmpty ? nil : parts.removeFirst() })
        let noting = try context.noting(answer, "thing.export", "thing")
        #expect(kept.all.isEmpty)
        guard case .stream(let next) = noting.body else { throw TestFailure("no stream") }
        while try next(100) != nil {}
        #expect(kept.all.map(\.entry.action) == ["thing.export"])
    }
}
