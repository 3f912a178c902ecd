import Database
import Identity
import IdentityTestSupport
import Support
import Synchronization
import Testing
import Web

@Suite struct SignInTests {
    let house: TestHouse
    let signIn: SignIn

    init() throws {
        house = try TestHouse()
        signIn = SignIn(house.database, house.environment)
        try house.addUser("ada@example.com", .editor, username: "Ada")
    }

    func request(from address: String = "192.0.2.1", cookie: String? = nil, isSecure: Bool = false) throws -> Request {
        var headers = Fields.headers(["User-Agent": "Test"])
        if let cookie { headers.append("Cookie", cookie) }
        return try #require(
            Request(.post, "/login", headers: headers, remoteAddress: address, isSecure: isSecure)
        )
    }

    func attempt(_ name: String, _ password: String, from address: String = "192.0.2.1") throws -> SignIn.Outcome {
        try signIn.attempt(name, password: password, try request(from: address))
    }

    func isDone(_ outcome: SignIn.Outcome) -> Bool {
        if case .done = outcome { true } else { false }
    }

    @Test(arguments: ["ada@example.com", " ADA@Example.com ", "ada", "ADA"])
    func byAddressOrUsernameInAnyCase(name: String) throws {
        #expect(isDone(try attempt(name, TestHouse.password)))
    }

    @Test func wrongPasswordAndUnknownUserAreTheSame() throws {
        #expect(try attempt("ada@example.com", "not the password") == .refused)
        #expect(try attempt("nobody@example.com", TestHouse.password) == .refused)
        #expect(try attempt("nobody", TestHouse.password) == .refused)
        #expect(try attempt("ada@example.com", "") == .refused)
        let counted = try house.database.first("SELECT COUNT(*) FROM login_attempt") { row in row.int(0) }
        #expect(counted == 4, "each is counted, whether there is such a user or not")
    }

    @Test func inactiveAndLockedUsersAreRefused() throws {
        let user = try #require(try UserStore(house.database).find(email: "ada@example.com"))
        try UserStore(house.database).setActive(false, user.id, context: house.context)
        #expect(try attempt("ada", TestHouse.password) == .refused)
        try UserStore(house.database).setActive(true, user.id, context: house.context)
        let until = house.clock.now.adding(seconds: 60)
        try house.database.write { try house.database.execute("UPDATE \"user\" SET locked_until = \(until)") }
        #expect(try attempt("ada", TestHouse.password) == .refused)
        house.clock.advance(seconds: 60)
        #expect(isDone(try attempt("ada", TestHouse.password)))
    }

    /// The look at a password takes its time. What happens meanwhile counts: whoever knew the old password is out.
    @Test(arguments: ["password", "deactivate", "lock", "rehash"])
    func whatHappensWhileThePasswordIsLookedAtCounts(change: String) throws {
        let user = try #require(try UserStore(house.database).find(email: "ada@example.com"))
        let cheap = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZWhhc2g"
        nonisolated(unsafe) let house = house
        let calls = Mutex(0)
        let environment = Environment(
            now: {
                // The first is before, the second when the password was found right.
                let count = calls.withLock {
                    $0 += 1
                    return $0
                }
                if count == 2 { Self.change(change, user, house, cheap) }
                return house.clock.now
            },
            random: randomBytes
        )
        let outcome = try SignIn(house.database, environment)
            .attempt("ada", password: TestHouse.password, try request())
        #expect(outcome == .refused)
        #expect(try house.database.first("SELECT COUNT(*) FROM session") { row in row.int(0) } == 0)
        #expect(
            try house.database.first("SELECT COUNT(*) FROM audit_log WHERE action = 'session.fail'") { $0.int(0) } == 1
        )
        guard change == "rehash" else { return }
        #expect(try house.database.first("SELECT password_hash FROM \"user\"") { $0.text(0) } == cheap)
    }

    private static func change(_ change: String, _ user: User, _ house: TestHouse, _ hash: String) {
        let users = UserStore(house.database)
        #expect(throws: Never.self) {
            switch change {
            case "password": try users.setPassword("another long phrase", of: user.id, context: house.context)
            case "deactivate": try users.setActive(false, user.id, context: house.context)
            case "lock":
                try users.update(user.id, context: house.context) { user in
                    var user = user
                    user.lockedUntil = house.clock.now.adding(seconds: 60)
                    return user
                }
            default:
                try house.database.write {
                    try house.database.execute("UPDATE \"user\" SET password_hash = \(hash)")
                }
            }
        }
    }

    @Test func failuresAreCountedUntilALoginIsRight() throws {
        for _ in 0..<3 { _ = try attempt("ada", "not the password") }
        var user = try UserStore(house.database).find(email: "ada@example.com")
        #expect(user?.failedLogins == 3 && user?.lastLoginAt == nil)
        #expect(isDone(try attempt("ada", TestHouse.password)))
        user = try UserStore(house.database).find(email: "ada@example.com")
        #expect(user?.failedLogins == 0)
        #expect(user?.lastLoginAt == house.clock.now)
    }

    @Test func theEleventhAttemptWaits() throws {
        for _ in 0..<10 {
            #expect(try attempt("ada", "not the password") == .refused)
            house.clock.advance(seconds: 1)
        }
        #expect(try attempt("ADA ", TestHouse.password) == .throttled(seconds: 890), "even the right password")
        #expect(isDone(try attempt("ada", TestHouse.password, from: "192.0.2.2")), "somebody from elsewhere gets in")
        #expect(try attempt("grace", "not the password") == .refused, "another account from here is tried")
        house.clock.advance(seconds: 889)
        #expect(try attempt("ada", TestHouse.password) == .throttled(seconds: 1))
        house.clock.advance(seconds: 1)
        #expect(isDone(try attempt("ada", TestHouse.password)))
        #expect(try attempt("ada", "not the password") == .refused, "the right one has cleared the count")
    }

    /// Whoever knows both names of an account gets no more guesses than with one.
    @Test func emailAddressAndUsernameShareTheirAttempts() throws {
        for name in ["ada@example.com", "ada"] {
            for _ in 0..<5 { #expect(try attempt(name, "not the password") == .refused) }
        }
        for name in ["ada@example.com", "ada", " ADA@example.com"] {
            #expect(try attempt(name, TestHouse.password) == .throttled(seconds: 900), "\(name)")
        }
        house.clock.advance(seconds: 900)
        #expect(isDone(try attempt("ada", TestHouse.password)))
        for _ in 0..<9 { #expect(try attempt("ada@example.com", "not the password") == .refused) }
        #expect(isDone(try attempt("ada", TestHouse.password)), "a right one forgives what the other name counted")
        #expect(try attempt("ada@example.com", "not the password") == .refused)
    }

    /// One password with many names: twenty names an address, known and unknown ones alike.
    @Test func manyNamesFromOneAddressWait() throws {
        try house.addUser("bob@example.com", .viewer)
        for number in 0..<20 {
            #expect(try attempt("name\(number)@example.com", "Summer-2026-Summer") == .refused)
            house.clock.advance(seconds: 1)
        }
        #expect(try attempt("name20@example.com", "Summer-2026-Summer") == .throttled(seconds: 880))
        #expect(
            try attempt("name0@example.com", "Summer-2026-Summer") == .throttled(seconds: 880),
            "nor the first again"
        )
        #expect(
            try attempt("bob@example.com", TestHouse.password) == .throttled(seconds: 880),
            "nor a name that exists"
        )
        #expect(isDone(try attempt("bob@example.com", TestHouse.password, from: "192.0.2.2")))
        #expect(try attempt("name20@example.com", "Summer-2026-Summer", from: "192.0.2.2") == .refused)
        let counted = try house.database.first("SELECT COUNT(*) FROM login_attempt") { row in row.int(0) }
        #expect(counted == 21, "what waits is not counted")
        house.clock.advance(seconds: 880)
        #expect(isDone(try attempt("bob@example.com", TestHouse.password)))
    }

    /// Typing errors of colleagues, or somebody in the house who guesses, do not keep out those who work there.
    @Test func thoseWhoLogInFromAnAddressAreNotLockedOutByIt() throws {
        try house.addUser("bob@example.com", .viewer)
        #expect(isDone(try attempt("ada", TestHouse.password, from: "2001:db8:0:1::1")))
        for number in 0..<20 { _ = try attempt("name\(number)", "guess", from: "2001:db8:0:1::66") }
        #expect(try attempt("name20", "guess", from: "2001:db8:0:1::66") == .throttled(seconds: 900))
        #expect(isDone(try attempt("ada@example.com", TestHouse.password, from: "2001:db8:0:1::2")))
        #expect(try attempt("bob@example.com", TestHouse.password, from: "2001:db8:0:1::2") == .throttled(seconds: 900))
        for _ in 0..<10 { #expect(try attempt("ada", "guess", from: "2001:db8:0:1::66") == .refused) }
        #expect(try attempt("ada", "guess", from: "2001:db8:0:1::66") == .throttled(seconds: 900), "as ever")
    }

    /// An office of twenty-five people who all get it right in the end.
    @Test func rightLoginsDoNotCountForTheirAddress() throws {
        for number in 0..<25 {
            try house.addUser("p\(number)@example.com", .viewer)
            #expect(try attempt("p\(number)@example.com", "mistyped") == .refused)
            #expect(isDone(try attempt("p\(number)@example.com", TestHouse.password)))
        }
    }

    @Test func aThrottledAttemptProlongsNothing() throws {
        for _ in 0..<10 { _ = try attempt("ada", "not the password") }
        for _ in 0..<20 { _ = try attempt("ada", "not the password") }
        house.clock.advance(seconds: 900)
        #expect(isDone(try attempt("ada", TestHouse.password)))
    }

    @Test func neighboursInOneIPv6NetworkAreOne() throws {
        for host in 0..<10 { _ = try attempt("ada", "not the password", from: "2001:db8:0:1::\(host)") }
        let outcome = try attempt("ada", TestHouse.password, from: "2001:db8:0:1:ffff::1")
        #expect(outcome == .throttled(seconds: 900))
        #expect(isDone(try attempt("ada", TestHouse.password, from: "2001:db8:0:2::1")))
    }

    @Test func anIPv4AddressInIPv6ClothesIsTheSame() throws {
        for _ in 0..<10 { _ = try attempt("ada", "not the password", from: "::ffff:192.0.2.7") }
        #expect(try attempt("ada", TestHouse.password, from: "192.0.2.7") == .throttled(seconds: 900))
        #expect(isDone(try attempt("ada", TestHouse.password, from: "::ffff:192.0.2.8")))
    }

    @Test func whatWasTypedIsNotKept() throws {
        _ = try attempt("my secret typed in the wrong field", "x")
        let kept = try house.database.first("SELECT hex(account_hash) || address FROM login_attempt") { row in
            row.text(0)
        }
        #expect(kept?.utf8.count == 64 + "192.0.2.1".utf8.count)
    }

    @Test func oldAttemptsAndDeadSessionsAreSweptOut() throws {
        _ = try attempt("ada", "not the password")
        _ = try house.logIn("ada")
        house.clock.advance(seconds: 13 * 3600)
        _ = try house.logIn("ada")
        #expect(try house.database.first("SELECT COUNT(*) FROM session") { row in row.int(0) } == 1)
        #expect(try house.database.first("SELECT COUNT(*) FROM login_attempt") { row in row.int(0) } == 0)
    }

    @Test func aLoginGivesAnotherTokenAndEndsTheOldOne() throws {
        let (old, oldCSRF) = try house.logIn("ada")
        let outcome = try signIn.attempt("ada", password: TestHouse.password, try request(cookie: old))
        guard case .done(_, let csrfToken, let cookie) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect("\(cookie.name)=\(cookie.value)" != old)
        #expect(csrfToken != oldCSRF)
        let authentication = Authentication(house.database, house.environment)
        #expect(try authentication.identify(try request(cookie: old)) == .expired)
    }

    @Test func aTokenFromTheClientIsNeverTaken() throws {
        let planted = "bodega_session=chosen-by-somebody-else"
        let outcome = try signIn.attempt("ada", password: TestHouse.password, try request(cookie: planted))
        guard case .done(_, _, let cookie) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(cookie.value != "chosen-by-somebody-else")
        let authentication = Authentication(house.database, house.environment)
        #expect(try authentication.identify(try request(cookie: planted)) == .expired)
    }

    @Test func theCookiesFlags() throws {
        func cookie(isSecure: Bool) throws -> String {
            let request = try request(isSecure: isSecure)
            guard case .done(_, _, let cookie) = try signIn.attempt("ada", password: TestHouse.password, request)
            else { return "" }
            return cookie.text.replacing(cookie.value, with: "T")
        }
        #expect(try cookie(isSecure: false) == "bodega_session=T; Path=/; HttpOnly; SameSite=Lax")
        #expect(try cookie(isSecure: true) == "__Host-bodega_session=T; Path=/; HttpOnly; Secure; SameSite=Lax")
    }

    @Test func aCheaperHashIsReplacedAtTheNextLogin() throws {
        // The hash of "correct horse battery" at m = 8 MiB, t = 1.
        let cheap = "$argon2id$v=19$m=8192,t=1,p=1$QbDtA1YBn3Fq8GcAZ5n11Q$b9vIwa3/c4ENm2/GQCKiymc/kYzENr1kr+u5dnmCDjs"
        try house.database.write { try house.database.execute("UPDATE \"user\" SET password_hash = \(cheap)") }
        #expect(isDone(try attempt("ada", TestHouse.password)))
        let stored = try house.database.first("SELECT password_hash FROM \"user\"") { row in row.text(0) }
        #expect(stored?.contains("m=19456,t=2") == true)
        #expect(isDone(try attempt("ada", TestHouse.password)))
    }
}
