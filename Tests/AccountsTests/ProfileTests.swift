import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@Suite struct ProfileTests {
    let people: PeopleHouse
    let ed: TestClient

    init() throws {
        people = try PeopleHouse()
        ed = try people.browser(people.ed)
    }

    // MARK: API

    @Test func oneChangesOnesOwn() throws {
        let answer = try ed.json(.patch, "/api/me", ["first_name": "Ed", "username": "eddie"])
        #expect(answer.status == 200)
        #expect(answer.json?["user"]?["first_name"] == "Ed" && answer.json?["user"]?["username"] == "eddie")
        #expect(try ed.get("/api/me").json == answer.json)
        #expect(try people.audited().last == "profile.update by user:\(people.ed.id) 192.0.2.1")
        #expect(try ed.json(.patch, "/api/me", ["username": "ROOT"]).isProblem("username_taken"))
    }

    /// Mass assignment: what is not one's own to change is refused by name, and nothing happens.
    @Test(
        arguments: [
            ("role", "admin", "read_only"), ("is_active", false, "read_only"), ("id", 1, "read_only"),
            ("is_admin", true, "read_only"), ("verified_at", "2026-01-01T00:00:00Z", "read_only"),
            ("version", 9, "read_only"), ("password_hash", "x", "unknown_field"),
            ("scopes", ["admin:users"], "unknown_field"),
            ("permissions", [], "unknown_field"), ("user_id", 1, "unknown_field"), ("failed_logins", 7, "read_only"),
        ] as [(String, JSON, String)]
    )
    func whatIsNotOnesOwn(member: String, value: JSON, code: String) throws {
        let body = JSON.object([JSON.Member("first_name", "X"), JSON.Member(member, value)])
        let answer = try ed.json(.patch, "/api/me", body)
        #expect(answer.status == 422 && answer.problems == [member: code], "\(answer.text)")
        #expect(try people.stored(people.ed).firstName == nil)
        #expect(try people.stored(people.ed).role == .editor)
    }

    @Test func emailAndPasswordNeedThePassword() throws {
        let email: JSON = ["email": "new@example.com"]
        #expect(try ed.json(.patch, "/api/me", email).problems == ["current_password": "required"])
        let wrong: JSON = ["email": "new@example.com", "current_password": "not the password"]
        #expect(try ed.json(.patch, "/api/me", wrong).problems == ["current_password": "wrong_password"])
        #expect(try people.audited().last == "password.refuse by user:\(people.ed.id) 192.0.2.1")
        let right: JSON = ["email": "New@example.com", "current_password": .string(TestHouse.password)]
        #expect(try ed.json(.patch, "/api/me", right).json?["user"]?["email"] == "new@example.com")
        let weak: JSON = ["password": "password1234", "current_password": .string(TestHouse.password)]
        #expect(try ed.json(.patch, "/api/me", weak).problems == ["password": "common_password"])
        let taken: JSON = ["email": "root@example.com", "current_password": .string(TestHouse.password)]
        #expect(try ed.json(.patch, "/api/me", taken).isProblem("email_taken"))
    }

    @Test func guessingThePasswordIsBounded() throws {
        let wrong: JSON = ["password": "another long phrase", "current_password": "not the password"]
        for _ in 0..<10 { #expect(try ed.json(.patch, "/api/me", wrong).status == 422) }
        let late = try ed.json(.patch, "/api/me", wrong)
        #expect(late.status == 429 && late.headers["Retry-After"] == "900")
        #expect(try people.browser(people.ed).get("/api/me").status == 200, "the login is not locked by that")
    }

    @Test func aNewPasswordEndsEverythingElse() throws {
        let other = try people.browser(people.ed)
        let stolen = try people.house.client(doorAndPage)
        stolen.headers = .headers(["Cookie": "bodega_session=\(ed.cookies["bodega_session"] ?? "")"])
        #expect(try stolen.get("/api/me").status == 200)
        let body: JSON = ["password": "another long phrase", "current_password": .string(TestHouse.password)]
        let answer = try ed.json(.patch, "/api/me", body)
        #expect(answer.status == 200 && answer.headers["Cache-Control"] == "no-store")
        #expect(!answer.text.contains("phrase"))
        #expect(try other.get("/api/me").isProblem("session_expired"))
        #expect(try stolen.get("/api/me").isProblem("session_expired"), "the old cookie of this session is out too")
        let me = try ed.get("/api/me")
        #expect(me.status == 200, "this session goes on with another cookie")
        #expect(me.json?["csrf_token"] == answer.json?["csrf_token"])
        #expect(me.json?["csrf_token"]?.stringValue != ed.headers["X-CSRF-Token"])
    }

    @Test func aTokenForReadingChangesNobody() throws {
        let reader = try people.program(people.ed, Role.editor.permissions.subtracting([.manageAccount]))
        #expect(try reader.json(.patch, "/api/me", ["first_name": "X"]).isProblem("forbidden"))
        let keeper = try people.program(people.ed, [.manageAccount])
        #expect(try keeper.json(.patch, "/api/me", ["first_name": "X"]).status == 200)
        let whole = try people.program(people.ed, Role.editor.permissions)
        let body: JSON = ["password": "another long phrase", "current_password": .string(TestHouse.password)]
        let answer = try whole.json(.patch, "/api/me", body)
        #expect(answer.status == 200 && answer.headers["Set-Cookie"] == nil)
        #expect(try ed.get("/api/me").status == 401)
    }

    // MARK: Pages

    @Test func thePages() throws {
        let page = try ed.get("/profile")
        #expect(page.status == 200 && page.text.contains("Your profile") && page.text.contains("Firefox on Linux"))
        #expect(page.text.contains("This one"))
        let saved = try ed.form("/profile", ["first_name": " Ed ", "last_name": "Itor", "username": ""])
        #expect(saved.headers["Location"] == "/profile?done=saved")
        let stored = try people.stored(people.ed)
        #expect(stored.firstName == "Ed" && stored.lastName == "Itor" && stored.username == nil)
        #expect(try ed.get("/profile?done=saved").text.contains("Your changes were saved."))
        let refused = try ed.form("/profile", ["first_name": "Ed", "last_name": "Itor", "username": "a@b"])
        #expect(refused.status == 422 && refused.text.contains("no @.") && refused.text.contains("value=\"a@b\""))
        let taken = try ed.form("/profile", ["username": "root"])
        #expect(taken.status == 422 && taken.text.contains("Another user has this username."))
    }

    @Test func aFormChangesItsOwnFieldsOnly() throws {
        let evil: Fields = [
            "first_name": "Ed", "role": "admin", "is_active": "0", "id": "1", "email": "evil@example.com",
            "password_hash": "x", "password": "another long phrase",
        ]
        for path in ["/profile", "/profile/email", "/profile/password"] { _ = try ed.form(path, evil) }
        let stored = try people.stored(people.ed)
        #expect(stored.role == .editor && stored.isActive && stored.email == "ed@example.com")
        #expect(try people.browser(people.ed).get("/api/me").status == 200, "the password is the old one")
    }

    @Test func emailAndPasswordByForm() throws {
        func email(_ text: String, _ password: String) throws -> Answer {
            try ed.form("/profile/email", ["email": text, "current_password": password])
        }
        #expect(try ed.get("/profile/email").status == 200)
        let wrong = try email("n@example.com", "not the password")
        #expect(wrong.status == 422 && wrong.text.contains("This is not your current password."))
        #expect(!wrong.text.contains("not the password\""))
        #expect(try email("nonsense", TestHouse.password).text.contains("looks like name@example.com"))
        #expect(try email("root@example.com", TestHouse.password).text.contains("Another user has this email"))
        #expect(try email("n@example.com", TestHouse.password).headers["Location"] == "/profile?done=email")

        func password(_ new: String, _ repeated: String, _ current: String) throws -> Answer {
            try ed.form("/profile/password", ["current_password": current, "password": new, "repeated": repeated])
        }
        #expect(try ed.get("/profile/password").text.contains("autocomplete=\"new-password\""))
        #expect(try password("short", "short", TestHouse.password).text.contains("at least 12 characters"))
        let unequal = try password("another long phrase", "another long phrasE", TestHouse.password)
        #expect(unequal.status == 422 && unequal.text.contains("are not the same"))
        #expect(!unequal.text.contains("another long"))
        #expect(try password("another long phrase", "another long phrase", "wrong one").status == 422)
        let done = try password("another long phrase", "another long phrase", TestHouse.password)
        #expect(done.headers["Location"] == "/profile?done=password")
        let cookie = done.headers["Set-Cookie"] ?? ""
        #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Lax"))
        #expect(try ed.get("/profile?done=password").status == 200)
        for _ in 0..<10 { _ = try ed.form("/profile/password", ["csrf_token": try csrf()]) }
        for _ in 0..<10 { _ = try guess() }
        #expect(try guess().status == 429)
    }

    private func csrf() throws -> String { try ed.get("/api/me").json?["csrf_token"]?.stringValue ?? "" }

    private func guess() throws -> Answer {
        ed.headers.set("X-CSRF-Token", try csrf())
        let fields: Fields = [
            "current_password": "wrong", "password": "yet another phrase", "repeated": "yet another phrase",
        ]
        return try ed.form("/profile/password", fields)
    }

    @Test func sessionsByForm() throws {
        let other = try people.browser(people.ed)
        let list = try ed.get("/api/sessions").json?["items"]?.arrayValue ?? []
        let id = try #require(list.first { $0["current"] == false }?["id"]?.intValue)
        #expect(try ed.form("/profile/sessions/\(id)/end", [:]).headers["Location"] == "/profile?done=ended")
        #expect(try other.get("/api/me").status == 401)
        _ = try people.browser(people.ed)
        #expect(try ed.get("/profile").text.contains("Log out 1 other session"))
        #expect(try ed.form("/profile/sessions/end-others", [:]).headers["Location"] == "/profile?done=others")
        #expect(try !ed.get("/profile").text.contains("other session</button>"))
    }
}
