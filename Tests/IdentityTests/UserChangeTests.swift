import Database
import Identity
import IdentityTestSupport
import Support
import Synchronization
import TestSupport
import Testing
import Web

@Suite struct UserChangeTests {
    let house: TestHouse
    let users: UserStore

    init() throws {
        house = try TestHouse()
        users = UserStore(house.database)
    }

    func actions() throws -> [String] {
        try house.database.all("SELECT action || ' ' || entity || ' ' || entity_id FROM audit_log ORDER BY id") { row in
            row.text(0)
        }
    }

    @Test func everyChangeIsInTheTrail() throws {
        let admin = try house.addUser("root@example.com", .admin)
        let user = try house.addUser("ada@example.com", .viewer)
        try users.update(user.id, context: house.context) { current in
            var edited = current
            edited.role = .editor
            edited.firstName = "Ada"
            return edited
        }
        try users.verify(user.id, context: house.context)
        _ = try house.addToken(for: user, [.readProducts])
        _ = try house.logIn("ada@example.com")
        try users.setPassword("another long phrase", of: user.id, context: house.context)
        _ = try house.addToken(for: user, [.readProducts])
        try users.setActive(false, user.id, context: house.context)
        try users.setActive(true, user.id, context: house.context)
        let expected = [
            "user.create user \(admin.id)", "user.create user \(user.id)", "user.update user \(user.id)",
            "user.verify user \(user.id)", "token.create token 1", "password.change user \(user.id)",
            "token.create token 2", "user.deactivate user \(user.id)", "user.activate user \(user.id)",
        ]
        #expect(try actions().filter { !$0.hasPrefix("session.") } == expected)
        let change = try house.database.first(
            "SELECT before || after FROM audit_log WHERE action = 'user.update'"
        ) { row in row.text(0) }
        #expect(change == #"{"first_name":null,"role":"viewer"}{"first_name":"Ada","role":"editor"}"#)
        let end = try house.database.first(
            "SELECT after FROM audit_log WHERE action = 'user.deactivate'"
        ) { row in row.text(0) }
        #expect(end == #"{"is_active":false,"sessions_ended":0,"tokens_revoked":2}"#)
        #expect(try AuditStore(house.database).verify().isIntact)
        let everything = try house.database.all(
            "SELECT COALESCE(before, '') || COALESCE(after, '') FROM audit_log"
        ) { row in row.text(0) }.joined()
        for secret in ["argon2", "another long phrase", TestHouse.password] {
            #expect(!everything.contains(secret))
        }
    }

    @Test func nothingChangedIsNoChange() throws {
        let user = try house.addUser("ada@example.com", .viewer)
        let before = try actions()
        let same = try users.update(user.id, context: house.context) { $0 }
        #expect(same == user)
        #expect(try actions() == before)
    }

    @Test func theVersionGoesOnAndTheTagWithIt() throws {
        let user = try house.addUser("ada@example.com", .viewer)
        #expect(user.version == 1)
        let edited = try users.update(user.id, context: house.context) { current in
            var edited = current
            edited.lastName = "Lovelace"
            return edited
        }
        #expect(edited.version == 2 && edited.entityTag != user.entityTag)
        _ = try house.logIn("ada@example.com")
        let seen = try users.find(user.id)
        #expect(seen?.lastLoginAt == house.clock.now && seen?.entityTag == edited.entityTag, "a login is no edit")
    }

    @Test func anotherAddressIsNotVerified() throws {
        let user = try house.addUser("ada@example.com", .viewer)
        try PasswordResetStore(house.database).create("link", of: user.id, context: house.context)
        #expect(try users.verify(user.id, context: house.context).verifiedAt == house.clock.now)
        let edited = try users.update(user.id, context: house.context) { current in
            var edited = current
            edited.email = "Ada@Other.example"
            return edited
        }
        #expect(edited.email == "ada@other.example" && edited.verifiedAt == nil)
        #expect(try PasswordResetStore(house.database).user(of: "link", at: house.clock.now) == nil)
    }

    @Test func takenNamesAreRefused() throws {
        let ada = try house.addUser("ada@example.com", .viewer, username: "ada")
        try house.addUser("grace@example.com", .viewer, username: "grace")
        func edit(_ change: @escaping (inout User) -> Void) throws {
            try users.update(ada.id, context: house.context) { current in
                var edited = current
                change(&edited)
                return edited
            }
        }
        #expect(throws: IdentityError.emailTaken("grace@example.com")) { try edit { $0.email = "GRACE@example.com" } }
        #expect(throws: IdentityError.usernameTaken("GRACE")) { try edit { $0.username = "GRACE" } }
        try edit { $0.username = "ADA" }
        #expect(try users.find(ada.id)?.username == "ADA", "one's own in another case is not taken")
        #expect(throws: IdentityError.missing) { try users.update(99, context: house.context) { $0 } }
    }

    // MARK: The last administrator

    @Test func theLastActiveAdministratorStays() throws {
        let root = try house.addUser("root@example.com", .admin)
        let other = try house.addUser("other@example.com", .admin)
        try users.setActive(false, other.id, context: house.context)
        #expect(throws: IdentityError.lastAdmin) { try users.setActive(false, root.id, context: house.context) }
        #expect(throws: IdentityError.lastAdmin) { try demote(root.id, users) }
        #expect(try users.find(root.id) == root, "nothing has happened")
        try users.setActive(true, other.id, context: house.context)
        try demote(root.id, users)
        #expect(throws: IdentityError.lastAdmin) { try demote(other.id, users) }
    }

    /// Somebody who is kept out for a while can let nobody in meanwhile.
    @Test func theLastAdministratorIsNotLockedOut() throws {
        let root = try house.addUser("root@example.com", .admin)
        let other = try house.addUser("other@example.com", .admin)
        let end = house.clock.now.adding(seconds: 3600)
        #expect(try lock(other.id, until: end).lockedUntil == end)
        #expect(throws: IdentityError.lastAdmin) { try lock(root.id, until: end) }
        #expect(throws: IdentityError.lastAdmin) { try demote(root.id, users) }
        house.clock.advance(seconds: 3600)
        #expect(try lock(root.id, until: house.clock.now.adding(seconds: 60)).lockedUntil != nil)
    }

    private func lock(_ id: Int64, until end: Timestamp) throws -> User {
        try users.update(id, context: house.context) { current in
            var edited = current
            edited.lockedUntil = end
            return edited
        }
    }

    private func demote(_ id: Int64, _ users: UserStore) throws {
        try users.update(id, context: house.context) { current in
            var edited = current
            edited.role = .viewer
            return edited
        }
    }

    /// Many times over: two administrators on two connections remove each other at the same moment.
    @Test func twoAdministratorsCannotRemoveEachOther() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("people.db")
        let house = try TestHouse(database: try Connection(path: path, role: .web))
        let first = try house.addUser("first@example.com", .admin)
        let second = try house.addUser("second@example.com", .admin)
        let context = house.context
        for round in 0..<10 {
            let meeting = Meeting()
            let threads = [first.id, second.id].map { id in
                TestThread {
                    do {
                        let users = UserStore(try Connection(path: path, role: .web))
                        meeting.ready.add(1, ordering: .sequentiallyConsistent)
                        while meeting.ready.load(ordering: .sequentiallyConsistent) < 2 {}
                        if round.isMultiple(of: 2) {
                            try users.setActive(false, id, context: context)
                        } else {
                            try users.update(id, context: context) { current in
                                var edited = current
                                edited.role = .editor
                                return edited
                            }
                        }
                    } catch IdentityError.lastAdmin {
                        meeting.refused.add(1, ordering: .sequentiallyConsistent)
                    } catch {
                        meeting.refused.add(100, ordering: .sequentiallyConsistent)
                    }
                }
            }
            for thread in threads { thread.join() }
            #expect(meeting.refused.load(ordering: .sequentiallyConsistent) == 1, "round \(round)")
            let left = try house.database.first(
                "SELECT COUNT(*) FROM \"user\" WHERE role = 'admin' AND is_active = 1"
            ) { row in row.int(0) }
            #expect(left == 1)
            try house.database.write {
                try house.database.execute("UPDATE \"user\" SET role = 'admin', is_active = 1")
            }
        }
    }

    // MARK: Out at once

    @Test func aDeactivatedUserIsOutAtOnceEverywhere() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("people.db")
        let here = try Connection(path: path, role: .web)
        let house = try TestHouse(database: here)
        try house.addUser("root@example.com", .admin)
        let user = try house.addUser("ada@example.com", .editor)
        let secret = try house.addToken(for: user, [.readProducts])
        let (cookie, _) = try house.logIn("ada@example.com")
        // Two workers, each with the token in its memory.
        let other = try Connection(path: path, role: .web)
        let workers = [here, other].map { Authentication($0, house.environment) }
        let byToken = try #require(Request(.get, "/", headers: .headers(["Authorization": "Bearer \(secret)"])))
        let byCookie = try #require(Request(.get, "/", headers: .headers(["Cookie": cookie])))
        for worker in workers {
            for _ in 0..<2 {
                guard case .known = try worker.identify(byToken) else { return #expect(Bool(false), "not known") }
            }
        }
        try UserStore(here).setActive(false, user.id, context: house.context)
        for worker in workers {
            #expect(try worker.identify(byToken) == .badToken)
            #expect(try worker.identify(byCookie) == .expired)
        }
        try UserStore(other).setActive(true, user.id, context: house.context)
        for worker in workers {
            #expect(try worker.identify(byToken) == .badToken, "a token does not come back")
            #expect(try worker.identify(byCookie) == .expired)
        }
    }
}

/// Where two threads wait for each other and say what became of them.
private final class Meeting: Sendable {
    let ready = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
}

@Suite struct UserListTests {
    let house: TestHouse
    let users: UserStore

    init() throws {
        house = try TestHouse()
        users = UserStore(house.database)
        for (index, name) in ["bob", "ada", "eve", "dan", "cat"].enumerated() {
            try house.addUser("\(name)@example.com", index == 0 ? .admin : .viewer, username: name.uppercased())
            house.clock.advance(seconds: 1)
        }
        for name in ["ada", "eve"] {
            _ = try house.logIn("\(name)@example.com")
            house.clock.advance(seconds: 1)
        }
    }

    func names(_ filter: UserFilter = UserFilter(), _ sort: UserSort = UserSort(), limit: Int = 2) throws -> [String] {
        var found: [User] = []
        while true {
            let cursor = found.last.map { (value: sort.value(of: $0), id: $0.id) }
            let page = try users.list(filter, sort, after: cursor, limit: limit)
            found += page
            if page.count < limit { return found.map { String($0.email.prefix(3)) } }
        }
    }

    @Test(arguments: [
        (UserSort.Key.email, "ada bob cat dan eve", "eve dan cat bob ada"),
        (.id, "bob ada eve dan cat", "cat dan eve ada bob"),
        (.createdAt, "bob ada eve dan cat", "cat dan eve ada bob"),
        (.lastLoginAt, "ada eve bob dan cat", "eve ada cat dan bob"),
    ])
    func pageByPageInEveryOrder(key: UserSort.Key, up: String, down: String) throws {
        for limit in 1...5 {
            #expect(try names(UserFilter(), UserSort(key), limit: limit).joined(separator: " ") == up)
            let found = try names(UserFilter(), UserSort(key, descends: true), limit: limit)
            #expect(found.joined(separator: " ") == down)
        }
    }

    @Test func filters() throws {
        #expect(try names(UserFilter(role: .admin)) == ["bob"])
        #expect(try names(UserFilter(q: "EVE")) == ["eve"])
        #expect(try names(UserFilter(q: "example a")) == ["ada", "bob", "cat", "dan", "eve"])
        #expect(try names(UserFilter(q: "ada example.com")) == ["ada"])
        for literal in ["%", "_", "\\", "a%a"] { #expect(try names(UserFilter(q: literal)) == [], "\(literal)") }
        let cat = try #require(try users.find(email: "cat@example.com"))
        try users.update(cat.id, context: house.context) { current in
            var edited = current
            edited.firstName = "Çağla"
            return edited
        }
        #expect(try names(UserFilter(q: "çağ")) == ["cat"], "names are searched too")
        try users.setActive(false, cat.id, context: house.context)
        #expect(try names(UserFilter(isActive: false)) == ["cat"])
        #expect(try users.count(UserFilter(isActive: true)) == 4)
        #expect(try names(UserFilter(isVerified: true)) == [])
    }

    @Test func statistics() throws {
        house.clock.advance(seconds: 8 * 86_400)
        _ = try house.logIn("bob@example.com")
        let cat = try #require(try users.find(email: "cat@example.com"))
        try users.setActive(false, cat.id, context: house.context)
        let figures = try users.statistics(at: house.clock.now)
        #expect(figures.total == 5 && figures.active == 4 && figures.inactive == 1 && figures.verified == 0)
        #expect(figures.byRole == [.admin: 1, .viewer: 4])
        #expect([figures.day, figures.week, figures.month, figures.older, figures.never] == [1, 0, 2, 0, 2])
    }
}
