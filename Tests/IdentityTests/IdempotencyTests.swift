import Database
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Identity

/// A POST that is sent again under its key takes effect once.
@Suite struct IdempotencyTests {
    private static let routes: [AppRoute] = [
        AppRoute(.post, "/api/things", access: .permission(.writeProducts), .form("create"), handler: create),
        AppRoute(.post, "/api/others", access: .permission(.writeProducts), .form("create"), handler: create),
        AppRoute(.put, "/api/things", access: .permission(.writeProducts), .form("replace"), handler: create),
        AppRoute(.post, "/things", access: .permission(.writeProducts), .form("a page's form"), handler: create),
        AppRoute(.post, "/api/file", access: .permission(.runImports), pool: .upload, .form("upload"), handler: create),
    ]

    /// Writes down that it ran, and answers with how often; the query makes it fail.
    @Sendable private static func create(_ context: RequestContext) throws -> Response {
        try context.requireCSRF(try? context.request.form()["csrf_token"])
        let writer = try context.writeContext
        let count = try context.database.write {
            try context.database.execute("INSERT INTO ran (at) VALUES (\(writer.now))")
            return try context.database.first("SELECT COUNT(*) FROM ran") { row in row.int(0) } ?? 0
        }
        switch context.request.query["fail"] {
        case "refused": throw WebError(409, "taken", "Taken.")
        case "forbidden": throw WebError(403, "no", "No.")
        case "busy": throw WebError.unavailable("busy", "Busy.", retryAfter: 1)
        case "broken": throw TestFailure("broken")
        case "secret": return Response.json(["secret": "bdg_hidden"], status: 201).with("Cache-Control", "no-store")
        default: break
        }
        return Response.json(["count": .int(count)], status: 201, headers: .headers(["Location": "/api/things/1"]))
            .with("ETag", "\"1-1\"").with("X-Other", "not kept")
    }

    private let folder: TemporaryFolder
    private let house: TestHouse
    private let client: TestClient
    private let ada: User

    init() throws {
        folder = try TemporaryFolder()
        house = try TestHouse(database: try Connection(path: "\(folder.path)/test.db", role: .web))
        let database = house.database
        try database.write { try database.execute("CREATE TABLE ran (at INTEGER NOT NULL) STRICT") }
        ada = try house.addUser("ada@example.com", .editor)
        client = try house.client(Self.routes)
        let token = try house.addToken(for: ada, [.writeProducts, .runImports], seconds: 1_000_000)
        client.headers.set("Authorization", "Bearer \(token)")
    }

    private var runs: Int64 {
        get throws { try house.database.first("SELECT COUNT(*) FROM ran") { row in row.int(0) } ?? 0 }
    }

    private var keys: Int64 {
        get throws { try house.database.first("SELECT COUNT(*) FROM idempotency_key") { row in row.int(0) } ?? 0 }
    }

    private func post(
        _ target: String = "/api/things",
        key: String? = "k-1",
        _ body: JSON = ["a": 1],
        method: Web.Method = .post
    ) throws -> Answer {
        var headers = Fields.headers()
        if let key { headers.set("Idempotency-Key", key) }
        return try client.json(method, target, body, headers: headers)
    }

    @Test func theSecondTimeBringsTheFirstAnswer() throws {
        let first = try post()
        #expect(first.status == 201)
        #expect(first.headers["Idempotency-Replayed"] == nil)
        house.clock.advance(seconds: 86_399)
        let second = try post()
        #expect(second.status == 201)
        #expect(second.body == first.body)
        for name in ["Location", "ETag", "Content-Type"] { #expect(second.headers[name] == first.headers[name]) }
        #expect(second.headers["X-Other"] == nil)
        #expect(second.headers["Idempotency-Replayed"] == "true")
        #expect(try runs == 1)
    }

    @Test func withoutAKeyEveryTimeCounts() throws {
        #expect(try post(key: nil).json?["count"] == 1)
        #expect(try post(key: nil).json?["count"] == 2)
        #expect(try keys == 0)
    }

    @Test func aDayLaterTheKeyIsNew() throws {
        _ = try post()
        house.clock.advance(seconds: 86_401)
        let later = try post()
        #expect(later.json?["count"] == 2)
        #expect(later.headers["Idempotency-Replayed"] == nil)
    }

    @Test func anotherRequestUnderTheKeyIsRefused() throws {
        _ = try post()
        for answer in [
            try post("/api/things", ["a": 2]), try post("/api/things?x=1"), try post("/api/others"),
        ] {
            #expect(answer.status == 422)
            #expect(answer.isProblem("idempotency_key_reused"))
        }
        #expect(try runs == 1)
    }

    @Test func keysBelongToTheirUser() throws {
        _ = try post()
        let eve = try house.addUser("eve@example.com", .editor)
        client.headers.set("Authorization", "Bearer \(try house.addToken(for: eve, [.writeProducts]))")
        #expect(try post().json?["count"] == 2)
        // Another token of the first user is the same user, if it may do the same.
        let scopes: Set<Permission> = [.writeProducts, .runImports]
        client.headers.set("Authorization", "Bearer \(try house.addToken(for: ada, scopes))")
        #expect(try post().headers["Idempotency-Replayed"] == "true")
        client.headers.set("Authorization", "Bearer \(try house.addToken(for: ada, [.writeProducts]))")
        #expect(try post().isProblem("idempotency_key_reused"))
    }

    @Test func aReplayNeedsThePermissionToo() throws {
        _ = try post()
        client.headers.set("Authorization", "Bearer \(try house.addToken(for: ada, [.readProducts]))")
        #expect(try post().status == 403)
    }

    /// A refusal is kept: whatever the state is later, the same request gets the same answer.
    @Test func refusalsAreKept() throws {
        let first = try post("/api/things?fail=refused")
        #expect(first.isProblem("taken"))
        let second = try post("/api/things?fail=refused")
        #expect(second.body == first.body)
        #expect(second.headers["Idempotency-Replayed"] == "true")
        // What the handler had written before it refused stays, as it does without a key.
        #expect(try runs == 1)
    }

    /// Nothing is kept of what may go well the next time, and nothing of it was done.
    @Test(arguments: ["forbidden", "busy", "broken"]) func failuresAreNotKept(_ how: String) throws {
        #expect(try post("/api/things?fail=\(how)").status >= 403)
        #expect(try runs == 0)
        #expect(try keys == 0)
        #expect(try post().status == 201)
    }

    /// What a handler wants stored nowhere is not stored here either; neither is the key, nor what was sent.
    @Test func secretsAreNotKept() throws {
        let sent: JSON = ["password": "a secret in the request"]
        #expect(try post("/api/things?fail=secret", key: "k-secret", sent).json?["secret"] == "bdg_hidden")
        let again = try post("/api/things?fail=secret", key: "k-secret", sent)
        #expect(again.isProblem("idempotency_answer_not_kept"))
        #expect(again.headers["Idempotency-Replayed"] == "true")
        #expect(try runs == 1)
        for text in ["bdg_hidden", "a secret in the request", "k-secret"] {
            for name in ["test.db", "test.db-wal"] {
                let bytes = try Files.read("\(folder.path)/\(name)")
                #expect(String(decoding: bytes, as: UTF8.self).contains(text) == false, "\(text) stands in \(name)")
            }
        }
    }

    @Test(arguments: ["", " ", "é", "a\u{7F}", String(repeating: "k", count: 256)])
    func aBadKeyIs400(_ key: String) throws {
        #expect(try post(key: key).isProblem("bad_idempotency_key"))
        #expect(try runs == 0)
    }

    @Test func aLongKeyIsTaken() throws {
        let key = String(repeating: "k", count: 255)
        _ = try post(key: key)
        #expect(try post(key: key).headers["Idempotency-Replayed"] == "true")
    }

    @Test func twoKeysAreRefused() throws {
        var call = Call(.post, "/api/things")
        call.headers.append("Idempotency-Key", "a")
        call.headers.append("Idempotency-Key", "b")
        #expect(try client.send(call).isProblem("bad_idempotency_key"))
    }

    @Test func onlyPOSTsToTheAPIHaveKeys() throws {
        for _ in 0..<2 { _ = try post(method: .put) }
        for _ in 0..<2 { _ = try post("/things") }
        #expect(try runs == 4)
        #expect(try keys == 0)
    }

    // MARK: At once, and killed

    /// A second process with its own connection.
    private func other(_ processes: ProcessNames) throws -> Gatekeeper {
        Gatekeeper(
            try Router(Self.routes),
            database: try Connection(path: "\(folder.path)/test.db", role: .web),
            environment: house.environment,
            processes: processes
        )
    }

    private func reserve(holder: String, seconds: Int64) throws {
        let request = try #require(
            Request(.post, "/api/things", headers: .headers(), body: .bytes(JSON.object([.init("a", 1)]).bytes))
        )
        let principal = Principal(user: ada, credential: .token(id: 1, scopes: [.writeProducts, .runImports]))
        let hash = try IdempotencyKey.hash(of: request, "k-1", content: BodyHashes(request.body), by: principal)
        let (now, id) = (house.clock.now, ada.id)
        try house.database.write {
            try house.database.execute(
                """
                INSERT INTO idempotency_key (user_id, name, request_hash, attempt, holder, lease_until, created_at)
                VALUES (\(id), \(IdempotencyKey.stored("k-1")), \(hash), 'theirs', \(holder), \(now.adding(seconds: seconds)), \(now))
                """
            )
        }
    }

    private func ask(_ gatekeeper: Gatekeeper) throws -> Response {
        let headers = Fields.headers([
            "Authorization": client.headers["Authorization"] ?? "", "Idempotency-Key": "k-1",
            "Content-Type": "application/json",
        ])
        let body = Request.Body.bytes(JSON.object([.init("a", 1)]).bytes)
        return try gatekeeper.respond(
            to: try #require(Request(.post, "/api/things", headers: headers, body: body, id: "r"))
        )
    }

    @Test func whileTheFirstRunsTheSecondWaitsItsTurn() throws {
        try reserve(holder: "1/1", seconds: 60)
        let alive = ProcessNames(own: "2/2") { $0 == "1/1" }
        let error = try #require(throws: WebError.self) { try ask(try other(alive)) }
        #expect(error.status == 409)
        #expect(error.code == "idempotency_running")
        #expect(error.headers["Retry-After"] == "1")
        #expect(try runs == 0)
        // Its process lives, but has taken longer than it may.
        house.clock.advance(seconds: 61)
        #expect(try ask(try other(alive)).status == 201)
    }

    @Test func aProcessThatDiedIsTakenOverAtOnce() throws {
        try reserve(holder: "1/1", seconds: 60)
        #expect(try ask(try other(ProcessNames(own: "2/2") { _ in false })).status == 201)
        #expect(try runs == 1)
    }

    /// A try that was taken over before its end leaves nothing behind.
    @Test func whoIsTooLateIsRolledBack() throws {
        let (database, id) = (house.database, ada.id)
        let late = AppRoute(.post, "/api/things", access: .login, .form("late")) { context in
            let thief = try Connection(path: context.database.path, role: .web)
            try thief.write { try thief.execute("UPDATE idempotency_key SET attempt = 'theirs'") }
            let now = try context.writeContext.now
            try context.database.write { try context.database.execute("INSERT INTO ran (at) VALUES (\(now))") }
            return .noContent
        }
        let gatekeeper = Gatekeeper(try Router([late]), database: database, environment: house.environment)
        let error = try #require(throws: WebError.self) { try ask(gatekeeper) }
        #expect(error.status == 409)
        #expect(try runs == 0)
        let left = try database.first("SELECT attempt FROM idempotency_key WHERE user_id = \(id)") { row in row.text(0)
        }
        #expect(left == "theirs")
    }

    // MARK: Uploads

    /// A client whose bodies come as nginx spools them, with the token of the other one.
    private func spooling() throws -> TestClient {
        let spool = folder.path
        let gatekeeper = try house.gatekeeper(Self.routes)
        let sender = TestClient(
            HandlerTransport(spool: spool) { request in
                do {
                    return try gatekeeper.respond(to: request)
                } catch {
                    let answer = error as? WebError ?? .internalError(cause: "\(error)")
                    return answer.problem(requestID: request.id, instance: request.rawPath)
                }
            }.send
        )
        sender.headers.set("Authorization", client.headers["Authorization"] ?? "")
        return sender
    }

    private func upload(_ content: String, key: String = "u-1", mode: String = "upsert") throws -> Answer {
        try spooling().upload(
            "/api/file",
            file: Array(content.utf8),
            named: "a.csv",
            fields: ["mode": mode],
            headers: .headers(["Idempotency-Key": key])
        )
    }

    /// Each sending has its own boundary; name, content and options make it the same upload.
    @Test func uploadsAreKnownByNameContentAndOptions() throws {
        #expect(try upload("sku,name\n").status == 201)
        #expect(try upload("sku,name\n").headers["Idempotency-Replayed"] == "true")
        #expect(try upload("sku,name\nA,B\n").isProblem("idempotency_key_reused"))
        #expect(try upload("sku,nam2\n").isProblem("idempotency_key_reused"), "of the same size")
        #expect(try upload("sku,name\n", mode: "create").isProblem("idempotency_key_reused"))
        #expect(try runs == 1)
    }

    /// The same file as the body itself, which no form wraps.
    @Test func rawUploadsAreKnownByTheirContent() throws {
        func raw(_ content: String) throws -> Answer {
            let headers = Fields.headers(["Idempotency-Key": "u-3", "X-Filename": "a.csv"])
            return try spooling().send(.post, "/api/file", "text/csv", Array(content.utf8), headers: headers)
        }
        #expect(try raw("sku,name\n").status == 201)
        #expect(try raw("sku,name\n").headers["Idempotency-Replayed"] == "true")
        #expect(try raw("sku,nam2\n").isProblem("idempotency_key_reused"), "of the same size")
        #expect(try runs == 1)
    }

    /// The token of a form's upload is looked at before anything is told or written.
    @Test func anUploadWithoutItsTokenLearnsNothing() throws {
        let (cookie, token) = try house.logIn("ada@example.com")
        let spool = try TemporaryFolder()
        let gatekeeper = try house.gatekeeper(Self.routes)
        let sender = TestClient(
            HandlerTransport(spool: spool.path) { request in
                (try? gatekeeper.respond(to: request)) ?? Response(status: 403)
            }.send
        )
        let headers = Fields.headers(["Cookie": cookie, "Idempotency-Key": "u-2"])
        func send(_ fields: Fields) throws -> Answer {
            try sender.upload("/api/file", file: [1], named: "a", fields: fields, headers: headers)
        }
        #expect(try send(["csrf_token": token]).status == 201)
        #expect(try send([:]).status == 403)
        #expect(try send(["csrf_token": token]).headers["Idempotency-Replayed"] == "true")
    }

    // MARK: Keeping house

    @Test func oldKeysAreForgotten() throws {
        _ = try post(key: "old")
        house.clock.advance(seconds: 50_000)
        _ = try post(key: "young")
        house.clock.advance(seconds: 40_000)
        #expect(try IdempotencyRetention.step(house.database, now: house.clock.now) == false)
        #expect(try keys == 1)
        #expect(try post(key: "young").headers["Idempotency-Replayed"] == "true")
    }
}
