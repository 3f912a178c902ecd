import Database
import Support
import Testing

@testable import Jobs

@Suite struct AlertStoreTests {
    private let fixture = JobFixture()

    @Test func anAlertStandsUntilItIsClearedOrItsTimeIsOver() throws {
        let store = AlertStore(try fixture.database())
        let first = fixture.now
        try store.connection.write {
            try store.raise("text_index", "The text index was damaged.", at: first)
            try store.raise("clock", "The clock jumped.", at: first, expiresAt: first.adding(seconds: 60))
        }
        fixture.advance(seconds: 30)
        try store.connection.write { try store.raise("text_index", "It is being rebuilt.", at: fixture.now) }
        #expect(
            try store.standing(at: fixture.now) == [
                Alert(name: "clock", detail: "The clock jumped.", raisedAt: first),
                Alert(name: "text_index", detail: "It is being rebuilt.", raisedAt: first),
            ]
        )
        fixture.advance(seconds: 30)
        #expect(try store.standing(at: fixture.now).map(\.name) == ["text_index"])
        try store.forgetExpired(at: fixture.now)
        #expect(try store.connection.first("SELECT count(*) FROM alert") { row in row.int(0) } == 1)
        #expect(try store.connection.write { try store.clear("text_index") })
        #expect(try store.standing(at: fixture.now).isEmpty)
        #expect(try store.connection.write { try store.clear("text_index") } == false)
    }
}
