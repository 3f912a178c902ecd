import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

/// Nobody hands out more than they hold: every act that gives a secret or raises power, tried with tokens that hold
/// less than what it gives.
@Suite struct HandingOutTests {
    private let people: PeopleHouse

    init() throws {
        people = try PeopleHouse()
    }

    private static let refusal = "not_yours_to_give"
    private static let viewer = Role.viewer.permissions
    private static let all = Set(Permission.all)

    /// A token of the administrator's that can do everything; its id.
    private func mighty() throws -> Int64 {
        _ = try people.house.addToken(for: people.root, Self.all)
        let filter = TokenFilter(userID: people.root.id)
        return try TokenStore(people.house.database).list(filter, at: people.house.clock.now, .id, limit: 1)[0].id
    }

    private func hash(of token: Int64) throws -> [UInt8]? {
        try people.house.database.first("SELECT token_hash FROM api_token WHERE id = \(token)") { row in row.blob(0) }
    }

    // MARK: Tokens

    @Test func aTokenRotatesNoMightierOne() throws {
        let id = try mighty()
        let before = try hash(of: id)
        let keeper = try people.program(people.root, [.manageAccount])
        let answer = try keeper.json(.post, "/api/tokens/\(id)/rotate", [:])
        #expect(answer.status == 403 && answer.json?["code"]?.stringValue == Self.refusal, "\(answer.text)")
        #expect(answer.json?["detail"]?.stringValue?.contains("admin:users") == true, "it names what is lacking")
        #expect(!answer.text.contains("bodega_"))
        let page = try keeper.form("/tokens/\(id)/rotate", ["grace_hours": "0"])
        #expect(page.status == 403 && !page.text.contains("bodega_"))
        #expect(try hash(of: id) == before, "the secret is as it was")
        let almost = try people.program(people.root, Self.all.subtracting([.readLogs]))
        #expect(try almost.json(.post, "/api/tokens/\(id)/rotate", [:]).isProblem(Self.refusal))
        #expect(try people.program(people.root, Self.all).json(.post, "/api/tokens/\(id)/rotate", [:]).status == 200)
        #expect(try people.browser(people.root).json(.post, "/api/tokens/\(id)/rotate", [:]).status == 200)
    }

    /// Revoking gives nobody anything: a program that keeps tokens may do it.
    @Test func revokingHandsOutNothing() throws {
        let id = try mighty()
        let keeper = try people.program(people.root, [.manageAccount])
        #expect(try keeper.send(Call(.delete, "/api/tokens/\(id)")).status == 204)
    }

    /// Nor for longer: a token that ends would else renew itself for ever.
    @Test func aTokenThatEndsMakesNoneThatEndsLater() throws {
        let now = people.house.clock.now
        let keeper = try people.program(people.root, [.manageAccount])  // ends within an hour
        func make(_ end: JSON) throws -> Answer {
            try keeper.json(.post, "/api/tokens", ["name": "n", "scopes": ["manage:account"], "expires_at": end])
        }
        #expect(try make(.null).isProblem(Self.refusal))
        let late = try make(.string(now.adding(seconds: 7200).rfc3339))
        #expect(late.isProblem(Self.refusal) && late.text.contains("ends"), "\(late.text)")
        #expect(try make(.string(now.adding(seconds: 1800).rfc3339)).status == 201)
        let lasting = try people.browser(people.root)
            .json(.post, "/api/tokens", ["name": "n", "scopes": ["manage:account"]])
        let id = try #require(lasting.json?["id"]?.intValue)
        #expect(try keeper.json(.post, "/api/tokens/\(id)/rotate", [:]).isProblem(Self.refusal))
    }

    /// What a role has lost it does not give back by an old token.
    @Test func aRoleThatWasLoweredDoesNotRotateWhatItHeld() throws {
        _ = try people.house.addToken(for: people.ed, [.runImports])
        try UserStore(people.house.database).update(people.ed.id, context: people.house.context) { user in
            var lowered = user
            lowered.role = .viewer
            return lowered
        }
        let ed = try people.browser(people.ed)
        #expect(try ed.json(.post, "/api/tokens/1/rotate", [:]).isProblem(Self.refusal))
    }

    // MARK: Users

    @Test func aTokenThatKeepsUsersMakesNobodyMightierThanItself() throws {
        let keeper = try people.program(people.root, [.adminUsers])
        func add(_ role: String, _ client: TestClient) throws -> Answer {
            try client.json(.post, "/api/users", ["email": "\(role)-new@example.com".json, "role": role.json])
        }
        for role in ["viewer", "editor", "admin"] {
            let answer = try add(role, keeper)
            #expect(answer.isProblem(Self.refusal) && !answer.text.contains("/reset/"), "\(role): \(answer.text)")
        }
        let page = try keeper.form("/users/new", ["email": "new@example.com", "role": "admin"])
        #expect(page.status == 403 && !page.text.contains("/reset/"))
        let wider = try people.program(people.root, Self.viewer.union([.adminUsers]))
        #expect(try add("viewer", wider).status == 201)
        #expect(try add("editor", wider).isProblem(Self.refusal))
        #expect(try add("admin", try people.program(people.root, Self.all)).status == 201)
    }

    /// What an administrator's token may make of a viewer, by what it holds beside `admin:users`.
    @Test(arguments: [
        (#"{"role": "admin"}"#, Role.admin), (#"{"role": "editor"}"#, .editor),
        (#"{"email": "other@example.com"}"#, .viewer),
    ])
    func aChangeOfAUserGivesNoMoreThanIsHeld(text: String, needs: Role) throws {
        let change = try JSON.parse(text)
        let path = "/api/users/\(people.vi.id)"
        func patch(_ scopes: Set<Permission>) throws -> Answer {
            try people.program(people.root, scopes.union([.adminUsers])).json(.patch, path, change)
        }
        #expect(try patch([]).isProblem(Self.refusal))
        if needs != .viewer { #expect(try patch(Self.viewer).isProblem(Self.refusal)) }
        #expect(try people.stored(people.vi) == people.vi)
        #expect(try patch(needs.permissions).status == 200)
    }

    @Test func whatTakesPowerAwayNeedsNoMoreThanToKeepUsers() throws {
        let keeper = try people.program(people.root, [.adminUsers])
        let path = "/api/users/\(people.ed.id)"
        #expect(try keeper.json(.patch, path, ["first_name": "Eddie"]).status == 200)
        #expect(try keeper.json(.patch, path, ["role": "viewer"]).status == 200)
        #expect(try keeper.json(.patch, path, ["role": "editor"]).isProblem(Self.refusal), "and not back")
        let later = people.house.clock.now.adding(seconds: 86_400).rfc3339
        #expect(try keeper.json(.patch, path, ["locked_until": .string(later)]).status == 200)
        #expect(try keeper.json(.patch, path, ["locked_until": .null]).isProblem(Self.refusal), "nor in again")
        let sooner = people.house.clock.now.adding(seconds: 1).rfc3339
        #expect(try keeper.json(.patch, path, ["locked_until": .string(sooner)]).isProblem(Self.refusal))
        #expect(try keeper.send(Call(.post, "\(path)/deactivate")).status == 200)
        #expect(try keeper.send(Call(.post, "\(path)/verify")).status == 200)
        #expect(try keeper.send(Call(.post, "\(path)/activate")).isProblem(Self.refusal))
        let again = try keeper.form("/users/\(people.ed.id)/activate", [:])
        #expect(again.status == 403)
        #expect(try !people.stored(people.ed).isActive)
        let whole = try people.program(people.root, Self.all)
        #expect(try whole.send(Call(.post, "\(path)/activate")).status == 200)
        #expect(try whole.json(.patch, path, ["locked_until": .null]).status == 200)
    }

    @Test func aLinkIsWorthItsUsersRole() throws {
        let keeper = try people.program(people.root, Self.viewer.union([.adminUsers]))
        for user in [people.root, people.ed] {
            let answer = try keeper.send(Call(.post, "/api/users/\(user.id)/reset-link"))
            #expect(answer.isProblem(Self.refusal) && !answer.text.contains("/reset/"))
            let page = try keeper.form("/users/\(user.id)/reset-link", [:])
            #expect(page.status == 403 && !page.text.contains("/reset/"))
        }
        #expect(try keeper.send(Call(.post, "/api/users/\(people.vi.id)/reset-link")).status == 201)
        #expect(try people.house.database.first("SELECT COUNT(*) FROM password_reset") { $0.int(0) } == 1)
    }

    // MARK: One's own

    /// A password is worth the whole role. A token that is worth less may not even try one.
    @Test func aTokenForLessChangesNeitherPasswordNorEmail() throws {
        let keeper = try people.program(people.ed, [.manageAccount])
        let password = "quite another long phrase"
        for current in [TestHouse.password, "wrong"] {
            let changes: [JSON] = [
                ["password": password.json, "current_password": current.json],
                ["email": "new@example.com", "current_password": current.json],
            ]
            for change in changes {
                let answer = try keeper.json(.patch, "/api/me", change)
                #expect(answer.isProblem(Self.refusal), "\(answer.text)")
            }
        }
        for path in ["/profile/email", "/profile/password"] {
            let page = try keeper.form(
                path,
                [
                    "email": "new@example.com", "password": "\(password)", "repeated": "\(password)",
                    "current_password": "\(TestHouse.password)",
                ]
            )
            #expect(page.status == 403, "\(path) \(page.status)")
        }
        #expect(try people.stored(people.ed).email == people.ed.email)
        #expect(try people.browser(people.ed).get("/api/me").status == 200, "the password is as it was")
        #expect(try keeper.json(.patch, "/api/me", ["first_name": "Eddie"]).status == 200)
        let whole = try people.program(people.ed, Role.editor.permissions)
        let changed = try whole.json(
            .patch,
            "/api/me",
            ["password": .string(password), "current_password": .string(TestHouse.password)]
        )
        #expect(changed.status == 200, "\(changed.text)")
    }

    // MARK: Repetitions

    /// An answer is sent again to those only who may do what the first one could.
    @Test func anAnswerIsNotRepeatedToATokenForLess() throws {
        func add(_ scopes: Set<Permission>) throws -> Answer {
            let client = try people.program(people.root, scopes)
            client.headers.set("Idempotency-Key", "one")
            return try client.json(
                .post,
                "/api/users",
                ["email": "new@example.com", "role": "admin", "password": "quite another long phrase"]
            )
        }
        #expect(try add(Self.all).status == 201)
        #expect(try add([.adminUsers]).isProblem("idempotency_key_reused"))
        let again = try add(Self.all)
        #expect(again.status == 201 && again.headers["Idempotency-Replayed"] == "true")
    }
}

extension String {
    fileprivate var json: JSON { .string(self) }
}
