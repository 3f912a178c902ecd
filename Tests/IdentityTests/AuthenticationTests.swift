import Database
import Identity
import IdentityTestSupport
import Support
import Testing
import Web

@Suite struct AuthenticationTests {
    let house: TestHouse
    let ada: User

    init() throws {
        house = try TestHouse()
        ada = try house.addUser("ada@example.com", .editor)
    }

    func identify(
        _ headers: KeyValuePairs<String, String>,
        isSecure: Bool = false,
        touches: Bool = true
    ) throws -> Authentication.Outcome {
        let request = try #require(Request(.get, "/", headers: .headers(headers), isSecure: isSecure))
        let authentication = Authentication(house.database, house.environment)
        let outcome = try authentication.identify(request)
        if touches, case .known(let principal) = outcome { authentication.noteUse(by: principal) }
        return outcome
    }

    func isKnown(_ outcome: Authentication.Outcome) -> Bool {
        if case .known = outcome { true } else { false }
    }

    func lastSeen() throws -> Timestamp? {
        try house.database.first("SELECT last_seen_at FROM session") { row in row.time(0) }
    }

    @Test func aCookieIsASession() throws {
        let (cookie, csrfToken) = try house.logIn("ada@example.com")
        guard case .known(let principal) = try identify(["Cookie": "a=b; \(cookie)"]) else {
            return #expect(Bool(false), "not known")
        }
        #expect(principal.user.id == ada.id)
        #expect(principal.csrfToken == csrfToken)
        #expect(principal.actor == .user(ada.id))
        #expect(principal.permissions == Role.editor.permissions)
    }

    @Test func nothingIsAnonymousAndRubbishIsExpired() throws {
        #expect(try identify([:]) == .anonymous)
        #expect(try identify(["Cookie": "other=x"]) == .anonymous)
        #expect(try identify(["Cookie": "bodega_session="]) == .anonymous)
        #expect(try identify(["Cookie": "bodega_session=x"]) == .expired)
        #expect(try identify(["Authorization": "Basic YTpi"]) == .anonymous)
    }

    @Test func theCookieOfTheOtherSchemeCountsForNothing() throws {
        let (plain, _) = try house.logIn("ada@example.com")
        #expect(try identify(["Cookie": plain], isSecure: true) == .anonymous)
        let (prefixed, _) = try house.logIn("ada@example.com", isSecure: true)
        #expect(prefixed.hasPrefix("__Host-"))
        #expect(try identify(["Cookie": prefixed]) == .anonymous)
        #expect(isKnown(try identify(["Cookie": prefixed], isSecure: true)))
    }

    @Test func anIdleSessionEnds() throws {
        let (cookie, _) = try house.logIn("ada@example.com")
        house.clock.advance(seconds: 12 * 3600 - 1)
        #expect(isKnown(try identify(["Cookie": cookie])), "and slides on")
        house.clock.advance(seconds: 12 * 3600 - 1)
        #expect(isKnown(try identify(["Cookie": cookie])))
        house.clock.advance(seconds: 12 * 3600)
        #expect(try identify(["Cookie": cookie]) == .expired)
    }

    @Test func aBusySessionEndsToo() throws {
        let (cookie, _) = try house.logIn("ada@example.com")
        for _ in 0..<(30 * 4 - 1) {
            house.clock.advance(seconds: 6 * 3600)
            #expect(isKnown(try identify(["Cookie": cookie])))
        }
        house.clock.advance(seconds: 6 * 3600)
        #expect(try identify(["Cookie": cookie]) == .expired)
    }

    @Test func useIsNotedOnceInFiveMinutes() throws {
        let (cookie, _) = try house.logIn("ada@example.com")
        let begun = house.clock.now
        house.clock.advance(seconds: 299)
        _ = try identify(["Cookie": cookie])
        #expect(try lastSeen() == begun)
        house.clock.advance(seconds: 1)
        _ = try identify(["Cookie": cookie], touches: false)
        #expect(try lastSeen() == begun)
        _ = try identify(["Cookie": cookie])
        #expect(try lastSeen() == house.clock.now)
    }

    @Test func useOfATokenIsNotedTheSameWay() throws {
        let secret = try house.addToken(for: ada, [.readProducts])
        _ = try identify(["Authorization": "Bearer \(secret)"])
        let first = house.clock.now
        house.clock.advance(seconds: 200)
        _ = try identify(["Authorization": "Bearer \(secret)"])
        #expect(try TokenStore(house.database).all().first?.token.lastUsedAt == first)
    }

    @Test func aTokenReachesAsFarAsItsScopesAndItsUser() throws {
        let secret = try house.addToken(for: ada, [.readProducts, .readMetrics])
        guard case .known(let principal) = try identify(["Authorization": "bearer \(secret)"]) else {
            return #expect(Bool(false), "not known")
        }
        #expect(principal.permissions == [.readProducts], "an editor has no read:metrics to give")
        #expect(principal.csrfToken == nil)
        guard case .token = principal.actor else { return #expect(Bool(false), "\(principal.actor)") }
    }

    @Test func aBadTokenIsBadBesideAGoodCookie() throws {
        let (cookie, _) = try house.logIn("ada@example.com")
        for header in ["Bearer x", "Bearer ", "Bearer", "bearer bodega_"] {
            #expect(try identify(["Authorization": header, "Cookie": cookie]) == .badToken, "\(header)")
        }
    }

    @Test func aGoodTokenBeatsTheCookie() throws {
        let (cookie, _) = try house.logIn("ada@example.com")
        let grace = try house.addUser("grace@example.com", .viewer)
        let secret = try house.addToken(for: grace, [.readProducts])
        guard case .known(let principal) = try identify(["Authorization": "Bearer \(secret)", "Cookie": cookie])
        else { return #expect(Bool(false), "not known") }
        #expect(principal.user.id == grace.id)
    }

    @Test func expiredAndRevokedTokensAreBad() throws {
        let secret = try house.addToken(for: ada, [.readProducts], seconds: 60)
        house.clock.advance(seconds: 59)
        #expect(isKnown(try identify(["Authorization": "Bearer \(secret)"])))
        house.clock.advance(seconds: 1)
        #expect(try identify(["Authorization": "Bearer \(secret)"]) == .badToken)
        let other = try house.addToken(for: ada, [.readProducts])
        let id = try #require(try TokenStore(house.database).all().first?.token.id)
        _ = try TokenStore(house.database).revoke(id, context: house.context)
        #expect(try identify(["Authorization": "Bearer \(other)"]) == .badToken)
    }

    @Test func aDeactivatedUserIsOutAtOnce() throws {
        let (cookie, _) = try house.logIn("ada@example.com")
        let secret = try house.addToken(for: ada, [.readProducts])
        try house.database.write { try house.database.execute("UPDATE \"user\" SET is_active = 0") }
        #expect(try identify(["Cookie": cookie]) == .expired)
        #expect(try identify(["Authorization": "Bearer \(secret)"]) == .badToken)
        try UserStore(house.database).setActive(true, ada.id, context: house.context)
        #expect(isKnown(try identify(["Cookie": cookie])))
        try UserStore(house.database).setActive(false, ada.id, context: house.context)
        try UserStore(house.database).setActive(true, ada.id, context: house.context)
        #expect(try identify(["Cookie": cookie]) == .expired, "the sessions are gone for good")
    }
}
