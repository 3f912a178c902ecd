import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Accounts

/// A house with an administrator, an editor and a viewer, and clients of the real routes for each.
struct PeopleHouse {
    let house: TestHouse
    let root: User
    let ed: User
    let vi: User

    init() throws {
        house = try TestHouse.withShell()
        root = try house.addUser("root@example.com", .admin, username: "root")
        ed = try house.addUser("ed@example.com", .editor, username: "ed")
        vi = try house.addUser("vi@example.com", .viewer)
    }

    /// A browser that is logged in as somebody; unsafe requests carry the CSRF token unless it is taken away.
    func browser(_ user: User, agent: String = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0") throws
        -> TestClient
    {
        let client = try house.client(doorAndPage)
        client.headers = .headers(["User-Agent": agent])
        let answer = try client.json(
            .post,
            "/api/session",
            ["email": .string(user.email), "password": .string(TestHouse.password)]
        )
        guard let token = answer.json?["csrf_token"]?.stringValue else { throw TestFailure("\(answer.text)") }
        client.headers.append("X-CSRF-Token", token)
        return client
    }

    /// A program with a token of somebody's.
    func program(_ user: User, _ scopes: Set<Permission>) throws -> TestClient {
        let client = try house.client(doorAndPage)
        client.headers = .headers(["Authorization": "Bearer \(try house.addToken(for: user, scopes))"])
        return client
    }

    func stored(_ user: User) throws -> User {
        guard let stored = try UserStore(house.database).find(user.id) else {
            throw TestFailure("\(user.email) is gone")
        }
        return stored
    }

    func audited() throws -> [String] {
        try house.database.all("SELECT action || ' by ' || actor || ' ' || COALESCE(ip, '-') FROM audit_log") { row in
            row.text(0)
        }
    }
}

extension Answer {
    /// The codes of the problems by field.
    var problems: [String: String] {
        var found: [String: String] = [:]
        for problem in json?["errors"]?.arrayValue ?? [] {
            found[problem["field"]?.stringValue ?? "?"] = problem["code"]?.stringValue
        }
        return found
    }
}
