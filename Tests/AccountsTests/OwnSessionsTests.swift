import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Accounts

@Suite struct OwnSessionsTests {
    let people: PeopleHouse

    init() throws {
        people = try PeopleHouse()
    }

    func sessions(_ client: TestClient) throws -> [JSON] {
        try client.get("/api/sessions?include=total").json?["items"]?.arrayValue ?? []
    }

    @Test func oneSeesAndEndsOnesOwn() throws {
        let here = try people.browser(people.ed)
        people.house.clock.advance(seconds: 10)
        let phone = try people.browser(
            people.ed,
            agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
        )
        let root = try people.browser(people.root)
        let list = try sessions(here)
        #expect(list.map { $0["device"]?.stringValue } == ["Safari on iPhone", "Firefox on Linux"])
        #expect(list.map { $0["current"]?.boolValue } == [false, true])
        #expect(list.first?["ip"] == "192.0.2.1")
        #expect(!JSON.array(list).text.contains("hash"))
        let other = try #require(list.first?["id"]?.intValue)
        let foreign = try #require(try sessions(root).first?["id"]?.intValue)

        // Ids can be guessed; what is not one's own is not there.
        for id in [foreign, 999] {
            #expect(try here.send(Call(.delete, "/api/sessions/\(id)")).status == 404)
            #expect(try here.send(Call(.post, "/profile/sessions/\(id)/end")).status == 404)
        }
        #expect(try root.get("/api/me").status == 200)

        #expect(try here.send(Call(.delete, "/api/sessions/\(other)")).status == 204)
        #expect(try phone.get("/api/me").isProblem("session_expired"))
        #expect(try here.get("/api/me").status == 200)
        let third = try people.browser(people.ed)
        #expect(try here.send(Call(.delete, "/api/sessions")).json?["ended"] == 1)
        #expect(try third.get("/api/me").status == 401)
        #expect(try sessions(here).count == 1)
        #expect(
            try people.audited().filter { $0.hasPrefix("session.revoke") } == [
                "session.revoke by user:\(people.ed.id) 192.0.2.1",
                "session.revoke_others by user:\(people.ed.id) 192.0.2.1",
            ]
        )
    }

    @Test func pagesAndOrder() throws {
        let clients = try (0..<3).map { _ in
            people.house.clock.advance(seconds: 1)
            return try people.browser(people.ed)
        }
        let first = try clients[0].get("/api/sessions?limit=2&sort=id&include=total")
        #expect(first.json?["total"] == 3)
        let rest = try clients[0].get(try #require(first.json?["next"]?.stringValue))
        #expect(rest.json?["items"]?.arrayValue?.count == 1 && rest.json?["next"]?.isNull == true)
        for bad in ["sort=ip", "x=1", "cursor=abc", "user_id=1"] {
            #expect(try clients[0].get("/api/sessions?\(bad)").status == 400, "\(bad)")
        }
        people.house.clock.advance(seconds: Session.idleLimit)
        let late = try people.browser(people.ed)
        #expect(try sessions(late).count == 1, "what has expired is not there any more")
    }

    @Test func aTokenNeedsTheScope() throws {
        _ = try people.browser(people.ed)
        let narrow = try people.program(people.ed, [.readProducts])
        #expect(try narrow.get("/api/sessions").isProblem("forbidden"))
        #expect(try narrow.send(Call(.delete, "/api/sessions")).isProblem("forbidden"))
        let keeper = try people.program(people.ed, [.manageAccount])
        #expect(try keeper.send(Call(.delete, "/api/sessions")).json?["ended"] == 1)
    }

    @Test(arguments: [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
            "Chrome on Windows"
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"), ("shop-sync/2.1 (+https://shop.example)", "shop-sync"), ("", "Unknown device"),
        ("Mozilla/5.0", "Mozilla"),
    ])
    func devicesInWords(agent: String, words: String) {
        #expect(DeviceName.words(agent) == words)
    }
}
