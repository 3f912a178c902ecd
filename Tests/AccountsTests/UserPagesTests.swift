import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@Suite struct UserPagesTests {
    let people: PeopleHouse
    let root: TestClient

    init() throws {
        people = try PeopleHouse()
        root = try people.browser(people.root)
    }

    @Test func theList() throws {
        let page = try root.get("/users")
        for text in ["ed@example.com", "root@example.com", "vi@example.com", "1–3 of 3 users", "Administrators"] {
            #expect(page.text.contains(text), "\(text)")
        }
        let found = try root.get("/users?q=ed&role=&active=true")
        #expect(found.text.contains("ed@example.com") && !found.text.contains("vi@example.com"))
        #expect(found.text.contains("Clear all filters"))
        #expect(try root.get("/users?q=nobody-of-that-name").text.contains("No user matches"))
        #expect(try root.get("/users?role=king").status == 400)
        #expect(try root.get("/users?limt=1").status == 400)
    }

    @Test func aNewUserByLinkOrPassword() throws {
        let byLink = try root.form("/users/new", ["email": "new@example.com", "role": "editor", "password": ""])
        #expect(byLink.status == 200 && byLink.text.contains("https://shop.example/reset/"))
        let byPassword = try root.form(
            "/users/new",
            ["email": "pw@example.com", "role": "viewer", "password": "another long phrase"]
        )
        let path = try #require(byPassword.headers["Location"])
        #expect(try root.get(path).text.contains("The user was created."))
        let refused = try root.form("/users/new", ["email": "ED@example.com", "role": "king", "password": "short"])
        #expect(refused.status == 422)
        for text in ["Role must be one of", "at least 12 characters", "value=\"ED@example.com\""] {
            #expect(refused.text.contains(text), "\(text)")
        }
        let taken = try root.form("/users/new", ["email": "ED@example.com", "role": "viewer"])
        #expect(taken.status == 422 && taken.text.contains("Another user has this email address."))
        #expect(!refused.text.contains("value=\"short\""))
    }

    @Test func twoEditors() throws {
        let path = "/users/\(people.ed.id)"
        func save(_ more: KeyValuePairs<String, String>, version: Int64 = 1) throws -> Answer {
            var fields: Fields = ["email": "ed@example.com", "role": "editor", "version": "\(version)"]
            for (name, value) in more { fields.set(name, value) }
            return try root.form(path, fields)
        }
        #expect(try save(["first_name": "Ed"]).headers["Location"] == "\(path)?done=saved")
        let late = try save(["first_name": "Late"])
        #expect(late.status == 409 && late.text.contains("Somebody changed this user meanwhile."))
        #expect(late.text.contains("value=\"Late\"") && late.text.contains("name=\"version\" value=\"2\""))
        #expect(try people.stored(people.ed).firstName == "Ed")
        #expect(try save(["first_name": "Late"], version: 2).status == 303)
        #expect(try root.form(path, ["email": "ed@example.com"]).status == 400)
        #expect(try save(["email": "x"], version: 3).text.contains("looks like name@example.com"))
    }

    @Test func outAndInAgain() throws {
        let ed = try people.browser(people.ed)
        _ = try people.house.addToken(for: people.ed, [.readProducts])
        let path = "/users/\(people.ed.id)"
        let ask = try root.get("\(path)/deactivate")
        #expect(ask.text.contains("1 session and 1 token end"))
        #expect(try root.form("\(path)/deactivate", ["confirm": "1"]).headers["Location"] == "\(path)?done=deactivated")
        #expect(try ed.get("/profile").status == 303)
        let page = try root.get("\(path)?done=deactivated")
        #expect(page.text.contains("Deactivated") && page.text.contains("Activate user"))
        #expect(try root.form("\(path)/reset-link", [:]).headers["Location"] == "\(path)?done=inactive")
        #expect(try root.form("\(path)/activate", [:]).headers["Location"] == "\(path)?done=activated")
        #expect(try root.form("\(path)/verify", [:]).headers["Location"] == "\(path)?done=verified")
        let own = "/users/\(people.root.id)"
        #expect(try root.form("\(own)/deactivate", [:]).headers["Location"] == "\(own)?done=last_admin")
        #expect(try root.get("\(own)?done=last_admin").text.contains("This is the last active administrator."))
        let demoted = try root.form(own, ["email": "root@example.com", "role": "viewer", "version": "1"])
        #expect(demoted.status == 422 && demoted.text.contains("last active administrator"))
    }

    @Test func tokensByForm() throws {
        let ed = try people.browser(people.ed)
        #expect(try ed.get("/tokens").text.contains("No tokens yet"))
        let form = try ed.get("/tokens/new")
        #expect(form.text.contains("value=\"read:products\"") && !form.text.contains("admin:users"))
        var fields: Fields = ["name": "sync", "days": "30"]
        fields.append("scopes", "read:products")
        fields.append("scopes", "run:imports")
        let made = try ed.form("/tokens/new", fields)
        #expect(made.status == 200 && made.headers["Cache-Control"] == "no-store")
        let start = try #require(made.text.firstRange(of: "value=\"bodega_"))
        let secret = "bodega_" + made.text[start.upperBound...].prefix { $0 != "\"" }
        let list = try ed.get("/tokens")
        #expect(list.text.contains("sync") && !list.text.contains(secret))
        let token = try #require(try TokenStore(people.house.database).find(1))
        #expect(token.scopes == [.readProducts, .runImports])
        #expect(token.expiresAt == people.house.clock.now.adding(seconds: 30 * 86_400))

        fields.append("scopes", "admin:users")
        let greedy = try ed.form("/tokens/new", fields)
        #expect(greedy.status == 422 && greedy.text.contains("You do not have admin:users to give."))
        for bad: Fields in [["name": "n", "days": "30"], ["scopes": "read:products", "days": "0", "name": "n"]] {
            #expect(try ed.form("/tokens/new", bad).status == 422)
        }
        #expect(try ed.get("/tokens/1/rotate").text.contains("works for 24 hours"))
        #expect(try ed.form("/tokens/1/rotate", ["grace_hours": "48"]).status == 422)
        #expect(try ed.form("/tokens/1/rotate", ["grace_hours": "6"]).text.contains("has another secret"))
        #expect(try ed.get("/tokens").text.contains("old secret until"))
        #expect(try root.get("/tokens/1/revoke").text.contains("It belongs to ed@example.com."))
        #expect(try root.form("/tokens/1/rotate", ["grace_hours": "0"]).isProblem("not_yours"))
        #expect(try root.form("/tokens/1/revoke", ["confirm": "1"]).headers["Location"] == "/tokens?done=revoked")
        #expect(try root.get("/tokens?state=revoked&user_id=\(people.ed.id)").text.contains("ed@example.com"))
    }
}
