import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Accounts

@Suite struct ResetTests {
    let people: PeopleHouse
    let stranger: TestClient
    let path: String

    init() throws {
        people = try PeopleHouse()
        stranger = try people.house.client(doorAndPage)
        try PasswordResetStore(people.house.database)
            .create("the-token", of: people.ed.id, context: people.house.context)
        path = "/reset/the-token"
    }

    let good: Fields = ["password": "another long phrase", "repeated": "another long phrase"]

    @Test func aPasswordByLink() throws {
        let browser = try people.browser(people.ed)
        let form = try stranger.get(path)
        #expect(form.status == 200 && form.text.contains("For ed@example.com."))
        #expect(form.headers["Cache-Control"] == "no-store")
        #expect(form.text.contains("action=\"/reset/the-token\""))
        for (fields, text) in [
            ([:], "Enter the new password."), (["password": "short", "repeated": "short"], "at least 12"),
            (["password": "ed.example.1234", "repeated": "ed.example.1234"], "made of your name"),
            (["password": "another long phrase", "repeated": "x"], "are not the same"),
        ] as [(Fields, String)] {
            let answer = try stranger.form(path, fields)
            #expect(answer.status == 422 && answer.text.contains(text), "\(text): \(answer.status)")
        }
        let done = try stranger.form(path, good)
        #expect(done.status == 303 && done.headers["Location"] == "/login?done=reset")
        #expect(done.headers["Set-Cookie"] == nil, "nobody is logged in by a link")
        #expect(try stranger.get("/login?done=reset").text.contains("Your password was set."))
        #expect(try browser.get("/api/me").isProblem("session_expired"))
        let login: Fields = ["email": "ed@example.com", "password": "another long phrase"]
        #expect(try stranger.form("/login", login).headers["Location"] == "/")
        // Once.
        #expect(try stranger.get(path).status == 404)
        #expect(try stranger.form(path, good).status == 404)
        #expect(try people.audited().contains("password.reset by user:\(people.ed.id) 192.0.2.1"))
    }

    @Test func aLinkEndsAfterADay() throws {
        people.house.clock.advance(seconds: 86_400)
        #expect(try stranger.get(path).text.contains("This link does not work"))
        #expect(try stranger.form(path, good).status == 404)
    }

    @Test func whatIsNoLinkSaysNothing() throws {
        for token in ["x", "the-token2", "THE-TOKEN", "..%2Flogin", "'%20OR%201=1--", "the-token%20"] {
            let answer = try stranger.get("/reset/\(token)")
            #expect(answer.status == 404 || answer.status == 400, "\(token)")
            #expect(!answer.text.contains("@example.com"))
        }
        #expect(try stranger.get("/reset/").status == 303, "no address of ours")
    }

    @Test func anotherSiteCannotUseALink() throws {
        let foreign = Fields.headers(["Origin": "https://evil.example"])
        #expect(try stranger.form(path, good, headers: foreign).isProblem("origin"))
        #expect(try stranger.get(path).status == 200)
    }

    @Test func aDeactivatedUsersLinkIsWorthNothing() throws {
        try UserStore(people.house.database).setActive(false, people.ed.id, context: people.house.context)
        #expect(try stranger.get(path).status == 404)
        #expect(try stranger.form(path, good).status == 404)
    }

    /// Whoever can make an administrator's request name another host must not get a link that leads there.
    @Test(arguments: ["evil.example", "localhost.evil.example:8080", "localhost:80@evil.example", "192.168.1.5:8080"])
    func aHostThatARequestNamesIsNotBelieved(host: String) throws {
        people.house.settings[SiteAddress.self] = SiteAddress(publicURL: nil)
        let root = try people.house.client(doorAndPage, host: host)
        let token = try people.house.addToken(for: people.root, Set(Permission.all))
        root.headers.set("Authorization", "Bearer \(token)")
        let made = try root.json(.post, "/api/users", ["email": "new@example.com", "role": "viewer"])
        let again = try root.send(Call(.post, "/api/users/\(people.vi.id)/reset-link"))
        for url in [made.json?["reset_link"]?["url"]?.stringValue, again.json?["url"]?.stringValue] {
            #expect(url?.hasPrefix("/reset/") == true, "\(made.text)\(again.text)")
        }
        #expect(!made.text.contains("evil") && !again.text.contains("evil"))
        let page = try root.form("/users/\(people.vi.id)/reset-link", [:])
        #expect(page.status == 200 && page.text.contains("value=\"/reset/") && page.text.contains("--public-url"))
        #expect(!page.text.contains("evil"))
    }

    @Test(arguments: ["localhost:8080", "127.0.0.1", "[::1]:8080"]) func theMachineItselfIsBelieved(host: String) throws
    {
        people.house.settings[SiteAddress.self] = SiteAddress(publicURL: nil)
        let root = try people.house.client(doorAndPage, host: host)
        root.headers.set("Authorization", "Bearer \(try people.house.addToken(for: people.root, Set(Permission.all)))")
        let made = try root.send(Call(.post, "/api/users/\(people.vi.id)/reset-link"))
        #expect(made.json?["url"]?.stringValue?.hasPrefix("http://\(host)/reset/") == true, "\(made.text)")
    }

    @Test func theWayOfALinkThroughThePages() throws {
        let root = try people.browser(people.root)
        let page = try root.form("/users/\(people.vi.id)/reset-link", [:])
        #expect(page.status == 200 && page.headers["Cache-Control"] == "no-store")
        let start = try #require(page.text.firstRange(of: "value=\"https://shop.example/reset/"))
        let rest = page.text[start.upperBound...]
        let token = String(rest.prefix { $0 != "\"" })
        #expect(token.utf8.count == 43)
        #expect(try stranger.get("/reset/\(token)").text.contains("vi@example.com"))
        for shown in ["/users/\(people.vi.id)", "/api/users/\(people.vi.id)"] {
            #expect(try !root.get(shown).text.contains(token), "shown once")
        }
        let trail = try people.house.database.all(
            "SELECT COALESCE(before, '') || COALESCE(after, '') FROM audit_log"
        ) { row in row.text(0) }
        #expect(!trail.joined().contains(token))
    }
}
