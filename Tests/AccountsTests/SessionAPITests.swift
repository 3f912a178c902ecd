import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Accounts

@Suite struct SessionAPITests {
    let house: TestHouse
    let client: TestClient
    let ada: User

    init() throws {
        house = try TestHouse.withShell()
        ada = try house.addUser("ada@example.com", .viewer)
        client = try house.client(doorAndPage)
    }

    @Test func aSessionFromBeginningToEnd() throws {
        let begun = try client.json(
            .post,
            "/api/session",
            ["email": "Ada@Example.com", "password": .string(TestHouse.password)]
        )
        #expect(begun.status == 200)
        let token = try #require(begun.json?["csrf_token"]?.stringValue)
        #expect(begun.json?["user"] == ["id": .int(ada.id), "email": "ada@example.com", "role": "viewer"])
        #expect(begun.json?.members?.count == 2)

        let me = try client.get("/api/me")
        #expect(
            me.json == [
                "user": [
                    "id": .int(ada.id), "email": "ada@example.com", "username": nil, "first_name": nil,
                    "last_name": nil, "role": "viewer",
                ],
                "csrf_token": .string(token),
                "scopes": ["read:products", "read:jobs", "read:customers", "read:schedules", "manage:account"],
            ]
        )
        #expect(try client.send(Call(.delete, "/api/session")).isProblem("csrf"))
        let ended = try client.send(Call(.delete, "/api/session", headers: .headers(["X-CSRF-Token": token])))
        #expect(ended.status == 204)
        #expect(client.cookies.isEmpty)
        #expect(try client.get("/api/me").isProblem("login_required"))
    }

    @Test func aTokenHasNoCSRFToken() throws {
        client.headers = .headers(["Authorization": "Bearer \(try house.addToken(for: ada, [.readProducts]))"])
        let me = try client.get("/api/me")
        #expect(me.json?["csrf_token"] == nil)
        #expect(me.json?["scopes"] == ["read:products"])
        #expect(try client.send(Call(.delete, "/api/session")).status == 204, "nothing to end is no error")
        #expect(try client.get("/api/me").status == 200)
    }

    @Test func refusals() throws {
        func post(_ name: String, _ body: String, _ status: Int, _ contains: [String]) -> Scenario {
            let json = Fields.headers(["Content-Type": "application/json"])
            return Scenario(name, .post, "/api/session", headers: json, body: body, status: status, contains: contains)
        }
        let scenarios = [
            post("wrong", #"{"email":"ada@example.com","password":"x"}"#, 401, ["bad_credentials"]),
            post("nobody", #"{"email":"nobody@example.com","password":"x"}"#, 401, ["bad_credentials"]),
            post("no JSON", "email=a", 400, ["not_json"]),
            post("no object", "[]", 422, ["not_an_object"]),
            post("nothing", "{}", 422, [#""field":"email""#, #""field":"password""#]),
            post("no texts", #"{"email":1,"password":null}"#, 422, [#""field":"email""#, #""field":"password""#]),
            post("more", #"{"email":"a","password":"b","role":"admin"}"#, 422, ["unknown_field", #""field":"role""#]),
            Scenario(
                "a form",
                .post,
                "/api/session",
                headers: .headers(["Content-Type": "text/plain"]),
                body: "{}",
                status: 415
            ),
            Scenario(
                "a foreign page",
                .post,
                "/api/session",
                headers: .headers(["Origin": "null"]),
                body: "{}",
                status: 403
            ),
            Scenario("a parameter", .get, "/api/me?x=1", status: 401),
        ]
        for scenario in scenarios { #expect(try scenario.failures(with: client) == []) }
        let wrong = try client.json(.post, "/api/session", ["email": "ada@example.com", "password": "x"])
        #expect(wrong.headers["WWW-Authenticate"] == "Bearer")
    }

    @Test func tooManyAttempts() throws {
        let wrong: JSON = ["email": "ada@example.com", "password": "x"]
        for _ in 0..<10 { #expect(try client.json(.post, "/api/session", wrong).status == 401) }
        house.clock.advance(seconds: 60)
        let answer = try client.json(.post, "/api/session", wrong)
        #expect(answer.isProblem("too_many_attempts"))
        #expect(answer.status == 429)
        #expect(answer.headers["Retry-After"] == "840")
    }

    @Test func aDeactivatedUserIsOut() throws {
        let (cookie, _) = try house.logIn("ada@example.com")
        try UserStore(house.database).setActive(false, ada.id, context: house.context)
        #expect(try client.get("/api/me", headers: .headers(["Cookie": cookie])).isProblem("session_expired"))
        let again = try client.json(
            .post,
            "/api/session",
            ["email": "ada@example.com", "password": .string(TestHouse.password)]
        )
        #expect(again.isProblem("bad_credentials"))
    }
}
