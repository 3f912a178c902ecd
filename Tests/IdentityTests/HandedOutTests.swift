import Database
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Identity

/// Requests that were let in and then overtaken: what they came with is worth nothing any more when they get to write.
@Suite struct HandedOutTests {
    private let house: TestHouse
    private let tokens: TokenStore
    private let users: UserStore
    private let root: User
    private let ed: User

    init() throws {
        house = try TestHouse()
        tokens = TokenStore(house.database)
        users = UserStore(house.database)
        root = try house.addUser("root@example.com", .admin)
        ed = try house.addUser("ed@example.com", .admin)
    }

    /// What the stores are told of a request that has passed the Gatekeeper just now.
    private func writer(_ headers: KeyValuePairs<String, String>) throws -> WriteContext {
        let request = try #require(Request(.get, "/", headers: .headers(headers)))
        guard case .known(let principal) = try Authentication(house.database, house.environment).identify(request)
        else { throw TestFailure("not let in") }
        let context = RequestContext(
            request,
            principal: principal,
            database: house.database,
            environment: house.environment
        )
        return try context.writeContext
    }

    private func program(_ secret: String) throws -> WriteContext { try writer(["Authorization": "Bearer \(secret)"]) }

    private func browser() throws -> WriteContext { try writer(["Cookie": try house.logIn(ed.email).cookie]) }

    /// Everything by which power could outlive it.
    private func acts(_ writer: WriteContext) -> [(name: String, act: () throws -> Void)] {
        let (house, root, ed) = (house, root, ed)
        let tokens = TokenStore(house.database)
        let users = UserStore(house.database)
        let end = house.clock.now.adding(seconds: 60)
        func add(for user: User) throws {
            let secret = APIToken.makeSecret(house.environment)
            let new = TokenStore.New(
                secret: secret,
                userID: user.id,
                name: "n",
                scopes: [.readProducts],
                expiresAt: end
            )
            _ = try tokens.create(new, context: writer)
        }
        return [
            ("a token", { try add(for: root) }),
            ("one's own token", { try add(for: ed) }),
            (
                "a rotation",
                {
                    let secret = APIToken.makeSecret(house.environment)
                    _ = try tokens.rotate(1, ofUser: root.id, secret: secret, grace: 0, context: writer)
                }
            ),
            (
                "a user",
                {
                    let new = NewUser(email: "new@example.com", username: nil, role: .admin, password: "x y z x y z")
                    _ = try users.create(new, context: writer)
                }
            ),
            (
                "an email address",
                {
                    try users.update(root.id, context: writer) { user in
                        var user = user
                        user.email = "other@example.com"
                        return user
                    }
                }
            ),
            ("a password", { try users.setPassword("quite another phrase", of: root.id, context: writer) }),
            ("a link", { try PasswordResetStore(house.database).create("t", of: root.id, context: writer) }),
            (
                "a setting",
                {
                    let entry = ConfigurationTable.requestRate.entry
                    try ConfigurationStore(house.database).set([(entry, "9")], context: writer)
                }
            ),
        ]
    }

    private func expectRefused(_ writer: WriteContext, _ code: String) throws {
        for (name, act) in acts(writer) {
            let error = #expect(throws: WebError.self, "\(name)") { try act() }
            #expect(error?.status == 401 && error?.code == code, "\(name): \(String(describing: error))")
        }
        #expect(try users.find(email: "new@example.com") == nil)
    }

    @Test func aRevokedTokenGivesNothing() throws {
        _ = try house.addToken(for: root, [.readProducts])
        let writer = try program(try house.addToken(for: ed, Set(Permission.all)))
        #expect(try tokens.revoke(2, context: house.context))
        try expectRefused(writer, "bad_token")
    }

    @Test func aShutOutOrLockedUserGivesNothing() throws {
        _ = try house.addToken(for: root, [.readProducts])
        let program = try program(try house.addToken(for: ed, Set(Permission.all)))
        let browser = try browser()
        let until = house.clock.now.adding(seconds: 60)
        func lock(_ until: Timestamp?) throws {
            try users.update(ed.id, context: house.context) { user in
                var user = user
                user.lockedUntil = until
                return user
            }
        }
        try lock(until)
        try expectRefused(program, "bad_token")
        try expectRefused(browser, "session_expired")
        try lock(nil)
        try users.setActive(false, ed.id, context: house.context)
        try expectRefused(program, "bad_token")
        try expectRefused(browser, "session_expired")
    }

    @Test func anEndedSessionGivesNothing() throws {
        _ = try house.addToken(for: root, [.readProducts])
        let writer = try browser()
        try house.database.write { try SessionStore(house.database).endAll(ofUser: ed.id) }
        try expectRefused(writer, "session_expired")
    }

    @Test func whatStandsGives() throws {
        _ = try house.addToken(for: ed, [.readProducts])
        let new = TokenStore.New(
            secret: APIToken.makeSecret(house.environment),
            userID: ed.id,
            name: "n",
            scopes: [.readProducts],
            expiresAt: house.clock.now
        )
        #expect(try tokens.create(new, context: try browser()) == 2)
        let secret = try house.addToken(for: ed, [.readProducts])
        #expect(throws: Never.self) {
            _ = try tokens.rotate(1, ofUser: ed.id, secret: "s", grace: 0, context: try program(secret))
        }
    }

    // MARK: Rotation

    /// The secret before a rotation is good for its grace and makes nothing that is good for longer.
    @Test func aReplacedSecretDoesNotMakeItselfLast() throws {
        let old = try house.addToken(for: ed, [.readProducts], seconds: 100_000)
        let secret = APIToken.makeSecret(house.environment)
        _ = try tokens.rotate(1, ofUser: ed.id, secret: secret, grace: 3600, context: house.context)
        let writer = try program(old)
        func make(_ end: Timestamp?) throws {
            let made = APIToken.makeSecret(house.environment)
            let new = TokenStore.New(secret: made, userID: ed.id, name: "n", scopes: [.readProducts], expiresAt: end)
            _ = try tokens.create(new, context: writer)
        }
        let now = house.clock.now
        for end in [nil, now.adding(seconds: 3601)] {
            let error = #expect(throws: WebError.self) { try make(end) }
            #expect(error?.status == 403 && error?.code == "not_yours_to_give")
        }
        try make(now.adding(seconds: 3600))
        for id in [Int64(1), 2] {
            let error = #expect(throws: WebError.self) {
                try tokens.rotate(id, ofUser: ed.id, secret: "mine", grace: 0, context: writer)
            }
            #expect(error?.status == 403 && error?.detail.contains("replaced by a rotation") == true)
        }
        #expect(throws: Never.self) { try program(secret) }
        _ = try tokens.rotate(1, ofUser: ed.id, secret: "s", grace: 0, context: try program(secret))
    }
}
