import AdminKit
import AdminKitTestSupport
import Identity
import IdentityTestSupport
import Markup
import Support
import Testing
import Web

@testable import Accounts

/// The pages as markup: sound, with everything that people wrote escaped in its place.
@Suite struct PeopleViewTests {
    private let now = Timestamp(milliseconds: 1_795_262_400_000)

    private var shell: Shell {
        var shell = Shell.mock(path: "/users")
        shell.permissions.insert(.adminUsers)
        return shell
    }

    private func user(_ id: Int64 = 7) -> User {
        var user = User.blank
        user.email = hostile("email")
        user.username = hostile("username")
        user.firstName = hostile("first")
        user.lastName = hostile("last")
        user.verifiedAt = now
        user.lastLoginAt = now
        return user
    }

    private func pagination(_ count: Int) -> Pagination {
        Pagination(count: count, total: .exactly(count), noun: Noun("user", "users"))
    }

    @Test func theListOfUsers() {
        let state = ListState(path: "/users", query: ["q": hostile("query")], defaultSort: "email")
        let statistics = UserStatistics()
        let page = UserListView.html(
            UserListModel(state: state, users: [user()], pagination: pagination(1), statistics: statistics),
            in: shell
        )
        #expect(faults(in: page) == [])
        #expect(missing(["email", "username", "first", "query"], in: page) == [])
        let none = UserListView.html(
            UserListModel(state: state, users: [], pagination: pagination(0), statistics: statistics),
            in: shell
        )
        #expect(faults(in: none) == [] && none.text.contains("No user matches"))
        render("users", page)
    }

    @Test func oneUser() {
        let fields = [FormField("email", "Email address", value: hostile("typed"), error: hostile("error"))]
        for isConflict in [true, false] {
            let model = UserEditModel(stored: user(), fields: fields, isConflict: isConflict, sessions: 2, tokens: 3)
            let page = UserEditView.html(model, in: shell)
            #expect(faults(in: page) == [])
            #expect(missing(["email", "typed", "error"], in: page) == [])
            #expect(page.text.contains("Somebody changed this user meanwhile.") == isConflict)
        }
        var off = user()
        off.isActive = false
        let page = UserEditView.html(UserEditModel(stored: off, fields: []), in: shell)
        #expect(page.text.contains("Activate user") && !page.text.contains("password link"))
        let new = UserEditView.html(UserEditModel(stored: nil, fields: fields), in: shell)
        #expect(faults(in: new) == [] && !new.text.contains("Access"))
        let link = UserEditView.link(user(), url: hostile("url"), until: now, isNew: true, in: shell)
        #expect(faults(in: link) == [] && missing(["url", "email"], in: link) == [])
    }

    @Test func theOwnProfile() throws {
        let house = try TestHouse()
        let ada = try house.addUser("ada@example.com", .viewer)
        _ = try house.logIn("ada@example.com")
        let sessions = try SessionStore(house.database).list(ofUser: ada.id, at: house.clock.now, limit: 9)
        let page = ProfileView.html(
            ProfileModel(
                user: user(),
                fields: [FormField("first_name", "First name", value: hostile("first"))],
                sessions: sessions,
                currentSession: nil,
                sessionCount: 3,
                tokens: 1
            ),
            in: shell
        )
        #expect(faults(in: page) == [])
        #expect(missing(["first", "email"], in: page) == [])
        #expect(page.text.contains("Log out 3 other sessions") && page.text.contains("These are the latest 1 of 3."))
        let form = ProfileView.form(
            "Change password",
            action: AccountsPath.profilePassword,
            [FormField("password", "Password", .newPassword)],
            [Problem("password", "x", hostile("problem")), Problem("", "y", hostile("general"))],
            explanation: hostile("explanation"),
            in: shell
        )
        #expect(faults(in: form) == [] && missing(["problem", "general", "explanation"], in: form) == [])
    }

    @Test func tokens() throws {
        let house = try TestHouse()
        let ada = try house.addUser("ada@example.com", .editor)
        _ = try house.addToken(for: ada, [Permission(rawValue: "read:products")])
        var token = try #require(try TokenStore(house.database).find(1))
        token.name = hostile("token")
        let state = ListState(path: "/tokens", query: ["user_id": "99"], defaultSort: "-id")
        let model = TokenListModel(
            state: state,
            tokens: [token],
            pagination: pagination(1),
            owners: [ada.id: hostile("owner")],
            userID: ada.id,
            now: house.clock.now
        )
        let page = TokenView.list(model, in: shell)
        #expect(faults(in: page) == [] && missing(["token", "owner"], in: page) == [])
        let secret = TokenView.secret(token, hostile("secret"), isNew: true, in: shell)
        #expect(faults(in: secret) == [] && missing(["token", "secret"], in: secret) == [])
        let revoke = TokenView.revoke(token, owner: hostile("owner"), in: shell)
        #expect(faults(in: revoke) == [] && missing(["token", "owner"], in: revoke) == [])
        let rotate = TokenView.rotate(token, FormField("grace_hours", "Grace"), in: shell)
        #expect(faults(in: rotate) == [] && missing(["token"], in: rotate) == [])
    }

    @Test func theLink() {
        let page = ResetView.form(
            "token",
            email: hostile("email"),
            [Problem("password", "x", hostile("problem"))],
            in: Shell.mock(path: "/reset/token", user: nil)
        )
        #expect(faults(in: page) == [] && missing(["email", "problem"], in: page) == [])
        #expect(!page.text.contains("<nav"))
        #expect(faults(in: ResetView.gone(in: Shell.mock(path: "/reset/x", user: nil))) == [])
    }
}
