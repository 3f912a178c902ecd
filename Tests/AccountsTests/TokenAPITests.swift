import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@Suite struct TokenAPITests {
    let people: PeopleHouse
    let ed: TestClient

    init() throws {
        people = try PeopleHouse()
        ed = try people.browser(people.ed)
    }

    func scopes(_ permissions: [Permission]) -> JSON { .array(permissions.map { .string($0.rawValue) }) }

    func program(_ secret: String?) throws -> TestClient {
        let client = try people.house.client(doorAndPage)
        client.headers = .headers(["Authorization": "Bearer \(secret ?? "")"])
        return client
    }

    @Test func aTokenFromBeginningToEnd() throws {
        let end = people.house.clock.now.adding(seconds: 86_400)
        let made = try ed.json(
            .post,
            "/api/tokens",
            ["name": " sync ", "scopes": scopes([.readProducts, .manageAccount]), "expires_at": .string(end.rfc3339)]
        )
        #expect(made.status == 201 && made.headers["Cache-Control"] == "no-store")
        let id = try #require(made.json?["id"]?.intValue)
        let secret = try #require(made.json?["secret"]?.stringValue)
        #expect(made.headers["Location"] == "/api/tokens/\(id)")
        #expect(made.json?["name"] == "sync" && made.json?["state"] == "valid")

        let shown = try ed.get("/api/tokens/\(id)")
        #expect(shown.json?["secret"] == nil && !shown.text.contains(secret))
        #expect(shown.json?["prefix"]?.stringValue.map(secret.hasPrefix) == true)
        let tag = try #require(shown.headers["ETag"])
        #expect(try ed.get("/api/tokens/\(id)", headers: .headers(["If-None-Match": tag])).status == 304)
        #expect(try program(secret).get("/api/me").json?["scopes"] == scopes([.readProducts, .manageAccount]))
        let used = try ed.get("/api/tokens/\(id)")
        #expect(used.json?["last_used_at"] == .string(people.house.clock.now.rfc3339) && used.headers["ETag"] != tag)

        // With the scope for it a program changes its own secret.
        let rotated = try program(secret).json(.post, "/api/tokens/\(id)/rotate", ["grace_hours": 1])
        let newer = try #require(rotated.json?["secret"]?.stringValue)
        #expect(rotated.json?["id"] == .int(id) && rotated.headers["Cache-Control"] == "no-store")
        #expect(try program(secret).get("/api/me").status == 200)
        #expect(try program(newer).get("/api/me").status == 200)
        people.house.clock.advance(seconds: 3600)
        #expect(try program(secret).get("/api/me").isProblem("bad_token"))

        #expect(try ed.send(Call(.delete, "/api/tokens/\(id)")).status == 204)
        #expect(try ed.send(Call(.delete, "/api/tokens/\(id)")).status == 204)
        #expect(try program(newer).get("/api/me").isProblem("bad_token"))
        #expect(try ed.send(Call(.post, "/api/tokens/\(id)/rotate")).isProblem("dead_token"))
        let trail = try people.audited().filter { $0.hasPrefix("token.") }
        #expect(
            trail == [
                "token.create by user:\(people.ed.id) 192.0.2.1", "token.rotate by token:\(id) 192.0.2.1",
                "token.revoke by user:\(people.ed.id) 192.0.2.1",
            ]
        )
    }

    @Test func aTokenIsNeverMoreThanWhoMakesIt() throws {
        let end = people.house.clock.now.adding(seconds: 60).rfc3339
        func make(_ client: TestClient, _ wanted: [Permission]) throws -> Answer {
            try client.json(
                .post,
                "/api/tokens",
                ["name": "n", "scopes": scopes(wanted), "expires_at": .string(end)]
            )
        }
        #expect(try make(ed, [.adminUsers]).problems == ["scopes": "scope_not_yours"])
        #expect(try make(ed, Array(Role.editor.permissions)).status == 201)
        #expect(try make(try people.browser(people.vi), [.writeProducts]).problems == ["scopes": "scope_not_yours"])
        let narrow = try people.program(people.root, [.readProducts])
        #expect(try make(narrow, [.readProducts]).isProblem("forbidden"), "reading is not making tokens")
        let keeper = try people.program(people.root, [.manageAccount])
        #expect(try make(keeper, [.adminUsers]).problems == ["scopes": "scope_not_yours"])
        #expect(try make(keeper, [.manageAccount]).status == 201)
    }

    @Test func whatIsRefused() throws {
        func post(_ body: JSON) throws -> [String: String] { try ed.json(.post, "/api/tokens", body).problems }
        let good: JSON = ["read:products"]
        #expect(try post([:]) == ["name": "bad_name", "scopes": "required"])
        #expect(try post(["name": "a\nb", "scopes": good]) == ["name": "bad_name"])
        #expect(try post(["name": "n", "scopes": ["fly", 1]]) == ["scopes": "bad_scope"])
        #expect(
            try post(["name": "n", "scopes": good, "user_id": 1, "secret": "x", "prefix": "y", "id": 1])
                == [
                    "user_id": "unknown_field", "secret": "unknown_field", "prefix": "unknown_field",
                    "id": "unknown_field",
                ]
        )
        for time: JSON in ["yesterday", "2020-01-01T00:00:00Z", "9999-01-01T00:00:00Z", 1] {
            #expect(try post(["name": "n", "scopes": good, "expires_at": time]) == ["expires_at": "bad_expiry"])
        }
        _ = try ed.json(.post, "/api/tokens", ["name": "n", "scopes": good])
        for body: JSON in [["grace_hours": 25], ["grace_hours": -1], ["grace_hours": "1"], ["x": 1], []] {
            #expect(try ed.json(.post, "/api/tokens/1/rotate", body).status == 422, "\(body.text)")
        }
        for bad in ["state=x", "user_id=x", "sort=prefix", "y=1", "cursor=abc"] {
            #expect(try ed.get("/api/tokens?\(bad)").status == 400, "\(bad)")
        }
    }

    @Test func otherPeoplesTokensAreNotThere() throws {
        _ = try people.house.addToken(for: people.root, [.readProducts])
        for call in [
            Call(.get, "/api/tokens/1"), Call(.delete, "/api/tokens/1"), Call(.post, "/api/tokens/1/rotate"),
            Call(.get, "/tokens/1/rotate"), Call(.get, "/tokens/1/revoke"), Call(.post, "/tokens/1/revoke"),
        ] {
            let theirs = try ed.send(call)
            var nobodys = call
            nobodys.target = call.target.replacing("/1", with: "/777")
            let none = try ed.send(nobodys)
            #expect(theirs.status == 404 && none.status == 404, "\(call.method) \(call.target)")
            #expect(theirs.json?["detail"] == none.json?["detail"])
        }
        let items = { (client: TestClient, query: String) in
            try client.get("/api/tokens\(query)").json?["items"]?.arrayValue?.count
        }
        #expect(try items(ed, "") == 0)
        #expect(try items(ed, "?user_id=\(people.root.id)") == 0)
        let root = try people.browser(people.root)
        _ = try people.house.addToken(for: people.ed, [.readProducts])
        #expect(try items(root, "") == 2)
        #expect(try items(root, "?user_id=\(people.ed.id)&state=valid") == 1)
        #expect(try root.send(Call(.post, "/api/tokens/2/rotate")).isProblem("not_yours"), "no secret of others")
        #expect(try root.send(Call(.delete, "/api/tokens/2")).status == 204)
        #expect(try people.program(people.root, [.manageAccount]).get("/api/tokens/2").status == 404)
    }
}
