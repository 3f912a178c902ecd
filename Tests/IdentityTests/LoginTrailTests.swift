import Database
import Identity
import IdentityTestSupport
import Support
import Testing
import Web

@Suite struct LoginTrailTests {
    let house: TestHouse
    let ada: User

    init() throws {
        house = try TestHouse()
        ada = try house.addUser("ada@example.com", .editor)
    }

    private func trail(_ action: String) throws -> [AuditRecord] {
        var filter = AuditTrailStore.Filter()
        filter.action = action
        return try AuditTrailStore(house.database).list(filter, limit: 1000)
    }

    private func attempt(_ name: String, _ password: String = "a wrong password", address: String) throws {
        let request = try #require(Request(.post, "/login", id: "r9", remoteAddress: address))
        _ = try SignIn(house.database, house.environment).attempt(name, password: password, request)
    }

    @Test func loginsAndLogoutsLeaveATrail() throws {
        try attempt("ada@example.com", TestHouse.password, address: "192.0.2.5")
        let login = try #require(try trail("session.begin").first)
        #expect(login.actor == "user:\(ada.id)" && login.entityID == String(ada.id))
        #expect(login.ip == "192.0.2.5" && login.requestID == "r9")
        try SessionStore(house.database).logOut(1, ofUser: ada.id, context: house.context)
        try SessionStore(house.database).logOut(1, ofUser: ada.id, context: house.context)
        #expect(try trail("session.end").count == 1, "there was one session to end")
    }

    @Test func whatWasTypedIsNotKept() throws {
        try attempt("my secret passphrase", address: "192.0.2.5")
        let failure = try #require(try trail("session.fail_unknown").first)
        #expect(failure.actor == "anonymous" && failure.entityID == nil)
        let count = try house.database.first(
            "SELECT COUNT(*) FROM audit_log WHERE COALESCE(before, '') || COALESCE(after, '') LIKE '%secret%'"
        ) { row in row.int(0) }
        #expect(count == 0)
    }

    @Test func failuresAreBounded() throws {
        for number in 0..<60 {
            try attempt("nobody-\(number)", address: "192.0.2.\(number)")
            try attempt("ada@example.com", address: "192.0.2.\(number)")
        }
        #expect(try trail("session.fail_unknown").count == 50)
        let known = try trail("session.fail")
        #expect(known.count == 50 && known.allSatisfy { $0.entityID == String(ada.id) })
        #expect(known.first?.after?.contains("not listed") == true)
        house.clock.advance(seconds: 3601)
        try attempt("ada@example.com", address: "192.0.2.1")
        #expect(try trail("session.fail").count == 51)
        #expect(try AuditStore(house.database).verify().isIntact)
    }

    @Test func peopleAndTokensLeaveATrailWithoutSecrets() throws {
        let secret = try house.addToken(for: ada, [.readProducts])
        try UserStore(house.database).setPassword("another long password", of: ada.id, context: house.context)
        try UserStore(house.database).setActive(false, ada.id, context: house.context)
        _ = try TokenStore(house.database).revoke(1, context: house.context)
        let all = try AuditTrailStore(house.database).list(AuditTrailStore.Filter(), descends: false, limit: 10)
        #expect(
            all.map(\.action) == ["user.create", "token.create", "password.change", "user.deactivate"],
            "who was deactivated has no tokens left to revoke"
        )
        let text = all.map { "\($0.before ?? "")\($0.after ?? "")" }.joined()
        #expect(text.contains("ada@example.com") && !text.contains("argon2") && !text.contains(secret))
        #expect(!text.contains(TestHouse.password) && !text.contains("another long password"))
    }
}
