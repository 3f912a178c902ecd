import Database
import Identity
import IdentityTestSupport
import Money
import Support
import TestSupport
import Testing
import Web

/// Routes of all kinds whose handlers say that they were reached.
private let routes: [AppRoute] = [
    AppRoute(.get, "/open", access: .open, .page("open"), handler: who),
    AppRoute(.post, "/open", access: .open, .form("open"), handler: who),
    AppRoute(.get, "/things", access: .permission(.readProducts), .page("list"), handler: who),
    AppRoute(.post, "/things", access: .permission(.writeProducts), .form("create"), handler: write),
    AppRoute(.get, "/mine", access: .login, .page("mine"), handler: who),
    AppRoute(.get, "/api/things/{id:int}", access: .permission(.readProducts), .page("one"), handler: who),
    AppRoute(.post, "/api/things", access: .permission(.writeProducts), .form("create"), handler: write),
    AppRoute(.post, "/api/file", access: .permission(.runImports), pool: .upload, .form("upload"), handler: upload),
    AppRoute(.get, "/metrics", access: .permission(.readMetrics), .page("metrics"), handler: who),
    AppRoute(.get, "/api/hole", access: .open, .page("forgets to ask"), handler: write),
]

@Sendable private func who(_ context: RequestContext) throws -> Response {
    .text("reached by \(try context.visitor()?.user.email ?? "nobody")")
}

@Sendable private func write(_ context: RequestContext) throws -> Response {
    .text("written by \(try context.writeContext.actor)")
}

@Sendable private func upload(_ context: RequestContext) throws -> Response {
    if context.request.headers["X-Careless"] == nil {
        try context.requireCSRF(try? context.request.form()["csrf_token"])
    }
    return .text("stored by \(try context.writeContext.actor)")
}

@Suite struct GatekeeperTests {
    let house: TestHouse
    let cookie: String
    let csrfToken: String
    let ada: User
    let viewer: User

    init() throws {
        house = try TestHouse()
        ada = try house.addUser("ada@example.com", .editor)
        viewer = try house.addUser("vera@example.com", .viewer)
        (cookie, csrfToken) = try house.logIn("ada@example.com")
    }

    func check(_ scenarios: [Scenario], isSecure: Bool = false, publicURL: String? = nil) throws {
        let client = try house.client(routes, isSecure: isSecure, publicURL: publicURL)
        for scenario in scenarios {
            for failure in try scenario.failures(with: client) { Issue.record("\(failure)") }
        }
    }

    /// Reading happens on a snapshot, in which nothing can be noted; so it is noted afterwards, also of a refusal.
    @Test(arguments: ["/things", "/api/nowhere"]) func useIsNotedWhenARequestOnlyReads(_ path: String) throws {
        let secret = try house.addToken(for: ada, [.readProducts])
        let request = try #require(Request(.get, path, headers: .headers(["Authorization": "Bearer \(secret)"])))
        _ = try? house.gatekeeper(routes).respond(to: request)
        #expect(try TokenStore(house.database).all().first?.token.lastUsedAt == house.clock.now)
    }

    func headers(_ more: KeyValuePairs<String, String> = [:]) -> Fields {
        var headers = Fields.headers(["Cookie": cookie])
        for (name, value) in more { headers.append(name, value) }
        return headers
    }

    func bearer(_ secret: String) -> Fields { .headers(["Authorization": "Bearer \(secret)"]) }

    @Test func withoutLogin() throws {
        let bearerChallenge: Fields = ["WWW-Authenticate": "Bearer", "Content-Type": "application/problem+json"]
        try check([
            Scenario("an open route", .get, "/open", status: 200, contains: ["reached by nobody"]),
            Scenario("a page", .get, "/things", status: 303, answers: ["Location": "/login?next=%2Fthings"]),
            Scenario("home", .get, "/", status: 303, answers: ["Location": "/login?next=%2F"]),
            Scenario(
                "a page with a query",
                .get,
                "/things?q=a%20b&sort=-id",
                status: 303,
                answers: ["Location": "/login?next=%2Fthings%3Fq%3Da%2520b%26sort%3D-id"]
            ),
            Scenario("an unknown page", .get, "/nothing", status: 303, answers: ["Location": "/login?next=%2Fnothing"]),
            Scenario("another site as path", .get, "//evil.example", status: 303, answers: ["Location": "/login"]),
            Scenario("a form", .post, "/things", body: "name=x", status: 303, answers: ["Location": "/login"]),
            Scenario("an open path with another method", .delete, "/open", status: 303),
            Scenario("the API", .get, "/api/things/1", status: 401, answers: bearerChallenge),
            Scenario("an unknown API address", .get, "/api/nothing", status: 401, answers: bearerChallenge),
            Scenario("an unknown method", .put, "/api/things", status: 401, answers: bearerChallenge),
            Scenario("OPTIONS", .options, "/api/things", status: 401, answers: bearerChallenge),
            Scenario("metrics", .get, "/metrics", status: 401, answers: bearerChallenge),
            Scenario("a handler that asks for nobody", .get, "/api/hole", status: 401, answers: bearerChallenge),
        ])
    }

    @Test func badProofs() throws {
        let rubbish = Fields.headers(["Cookie": "bodega_session=rubbish"])
        let bad = headers(["Authorization": "Bearer rubbish"])
        let challenge: Fields = ["WWW-Authenticate": "Bearer error=\"invalid_token\""]
        try check([
            Scenario("a dead cookie on a page", .get, "/things", headers: rubbish, status: 303),
            Scenario(
                "a dead cookie on the API",
                .get,
                "/api/things/1",
                headers: rubbish,
                status: 401,
                contains: ["session_expired"]
            ),
            Scenario("a bad token", .get, "/api/things/1", headers: bad, status: 401, answers: challenge),
            Scenario("a bad token on a page", .get, "/things", headers: bad, status: 401, answers: challenge),
            Scenario("a dead cookie on an open route", .get, "/open", headers: rubbish, status: 200),
        ])
    }

    @Test func afterTheLogin() throws {
        try check([
            Scenario("a page", .get, "/things", headers: headers(), status: 200, contains: ["ada@example.com"]),
            Scenario("the API", .get, "/api/things/1", headers: headers(), status: 200),
            Scenario("an open route", .get, "/open", headers: headers(), status: 200, contains: ["ada@example.com"]),
            Scenario("not there", .get, "/nothing", headers: headers(), status: 404),
            Scenario("not a number", .get, "/api/things/x", headers: headers(), status: 404),
            Scenario(
                "not that method",
                .delete,
                "/api/things",
                headers: headers(),
                status: 405,
                answers: ["Allow": "POST, OPTIONS"]
            ),
            Scenario("OPTIONS", .options, "/things", headers: headers(), status: 204),
            Scenario("no permission", .get, "/metrics", headers: headers(), status: 403, contains: ["read:metrics"]),
        ])
    }

    @Test func forgery() throws {
        let json = "application/json"
        func post(_ name: String, _ more: KeyValuePairs<String, String>, _ status: Int, _ code: String) -> Scenario {
            Scenario(name, .post, "/api/things", headers: headers(more), body: "{}", status: status, contains: [code])
        }
        try check([
            post("no token", ["Content-Type": json], 403, "\"csrf\""),
            post("another session's token", ["Content-Type": json, "X-CSRF-Token": "x"], 403, "\"csrf\""),
            post("an empty token", ["Content-Type": json, "X-CSRF-Token": ""], 403, "\"csrf\""),
            post("the token", ["X-CSRF-Token": csrfToken], 200, "written by user:\(ada.id)"),
            post("our Origin", ["X-CSRF-Token": csrfToken, "Origin": "http://localhost"], 200, "written"),
            post("a foreign Origin", ["X-CSRF-Token": csrfToken, "Origin": "https://evil.example"], 403, "\"origin\""),
            post("another port", ["X-CSRF-Token": csrfToken, "Origin": "http://localhost:81"], 403, "\"origin\""),
            post("a null Origin", ["X-CSRF-Token": csrfToken, "Origin": "null"], 403, "\"origin\""),
            post("a cross-site fetch", ["X-CSRF-Token": csrfToken, "Sec-Fetch-Site": "cross-site"], 403, "\"origin\""),
        ])
    }

    @Test func forgeryOfForms() throws {
        let type = ["Content-Type": "application/x-www-form-urlencoded"]
        func post(_ name: String, _ body: String, _ status: Int) -> Scenario {
            let form = headers(["Content-Type": type["Content-Type"] ?? ""])
            return Scenario(name, .post, "/things", headers: form, body: body, status: status)
        }
        try check([
            post("no token", "name=x", 403),
            post("another token", "name=x&csrf_token=y", 403),
            post("a broken form", "csrf_token=%", 403),
            post("the token", "name=x&csrf_token=\(csrfToken)", 200),
        ])
        let (_, otherToken) = try house.logIn("ada@example.com")
        try check([post("the token of another session of the same user", "csrf_token=\(otherToken)", 403)])
    }

    @Test func anOpenFormIsProtectedByItsOrigin() throws {
        try check([
            Scenario("no Origin", .post, "/open", status: 200),
            Scenario("ours", .post, "/open", headers: .headers(["Origin": "http://localhost"]), status: 200),
            Scenario("foreign", .post, "/open", headers: .headers(["Origin": "http://evil.example"]), status: 403),
            Scenario("null", .post, "/open", headers: .headers(["Origin": "null"]), status: 403),
        ])
        let shop = Fields.headers(["Origin": "https://shop.example"])
        try check([Scenario("behind a proxy", .post, "/open", headers: shop, status: 403)])
        try check(
            [Scenario("with its address known", .post, "/open", headers: shop, status: 200)],
            publicURL: "https://shop.example/"
        )
        let secure = Fields.headers(["Origin": "https://localhost"])
        try check([Scenario("over TLS", .post, "/open", headers: secure, status: 200)], isSecure: true)
    }

    @Test func tokens() throws {
        let reads = bearer(try house.addToken(for: ada, [.readProducts]))
        let writes = bearer(try house.addToken(for: ada, [.writeProducts]))
        let beyond = bearer(try house.addToken(for: viewer, [.readProducts, .writeProducts]))
        var foreign = writes
        foreign.append("Origin", "https://integration.example")
        try check([
            Scenario("a scope that suffices", .get, "/api/things/1", headers: reads, status: 200),
            Scenario("one that does not", .post, "/api/things", headers: reads, status: 403, contains: ["forbidden"]),
            Scenario("each scope for itself", .get, "/api/things/1", headers: writes, status: 403),
            Scenario("no CSRF token needed", .post, "/api/things", headers: writes, status: 200, contains: ["token:"]),
            Scenario("nor an Origin of ours", .post, "/api/things", headers: foreign, status: 200),
            Scenario("the role is the limit", .post, "/api/things", headers: beyond, status: 403),
            Scenario("within the role", .get, "/api/things/1", headers: beyond, status: 200),
            Scenario("login alone", .get, "/mine", headers: reads, status: 200),
        ])
    }

    @Test func anUploadIsCheckedBeforeAnythingIsWritten() throws {
        let client = try house.client(routes)
        func upload(_ fields: Fields, _ more: KeyValuePairs<String, String> = [:]) throws -> Answer {
            try client.upload("/api/file", file: [1], named: "a.csv", fields: fields, headers: headers(more))
        }
        #expect(try upload([:]).isProblem("csrf"))
        #expect(try upload(["csrf_token": "wrong"]).isProblem("csrf"))
        #expect(try upload(["csrf_token": csrfToken]).text == "stored by user:\(ada.id)")
        #expect(try upload([:], ["X-CSRF-Token": csrfToken]).status == 200)
        #expect(try upload(["csrf_token": csrfToken], ["X-CSRF-Token": "wrong"]).isProblem("csrf"))
        #expect(try upload(["csrf_token": csrfToken], ["Origin": "null"]).isProblem("origin"))
        #expect(try upload([:], ["X-Careless": "1"]).isProblem("csrf"), "a handler cannot forget it")
    }

    @Test func nginxIsTold() throws {
        let gatekeeper = try house.gatekeeper(routes)
        func status(_ method: Web.Method, _ target: String, _ headers: Fields) throws -> Int {
            let request = try #require(Request(method, target, headers: headers))
            return try gatekeeper.authorize(request)?.status ?? 204
        }
        let reads = bearer(try house.addToken(for: ada, [.readProducts]))
        #expect(try status(.post, "/api/file", .headers()) == 401)
        #expect(try status(.post, "/api/file", headers(["Authorization": "Bearer x"])) == 401)
        #expect(try status(.post, "/api/file", headers()) == 204, "the token may be in the body")
        #expect(try status(.post, "/api/file", headers(["X-CSRF-Token": "wrong"])) == 403)
        #expect(try status(.post, "/api/file", headers(["X-CSRF-Token": csrfToken])) == 204)
        #expect(try status(.post, "/api/file", headers(["Origin": "http://evil.example"])) == 403)
        #expect(try status(.post, "/api/file", reads) == 403)
        #expect(try status(.get, "/api/file", headers()) == 204, "the 405 is for the handlers' side")
        #expect(try status(.post, "/nothing", headers()) == 204)
        #expect(try status(.post, "/nothing", .headers()) == 401)
        #expect(try status(.get, "/open", .headers()) == 413, "a body that is asked about is a large one")
        #expect(try status(.post, "/open", .headers(["Origin": "null"])) == 413)
    }

    @Test func aStreamEndsWithItsSessionAndKeepsItNot() throws {
        let gatekeeper = try house.gatekeeper(routes)
        let request = try #require(Request(.get, "/things", headers: headers()))
        for _ in 0..<11 {
            house.clock.advance(seconds: 3600)
            #expect(try gatekeeper.stillAllows(request))
        }
        house.clock.advance(seconds: 3600)
        #expect(try !gatekeeper.stillAllows(request))
    }

    @Test func settingsArePassedOnByType() throws {
        struct Currency: Sendable, Equatable { var code: String }
        house.settings[Currency.self] = Currency(code: "EUR")
        let request = try #require(Request(.get, "/"))
        let context = RequestContext(
            request,
            principal: nil,
            database: house.database,
            environment: house.environment,
            settings: house.settings
        )
        #expect(try context.setting(Currency.self) == Currency(code: "EUR"))
        #expect(throws: WebError.self) { try context.setting(String.self) }
    }
}
