import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

/// What somebody would try against users, sessions and tokens.
@Suite struct AttackTests {
    let people: PeopleHouse

    init() throws {
        people = try PeopleHouse()
    }

    /// Every route that changes something and is not open, with an id that is there.
    var unsafe: [(method: Web.Method, path: String)] {
        doorAndPage.filter { $0.method.isUnsafe && $0.access != .open }.map {
            ($0.method, $0.path.description.replacing("{id:int}", with: "1"))
        }
    }

    private func state() throws -> [String] {
        try ["user", "session", "api_token", "password_reset"].flatMap { table in
            try people.house.database.all("SELECT * FROM \(ident: table) ORDER BY id") { row in
                (0..<8).map { "\(row.value(Int32($0)))" }.joined(separator: "|")
            }
        }
    }

    @Test func everyFormNeedsTheTokenOfItsSession() throws {
        let root = try people.browser(people.root)
        let other = try people.browser(people.ed)
        _ = try people.house.addToken(for: people.root, [.readProducts])
        let own = root.headers["X-CSRF-Token"] ?? ""
        let before = try state()
        let tries: [(String, Fields)] = [
            ("none", .headers()), ("a wrong one", .headers(["X-CSRF-Token": "x"])),
            ("another session's", .headers(["X-CSRF-Token": other.headers["X-CSRF-Token"] ?? ""])),
            ("an empty one", .headers(["X-CSRF-Token": ""])),
        ]
        let foreign: [Fields] = [
            .headers(["X-CSRF-Token": own, "Origin": "https://evil.example"]),
            .headers(["X-CSRF-Token": own, "Origin": "null"]),
            .headers(["X-CSRF-Token": own, "Sec-Fetch-Site": "cross-site"]),
        ]
        root.headers.remove("X-CSRF-Token")
        for (method, path) in unsafe {
            for (name, headers) in tries {
                var call = Call(method, path, headers: headers, body: Array("email=x%40y.example&role=admin".utf8))
                call.headers.set("Content-Type", "application/x-www-form-urlencoded")
                #expect(try root.send(call).isProblem("csrf"), "\(method) \(path) with \(name)")
            }
            for headers in foreign {
                #expect(try root.send(Call(method, path, headers: headers)).isProblem("origin"), "\(method) \(path)")
            }
        }
        #expect(unsafe.count >= 24)
        #expect(try state() == before, "nothing has happened")
    }

    @Test func whatPeopleWriteIsNeverMarkup() throws {
        let house = people.house
        let bad = "\"'><img src=x onerror=alert(1)>"
        let store = UserStore(house.database)
        let evil = NewUser(
            email: "\"'><script>alert(1)</script>@evil.example",
            username: "\(bad)u",
            firstName: "\(bad)f",
            lastName: "\(bad)l",
            role: .admin,
            password: TestHouse.password
        )
        let id = try #require(try store.create(evil, context: house.context))
        let user = try #require(try store.find(id))
        let browser = try people.browser(user, agent: "<script>alert(2)</script>/1.0 \(bad)")
        _ = try browser.json(.post, "/api/tokens", ["name": .string(bad), "scopes": ["read:products"]])
        let pages = [
            "/users", "/users/\(id)", "/users/\(id)/deactivate", "/profile", "/profile/email", "/tokens",
            "/tokens/new", "/tokens/1/rotate", "/tokens/1/revoke", "/users?q=\(bad.percentEncoded)",
            "/users?q=\(bad.percentEncoded)&role=admin&sort=-id", "/tokens?state=valid&user_id=\(id)",
        ]
        var shown = 0
        for path in pages {
            let page = try browser.get(path)
            #expect(page.status == 200, "\(path): \(page.status)")
            #expect(!page.text.contains("<script>") && !page.text.contains("<img"), "\(path)")
            if page.text.contains("&lt;img src=x onerror=alert(1)&gt;") { shown += 1 }
        }
        #expect(shown >= 10, "a page that shows nothing proves nothing")
        let reflected: [(String, Fields)] = [
            ("/users/new", ["email": "\(bad)", "username": bad, "first_name": bad, "role": bad, "password": bad]),
            ("/users/\(id)", ["email": bad, "role": bad, "version": "1"]), ("/profile", ["username": "@\(bad)"]),
            ("/profile/email", ["email": bad, "current_password": bad]),
            ("/tokens/new", ["name": "", "scopes": bad, "days": bad]), ("/tokens/1/rotate", ["grace_hours": bad]),
        ]
        for (path, fields) in reflected {
            let page = try browser.form(path, fields)
            #expect(page.status == 422, "\(path): \(page.status)")
            #expect(!page.text.contains("<img"), "\(path)")
        }
    }

    @Test func noValueReachesAHeader() throws {
        let root = try people.browser(people.root)
        let split = "x\r\nSet-Cookie: evil=1"
        for fields: Fields in [
            ["email": "a\(split)@b.example", "role": "viewer"], ["email": "a@b.example", "role": "viewer\(split)"],
            ["email": "a@b.example", "role": "viewer", "first_name": split],
        ] {
            let answer = try root.form("/users/new", fields)
            #expect(answer.status == 422)
            #expect(answer.headers.values("Set-Cookie").isEmpty)
        }
        for path in ["/login?next=/x%0D%0AX:%20evil", "/reset/x%0D%0AX:%20evil", "/users?q=%0D%0AX:%20evil"] {
            let answer = try root.get(path)
            #expect(!answer.headers.all.contains { $0.value.contains("\n") || $0.value.contains("\r") }, "\(path)")
            #expect(answer.headers["Set-Cookie"] == nil)
        }
    }

    @Test func textThatLooksLikeSQLIsText() throws {
        let root = try people.browser(people.root)
        let before = try state()
        for text in ["' OR 1=1 --", "%' OR '1'='1", "\"; DROP TABLE \"user\"; --", "\\", "a' UNION SELECT 1--"] {
            let list = try root.get("/api/users?q=\(text.percentEncoded)")
            #expect(list.status == 200 && list.json?["items"]?.arrayValue?.isEmpty == true, "\(text)")
            for name in ["role", "active", "sort", "cursor", "limit"] {
                #expect(try root.get("/api/users?\(name)=\(text.percentEncoded)").status == 400, "\(name) \(text)")
            }
            for name in ["state", "user_id", "sort", "cursor"] {
                #expect(try root.get("/api/tokens?\(name)=\(text.percentEncoded)").status == 400, "\(name) \(text)")
            }
            let login = try people.house.client(doorAndPage)
                .json(.post, "/api/session", ["email": .string(text), "password": .string(text)])
            #expect(login.isProblem("bad_credentials"))
        }
        #expect(try state() == before)
    }

    /// Session fixation: whatever cookie a browser brings, a login gives another, and the old one is worth nothing.
    @Test func aLoginAlwaysMakesANewSession() throws {
        let attacker = try people.browser(people.vi)
        let planted = attacker.cookies["bodega_session"] ?? ""
        let victim = try people.house.client(doorAndPage)
        let login: Fields = ["email": "root@example.com", "password": TestHouse.password]
        for cookie in [planted, "chosen-by-somebody", ""] {
            let headers = Fields.headers(["Cookie": "bodega_session=\(cookie)"])
            let answer = try victim.form("/login", login, headers: headers)
            let new = victim.cookies["bodega_session"] ?? ""
            #expect(answer.status == 303 && !new.isEmpty && new != cookie)
        }
        #expect(try attacker.get("/api/me").isProblem("session_expired"))
    }

    @Test func theCookieIsForTheServerOnly() throws {
        let client = try people.house.client(doorAndPage, isSecure: true)
        let login: Fields = ["email": "root@example.com", "password": TestHouse.password]
        let cookie = try client.form("/login", login).headers["Set-Cookie"] ?? ""
        #expect(cookie.hasPrefix("__Host-bodega_session="))
        for flag in ["; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/"] { #expect(cookie.contains(flag)) }
        #expect(!cookie.contains("Domain"))
    }

    /// The hash of a password is made for known and unknown names alike: 30 of each, by turns, from addresses of their
    /// own. A median that differs by a quarter would show a hash left out, which takes nearly all of the time.
    @Test func unknownNamesTakeAsLongAsKnownOnes() throws {
        let signIn = SignIn(people.house.database, people.house.environment)
        try UserStore(people.house.database).setActive(false, people.vi.id, context: people.house.context)
        let names = ["ed@example.com", "nobody@example.com", "vi@example.com", "nobody"]
        var times = [[Double]](repeating: [], count: names.count)
        for round in 0..<30 {
            for (index, name) in names.enumerated() {
                let request = try #require(Request(.post, "/login", remoteAddress: "198.51.100.\(round)"))
                let start = monotonicNanoseconds()
                let outcome = try signIn.attempt(name, password: "not the password", request)
                times[index].append(Double(monotonicNanoseconds() - start))
                #expect(outcome == .refused)
            }
        }
        let medians = times.map { $0.sorted()[$0.count / 2] }
        let slowest = medians.max() ?? 0
        let quickest = medians.min() ?? 0
        #expect(quickest > slowest * 0.75, "\(medians.map { Int($0 / 1000) }) µs")
    }

    /// A stranger who guesses cannot lock the person out who comes from elsewhere, nor end their session.
    @Test func guessingLocksNobodyOut() throws {
        let victim = try people.browser(people.root)
        let attacker = try people.house.client(doorAndPage, address: "203.0.113.7")
        let wrong: JSON = ["email": "root@example.com", "password": "not the password"]
        for _ in 0..<15 { _ = try attacker.json(.post, "/api/session", wrong) }
        #expect(try attacker.json(.post, "/api/session", wrong).status == 429)
        #expect(try victim.get("/api/me").status == 200)
        #expect(try people.browser(people.root).get("/api/me").status == 200)
        #expect(try people.stored(people.root).lockedUntil == nil)
    }

    @Test func secretsStandNowhere() throws {
        let root = try people.browser(people.root)
        let made = try root.json(.post, "/api/tokens", ["name": "n", "scopes": ["read:products"]])
        let secret = try #require(made.json?["secret"]?.stringValue)
        let link = try root.send(Call(.post, "/api/users/\(people.ed.id)/reset-link"))
        let url = try #require(link.json?["url"]?.stringValue)
        let token = String(url.split(separator: "/").last ?? "")
        let cookie = root.cookies["bodega_session"] ?? ""
        let tables = try people.house.database.all(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ) { row in row.text(0) }
        for table in tables {
            let columns = try people.house.database.all("SELECT name FROM pragma_table_info(\(table))") { row in
                row.text(0)
            }
            for column in columns {
                for secret in [secret, token, cookie, TestHouse.password] {
                    let found = try people.house.database.first(
                        "SELECT 1 FROM \(ident: table) WHERE instr(\(ident: column), \(secret)) > 0"
                    ) { _ in true }
                    #expect(found == nil, "\(table).\(column)")
                }
            }
        }
        #expect(tables.count > 5)
    }
}
