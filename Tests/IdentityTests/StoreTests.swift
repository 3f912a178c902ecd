import Database
import Identity
import IdentityTestSupport
import Support
import Testing
import Web

@Suite struct IdentitySchemaTests {
    @Test func upDownAndUpAgainGiveTheSameSchema() throws {
        let database = try Connection.inMemory()
        let migrator = Migrator(IdentitySchema.migrations)
        func schema() throws -> [String] {
            try database.all("SELECT name || ': ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY name") { row in
                row.text(0)
            }
        }
        let empty = try schema()
        try migrator.up(database)
        let first = try schema()
        #expect(first.contains { $0.hasPrefix("user:") })
        try migrator.down(database, steps: IdentitySchema.migrations.count)
        #expect(try schema().filter { !$0.contains("schema_migration") && !$0.contains("sqlite_") } == empty)
        try migrator.up(database)
        #expect(try schema() == first)
    }
}

@Suite struct UserStoreTests {
    @Test func emailAndUsernameAreUniqueWhateverTheCase() throws {
        let house = try TestHouse()
        let user = try house.addUser("Ada@Example.com", .editor, username: "Ada")
        #expect(user.email == "ada@example.com")
        #expect(user.username == "Ada")
        #expect(user.isActive && !user.isAdmin && user.failedLogins == 0 && user.lastLoginAt == nil)
        #expect(try UserStore(house.database).find(email: " ADA@example.COM")?.id == user.id)
        #expect(throws: IdentityError.emailTaken("ada@example.com")) { try house.addUser("ADA@EXAMPLE.COM", .admin) }
        #expect(throws: IdentityError.usernameTaken("ADA")) {
            try house.addUser("other@example.com", .admin, username: "ADA")
        }
        #expect(try UserStore(house.database).all().count == 1)
    }

    @Test func theFirstIsMadeOnce() throws {
        let house = try TestHouse()
        let users = UserStore(house.database)
        let new = NewUser(email: "a@b", role: .admin, password: TestHouse.password)
        #expect(try users.isEmpty())
        #expect(try users.create(new, onlyAsFirst: true, context: house.context) != nil)
        let other = NewUser(email: "c@d", role: .admin, password: TestHouse.password)
        #expect(try users.create(other, onlyAsFirst: true, context: house.context) == nil)
        #expect(try users.all().map(\.email) == ["a@b"])
    }

    @Test func theHashIsStoredAndNotThePassword() throws {
        let house = try TestHouse()
        try house.addUser("a@b", .admin)
        let stored = try house.database.first("SELECT password_hash FROM \"user\"") { row in row.text(0) }
        #expect(stored?.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$") == true)
    }

    @Test func aNewPasswordEndsTheSessions() throws {
        let house = try TestHouse()
        let user = try house.addUser("a@b", .admin)
        let other = try house.addUser("c@d", .admin)
        _ = try house.logIn("a@b")
        _ = try house.logIn("c@d")
        try UserStore(house.database).setPassword("another long phrase", of: user.id, context: house.context)
        let left = try house.database.all("SELECT user_id FROM session") { row in row.int(0) }
        #expect(left == [other.id])
    }
}

@Suite struct TokenStoreTests {
    @Test func onlyTheHashAndThePrefixAreStored() throws {
        let house = try TestHouse()
        let user = try house.addUser("a@b", .admin)
        let secret = try house.addToken(for: user, [.readProducts, .writeProducts])
        let (token, email) = try #require(try TokenStore(house.database).all().first)
        #expect(email == "a@b")
        #expect(secret.hasPrefix(token.prefix) && token.prefix.utf8.count == 13)
        #expect(token.scopes == [.readProducts, .writeProducts])
        let row = try house.database.first("SELECT hex(token_hash) || prefix || name || scopes FROM api_token") { row in
            row.text(0)
        }
        #expect(row?.contains(secret) == false)
    }

    @Test func aTokenIsRevokedOnce() throws {
        let house = try TestHouse()
        let user = try house.addUser("a@b", .admin)
        _ = try house.addToken(for: user, [.readProducts])
        let store = TokenStore(house.database)
        let id = try #require(try store.all().first?.token.id)
        #expect(try store.revoke(id, context: house.context))
        #expect(try !store.revoke(id, context: house.context))
        #expect(try !store.revoke(id + 1, context: house.context))
        #expect(try store.all().first?.token.isAlive(at: house.clock.now) == false)
    }
}
