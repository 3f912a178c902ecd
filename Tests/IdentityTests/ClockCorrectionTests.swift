import Database
import IdentityTestSupport
import Support
import Testing
import Web

@testable import Identity

@Suite struct ClockCorrectionTests {
    private static let year: Int64 = 365 * 86_400
    private let house: TestHouse

    init() throws {
        house = try TestHouse()
        try house.addUser("ada@example.com", .admin)
    }

    private func outcome(_ cookie: String) throws -> Authentication.Outcome {
        let request = try #require(Request(.get, "/", headers: .headers(["Cookie": cookie])))
        return try Authentication(house.database, house.environment).identify(request)
    }

    private func isKnown(_ cookie: String) throws -> Bool {
        if case .known = try outcome(cookie) { return true }
        return false
    }

    @Test func twoYearsForwardEndNoSessionForGood() throws {
        try house.database.write { try SeenTimeStore(house.database).note(house.clock.now) }
        let old = try house.logIn("ada@example.com").cookie
        house.clock.advance(seconds: 2 * Self.year)
        #expect(try !isKnown(old))
        let during = try house.logIn("ada@example.com").cookie
        house.clock.advance(seconds: -2 * Self.year)
        #expect(try isKnown(old), "it was removed by the login meanwhile")
        try house.database.write { try ClockCorrectionStore(house.database).putBack(to: house.clock.now) }
        #expect(try isKnown(during))
        // And what began meanwhile ends as if it had begun now.
        house.clock.advance(seconds: Self.year)
        #expect(try !isKnown(during) && !isKnown(old))
    }

    @Test func attemptsCountForAQuarterOfAnHourAndNoLonger() throws {
        let pair = LoginThrottle.pair(name: "mallory", user: nil, address: "192.0.2.7")
        func seconds() throws -> Int64? {
            try house.database.write {
                try LoginThrottle(connection: house.database).secondsToWait(pair, at: house.clock.now) { false }
            }
        }
        for _ in 0..<LoginThrottle.limit { #expect(try seconds() == nil) }
        #expect(try seconds() == LoginThrottle.window)
        house.clock.advance(seconds: -3600)
        try house.database.write { try ClockCorrectionStore(house.database).putBack(to: house.clock.now) }
        #expect(try seconds() == LoginThrottle.window)
        house.clock.advance(seconds: LoginThrottle.window)
        #expect(try seconds() == nil)
    }
}
