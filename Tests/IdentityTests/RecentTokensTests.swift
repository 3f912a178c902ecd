import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

/// A worker remembers tokens; what is taken away ends with the next request all the same, whoever took it away.
@Suite struct RecentTokensTests {
    enum Change: CaseIterable {
        case revoke, deactivate, otherRole, otherScopes, expire
    }

    private let routes: [AppRoute] = [
        AppRoute(.get, "/api/things", access: .permission(.writeProducts), .page("things")) { _ in .text("reached") }
    ]

    @Test(arguments: Change.allCases, [false, true])
    func theNextRequestIsRefused(_ change: Change, byAnotherProcess: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("test.db")
        let house = try TestHouse(database: Connection(path: path, role: .web))
        let ada = try house.addUser("ada@example.com", .editor)
        let secret = try house.addToken(for: ada, [.writeProducts], seconds: 60)
        let client = try house.client(routes)
        let bearer = Fields.headers(["Authorization": "Bearer \(secret)"])
        for _ in 0..<3 { #expect(try client.get("/api/things", headers: bearer).status == 200) }

        let writer = byAnotherProcess ? try Connection(path: path, role: .web) : house.database
        var refusal = 401
        switch change {
        case .revoke:
            let token = try #require(try TokenStore(writer).all().first?.token)
            #expect(try TokenStore(writer).revoke(token.id, context: house.context))
        case .deactivate: try UserStore(writer).setActive(false, ada.id, context: house.context)
        case .otherRole:
            refusal = 403
            try writer.write { try writer.execute("UPDATE \"user\" SET role = 'viewer'") }
        case .otherScopes:
            refusal = 403
            try writer.write { try writer.execute("UPDATE api_token SET scopes = 'read:products'") }
        case .expire: house.clock.advance(seconds: 61)
        }
        #expect(try client.get("/api/things", headers: bearer).status == refusal)
    }

    @Test func aTokenThatIsMadeLaterIsKnownAtOnce() throws {
        let house = try TestHouse()
        let ada = try house.addUser("ada@example.com", .editor)
        let client = try house.client(routes)
        #expect(try client.get("/api/things", headers: .headers(["Authorization": "Bearer bodega_no"])).status == 401)
        let secret = try house.addToken(for: ada, [.writeProducts])
        let bearer = Fields.headers(["Authorization": "Bearer \(secret)"])
        #expect(try client.get("/api/things", headers: bearer).status == 200)
    }
}
