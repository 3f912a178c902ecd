import AdminKit
import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Accounts

/// The routes of Accounts and a page behind the door.
let doorAndPage: [AppRoute] =
    Accounts.feature(TestSettings.entries).routes + [
        AppRoute(.get, "/products", access: .permission(.readProducts), .page("a page")) { _ in .text("the page") }
    ]

extension TestHouse {
    /// With a shell, as the composition would give it.
    static func withShell(migrations: [Migration] = IdentitySchema.migrations) throws -> TestHouse {
        let house = try TestHouse(migrations: migrations)
        house.settings[Shell.self] = Shell(assets: StaticAssets(prefix: "/static/0"), version: "1.2.3")
        house.settings[JobDescriptions.self] = JobDescriptions([])
        house.settings[SiteAddress.self] = SiteAddress(publicURL: "https://shop.example")
        return house
    }
}

@Suite struct LoginPagesTests {
    let house: TestHouse
    let client: TestClient

    init() throws {
        house = try TestHouse.withShell()
        try house.addUser("ada@example.com", .editor, username: "Ada")
        client = try house.client(doorAndPage)
    }

    func logIn(_ more: KeyValuePairs<String, String> = [:], headers: Fields = .headers()) throws -> Answer {
        var fields: Fields = ["email": "ada@example.com", "password": TestHouse.password]
        for (name, value) in more { fields.set(name, value) }
        return try client.form("/login", fields, headers: headers)
    }

    @Test func thereAndBackAgain() throws {
        #expect(try client.get("/products?q=a").headers["Location"] == "/login?next=%2Fproducts%3Fq%3Da")
        let form = try client.get("/login?next=%2Fproducts%3Fq%3Da")
        #expect(form.status == 200)
        #expect(form.text.contains("name=\"next\" value=\"/products?q=a\""))
        #expect(form.headers["Cache-Control"] == "no-store")
        let answer = try logIn(["next": "/products?q=a"])
        #expect(answer.status == 303)
        #expect(answer.headers["Location"] == "/products?q=a")
        #expect(try client.get("/products").text == "the page")
        #expect(try client.get("/login").headers["Location"] == "/", "who is in needs no form")

        let token = try client.get("/api/me").json?["csrf_token"]?.stringValue ?? ""
        #expect(try client.form("/logout", [:]).isProblem("csrf"))
        let old = client.cookies
        #expect(try client.form("/logout", ["csrf_token": token]).headers["Location"] == "/login")
        #expect(client.cookies.isEmpty)
        let again = Fields.headers(["Cookie": "bodega_session=\(old["bodega_session"] ?? "")"])
        #expect(try client.get("/products", headers: again).status == 303, "the session is over, not just the cookie")
    }

    @Test(arguments: [
        ("wrong password", "ada@example.com", "not the password"), ("nobody", "nobody@example.com", "not the password"),
        ("another's password", "nobody", TestHouse.password),
    ])
    func refusedAlike(name: String, email: String, password: String) throws {
        let answer = try logIn(["email": email, "password": password])
        #expect(answer.status == 401)
        #expect(answer.text.contains("The name or the password is not right."))
        #expect(answer.text.contains("value=\"\(email)\""))
        #expect(!answer.text.contains(password))
        #expect(answer.headers["Set-Cookie"] == nil)
    }

    @Test func anIncompleteFormIsNoAttempt() throws {
        for (email, password) in [("", "x"), (" ", "x"), ("ada", "")] {
            #expect(try logIn(["email": email, "password": password]).status == 422)
        }
        let counted = try house.database.first("SELECT COUNT(*) FROM login_attempt") { row in row.int(0) }
        #expect(counted == 0)
    }

    @Test(arguments: [
        "//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/login", "/login?next=/x",
        "/logout", "", "products", "/\u{9}/evil.example",
    ])
    func theWayLeadsToOurPagesOnly(next: String) throws {
        #expect(try logIn(["next": next]).headers["Location"] == "/")
        let shown = try client.get("/login?next=\(next.percentEncoded)")
        #expect(shown.headers["Location"] == "/")
    }

    @Test func whatWasTypedIsEscaped() throws {
        let answer = try logIn(["email": "\"><script>", "password": "x", "next": "/a?\"><script>"])
        #expect(!answer.text.contains("\"><script>"))
        #expect(answer.text.contains("&quot;&gt;&lt;script&gt;"))
    }

    @Test func anotherSiteCannotLogItsVisitorsIn() throws {
        for origin in ["https://evil.example", "null", "http://localhost:81"] {
            #expect(try logIn(headers: .headers(["Origin": origin])).isProblem("origin"), "\(origin)")
        }
        #expect(try logIn(headers: .headers(["Sec-Fetch-Site": "cross-site"])).isProblem("origin"))
        #expect(try logIn(headers: .headers(["Origin": "http://localhost"])).status == 303)
    }

    @Test func tooManyAttempts() throws {
        for _ in 0..<10 { #expect(try logIn(["password": "not the password"]).status == 401) }
        let answer = try logIn()
        #expect(answer.status == 429)
        #expect(answer.headers["Retry-After"] == "900")
        #expect(answer.text.contains("Too many attempts. Try again in 15 min."))
        let elsewhere = try house.client(doorAndPage, address: "192.0.2.9")
        let fields: Fields = ["email": "ada", "password": TestHouse.password]
        #expect(try elsewhere.form("/login", fields).status == 303)
    }

    @Test func theCookiesFlagsFollowTheScheme() throws {
        let plain = try logIn().headers["Set-Cookie"] ?? ""
        #expect(plain.hasPrefix("bodega_session=") && plain.hasSuffix("; Path=/; HttpOnly; SameSite=Lax"))
        let secure = try house.client(doorAndPage, isSecure: true)
        let fields: Fields = ["email": "ada", "password": TestHouse.password]
        let text = try secure.form("/login", fields).headers["Set-Cookie"] ?? ""
        #expect(text.hasPrefix("__Host-bodega_session=") && text.hasSuffix("; Path=/; HttpOnly; Secure; SameSite=Lax"))
        #expect(try secure.get("/products").status == 200)
    }

    @Test func aPlantedCookieIsNotTheSession() throws {
        let planted = Fields.headers(["Cookie": "bodega_session=planted"])
        let answer = try logIn(headers: planted)
        #expect(answer.headers["Set-Cookie"]?.contains("planted") == false)
        #expect(try client.get("/products", headers: planted).status == 303)
    }

    /// Whatever computes the hash of a password, and nothing that could keep it waiting.
    @Test func theDoorHasAPoolOfItsOwn() {
        func routes(_ pool: Pool) -> Set<String> {
            Set(
                Accounts.feature(TestSettings.entries).routes.filter { $0.pool == pool }.map {
                    "\($0.method.rawValue) \($0.path)"
                }
            )
        }
        #expect(
            routes(.login) == [
                "GET /login", "POST /login", "POST /api/session", "DELETE /api/session", "POST /reset/{token}",
                "POST /users/new", "POST /api/users", "POST /profile/email", "POST /profile/password", "PATCH /api/me",
            ]
        )
        #expect(routes(.export) == ["GET /api/audit-log.csv"] && routes(.slow).isEmpty && routes(.upload).isEmpty)
    }
}
