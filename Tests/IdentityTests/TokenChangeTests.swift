import Database
import Identity
import IdentityTestSupport
import Support
import Testing
import Web

@Suite struct TokenChangeTests {
    let house: TestHouse
    let tokens: TokenStore
    let ada: User

    init() throws {
        house = try TestHouse()
        tokens = TokenStore(house.database)
        ada = try house.addUser("ada@example.com", .editor)
    }

    func lets(_ secret: String) throws -> Bool {
        let request = try #require(Request(.get, "/", headers: .headers(["Authorization": "Bearer \(secret)"])))
        let outcome = try Authentication(house.database, house.environment).identify(request)
        if case .known = outcome { return true }
        return false
    }

    func rotate(_ id: Int64, grace: Int64) throws -> String {
        let secret = APIToken.makeSecret(house.environment)
        let token = try tokens.rotate(id, ofUser: ada.id, secret: secret, grace: grace, context: house.context)
        #expect(token.id == id && secret.hasPrefix(token.prefix))
        return secret
    }

    @Test func withoutGraceTheOldSecretEndsAtOnce() throws {
        let old = try house.addToken(for: ada, [.readProducts])
        let before = try #require(try tokens.find(1))
        let new = try rotate(1, grace: 0)
        #expect(try !lets(old))
        #expect(try lets(new))
        let after = try #require(try tokens.find(1))
        #expect(after.scopes == before.scopes && after.expiresAt == before.expiresAt && after.name == before.name)
        #expect(after.prefix != before.prefix && after.previousUntil == nil)
    }

    @Test func withGraceBothWorkForThatLong() throws {
        let old = try house.addToken(for: ada, [.readProducts], seconds: 100_000)
        let new = try rotate(1, grace: 3600)
        house.clock.advance(seconds: 3599)
        #expect(try lets(old))
        #expect(try lets(new))
        house.clock.advance(seconds: 1)
        #expect(try !lets(old))
        #expect(try lets(new))
    }

    @Test func graceProlongsNothing() throws {
        let old = try house.addToken(for: ada, [.readProducts], seconds: 60)
        _ = try rotate(1, grace: 3600)
        house.clock.advance(seconds: 60)
        #expect(try !lets(old))
    }

    @Test func aSecondRotationEndsTheFirstSecret() throws {
        let first = try house.addToken(for: ada, [.readProducts])
        let second = try rotate(1, grace: 600)
        let third = try rotate(1, grace: 600)
        #expect(try [lets(first), lets(second), lets(third)] == [false, true, true])
        #expect(try tokens.revoke(1, context: house.context))
        #expect(try [lets(first), lets(second), lets(third)] == [false, false, false], "revoked with all its secrets")
    }

    @Test func rotationIsForOnesOwnValidTokens() throws {
        let other = try house.addUser("bob@example.com", .admin)
        _ = try house.addToken(for: ada, [.readProducts], seconds: 60)
        #expect(throws: IdentityError.missing) {
            try tokens.rotate(1, ofUser: other.id, secret: "x", grace: 0, context: house.context)
        }
        #expect(throws: IdentityError.missing) { try rotate(99, grace: 0) }
        house.clock.advance(seconds: 60)
        #expect(throws: IdentityError.deadToken) { try rotate(1, grace: 0) }
        #expect(try !tokens.revoke(1, ofUser: other.id, context: house.context))
    }

    @Test func thereIsAnEndToTokens() throws {
        for _ in 0..<TokenStore.mostPerUser { _ = try house.addToken(for: ada, [.readProducts]) }
        #expect(throws: IdentityError.tooManyTokens) { try house.addToken(for: ada, [.readProducts]) }
        #expect(try tokens.revoke(1, context: house.context))
        _ = try house.addToken(for: ada, [.readProducts])
    }

    @Test func aTokenIsForSomebodyActive() throws {
        try UserStore(house.database).setActive(false, ada.id, context: house.context)
        #expect(throws: IdentityError.inactive) { try house.addToken(for: ada, [.readProducts]) }
    }

    @Test func listsByOwnerAndState() throws {
        let bob = try house.addUser("bob@example.com", .admin)
        for (user, seconds) in [(ada, 60), (ada, 6000), (bob, 6000), (ada, 6000)] as [(User, Int64)] {
            _ = try house.addToken(for: user, [.readProducts], seconds: seconds)
        }
        #expect(try tokens.revoke(2, context: house.context))
        house.clock.advance(seconds: 60)
        func ids(_ filter: TokenFilter) throws -> [Int64] {
            try tokens.list(filter, at: house.clock.now, limit: 10).map(\.id)
        }
        #expect(try ids(TokenFilter()) == [4, 3, 2, 1])
        #expect(try ids(TokenFilter(userID: ada.id, state: .valid)) == [4])
        #expect(try ids(TokenFilter(state: .revoked)) == [2])
        #expect(try ids(TokenFilter(state: .expired)) == [1])
        let rest = try tokens.list(
            TokenFilter(),
            at: house.clock.now,
            after: (value: .integer(3), id: 3),
            limit: 1
        )
        #expect(rest.map(\.id) == [2])
    }
}

@Suite struct PasswordResetTests {
    let house: TestHouse
    let links: PasswordResetStore
    let ada: User

    init() throws {
        house = try TestHouse()
        links = PasswordResetStore(house.database)
        ada = try house.addUser("ada@example.com", .admin)
    }

    func use(_ token: String) throws {
        try links.use(token, password: "another long phrase", context: house.context)
    }

    @Test func aLinkWorksOnce() throws {
        let end = try links.create("secret of the link", of: ada.id, context: house.context)
        #expect(end == house.clock.now.adding(seconds: 86_400))
        let stored = try house.database.first("SELECT hex(token_hash) FROM password_reset") { row in row.text(0) }
        #expect(stored?.utf8.count == 64)
        let (cookie, _) = try house.logIn("ada@example.com")
        #expect(try links.user(of: "secret of the link", at: house.clock.now)?.id == ada.id)
        try use("secret of the link")
        let request = try #require(Request(.get, "/", headers: .headers(["Cookie": cookie])))
        #expect(try Authentication(house.database, house.environment).identify(request) == .expired)
        #expect(throws: IdentityError.missing) { try use("secret of the link") }
        let by = try house.database.first("SELECT actor FROM audit_log WHERE action = 'password.reset'") { row in
            row.text(0)
        }
        #expect(by == "user:\(ada.id)")
    }

    @Test func aLinkEnds() throws {
        try links.create("link", of: ada.id, context: house.context)
        house.clock.advance(seconds: 86_399)
        #expect(try links.user(of: "link", at: house.clock.now) != nil)
        house.clock.advance(seconds: 1)
        #expect(try links.user(of: "link", at: house.clock.now) == nil)
        #expect(throws: IdentityError.missing) { try use("link") }
    }

    @Test func whatComesLaterEndsALink() throws {
        let users = UserStore(house.database)
        try house.addUser("root@example.com", .admin)
        func isGood() throws -> Bool { try links.user(of: "first", at: house.clock.now) != nil }
        try links.create("first", of: ada.id, context: house.context)
        try links.create("second", of: ada.id, context: house.context)
        #expect(try !isGood(), "a newer link")
        try links.create("first", of: ada.id, context: house.context)
        try users.setPassword("another long phrase", of: ada.id, context: house.context)
        #expect(try !isGood(), "a new password")
        try links.create("first", of: ada.id, context: house.context)
        try users.setActive(false, ada.id, context: house.context)
        try users.setActive(true, ada.id, context: house.context)
        #expect(try !isGood(), "a time without access")
        try users.setActive(false, ada.id, context: house.context)
        #expect(throws: IdentityError.inactive) { try links.create("x", of: ada.id, context: house.context) }
        #expect(throws: IdentityError.missing) { try links.create("x", of: 99, context: house.context) }
    }

    @Test func aUserWithoutAPasswordComesInByLinkOnly() throws {
        let new = NewUser(email: "new@example.com", role: .viewer, password: nil)
        let users = UserStore(house.database)
        let id = try #require(try users.create(new, resetToken: "welcome link", context: house.context))
        let request = try #require(Request(.post, "/login"))
        let signIn = SignIn(house.database, house.environment)
        for guess in ["", " ", "null", "new@example.com"] {
            #expect(try signIn.attempt("new@example.com", password: guess, request) == .refused)
        }
        #expect(try links.user(of: "welcome link", at: house.clock.now)?.id == id)
        try use("welcome link")
        let outcome = try signIn.attempt("new@example.com", password: "another long phrase", request)
        guard case .done = outcome else { return #expect(Bool(false), "\(outcome)") }
    }
}
