import Identity
import IdentityTestSupport
import Support
import Testing
import Web

@testable import Accounts

/// Collects what a command prints.
private final class Output {
    var lines: [String] = []
}

@Suite struct CommandTests {
    let house: TestHouse
    private let output = Output()

    init() throws {
        house = try TestHouse()
    }

    /// Runs a command line and gives the lines it printed.
    func run(
        _ line: String,
        variables: [String: String] = [:],
        input: String? = nil,
        publicURL: String? = nil
    ) throws -> [String] {
        output.lines = []
        var words = line.split(separator: " ").map(String.init)
        let command = words.removeFirst()
        var arguments = Arguments(words)
        let out: (String) -> Void = { [output] in output.lines.append($0) }
        let code =
            command == "user"
            ? try UserCommands.run(
                &arguments,
                database: house.database,
                environment: house.environment,
                publicURL: publicURL,
                out: out,
                variable: { variables[$0] },
                input: { input }
            )
            : try TokenCommands.run(
                &arguments,
                database: house.database,
                environment: house.environment,
                out: out,
                variable: { variables[$0] }
            )
        #expect(code == 0)
        return output.lines
    }

    func signIn(_ email: String, _ password: String) throws -> Bool {
        let request = try #require(Request(.post, "/login"))
        let outcome = try SignIn(house.database, house.environment).attempt(email, password: password, request)
        if case .done = outcome { return true }
        return false
    }

    /// The password in `Password: X  (shown only now)`.
    func password(in lines: [String]) throws -> String {
        let line = try #require(lines.first { $0.hasPrefix("Password: ") })
        return String(try #require(line.split(separator: " ").dropFirst().first))
    }

    @Test func aUserWithAPasswordOfOurs() throws {
        let lines = try run("user create --email Ada@Example.com --role editor --username ada")
        #expect(lines.first == "Created editor ada@example.com.")
        let password = try password(in: lines)
        #expect(password.utf8.count == 20)
        #expect(try signIn("ada", password))
        #expect(try run("user list").first?.contains("1  ada@example.com  editor  active  last login ") == true)
        let listed = try JSON.parse(try run("user list --json").joined())
        #expect(listed.arrayValue?.first?["username"] == "ada")
        #expect(!listed.text.contains("argon2"))
    }

    @Test func aPasswordFromAVariableIsNotShown() throws {
        let variables = ["PW": "twelve chars!"]
        let lines = try run("user create --email a@b --password-env PW", variables: variables)
        #expect(lines == ["Created viewer a@b."])
        #expect(try signIn("a@b", "twelve chars!"))
    }

    @Test(arguments: [
        ("user create --email a@b --password-env NO", "The variable NO is not set."),
        ("user create", "--email is missing."), ("user", "create, list, password or reset-link is missing."),
        ("user drop", "bodega user has no 'drop', only create, list, password and reset-link."),
        ("user create --email a@b --role king", "--role takes one of admin, editor, viewer, not 'king'."),
        ("user list --all", "Unknown option --all."),
        ("token revoke x", "The id is the number that 'bodega token list' shows."),
        ("token create --user a@b --name n", ""), ("token create --user a@b --name n --scope fly", ""),
        ("token create --user a@b --scope read:products", ""),
        ("token create --user a@b --name n --scope read:products --days 0", ""),
    ])
    func notUnderstood(line: String, message: String) throws {
        let error = #expect(throws: UsageError.self) { try run(line) }
        if !message.isEmpty { #expect(error?.description == message) }
        #expect(output.lines.isEmpty)
    }

    @Test func notDone() throws {
        let short = ["PW": "elevenchars"]
        _ = try run("user create --email a@b")
        for line in [
            "user create --email a@b", "user create --email nonsense", "user create --email c@d --password-env PW",
            "user password --email a@b --password-env PW", "user password --email no@body",
            "token create --user no@body --name n --scope read:products",
            "token create --user a@b --name n --scope write:products", "token revoke 1",
        ] {
            #expect(throws: AccountsError.self, "\(line)") { try run(line, variables: short) }
        }
        #expect(try UserStore(house.database).all().count == 1)
    }

    /// Neither in the words of a process nor in its environment.
    @Test func aPasswordComesByTheInput() throws {
        let lines = try run("user create --email a@b --password-stdin", input: "a phrase with blanks")
        #expect(lines == ["Created viewer a@b."])
        #expect(try signIn("a@b", "a phrase with blanks"))
        _ = try run("user password --email a@b --password-stdin", input: "another phrase")
        #expect(try signIn("a@b", "another phrase"))
        #expect(throws: UsageError.self) { try run("user password --email a@b --password-stdin") }
        #expect(throws: UsageError.self) {
            try run("user password --email a@b --password-stdin --password-env PW", variables: ["PW": "x"], input: "y")
        }
    }

    @Test func theFirstAdministratorIsMadeOnce() throws {
        // Set but empty is not set: scripts hand variables on like that.
        let lines = try run(
            "user create --if-none",
            variables: ["BODEGA_ADMIN_EMAIL": "", "BODEGA_ADMIN_PASSWORD": ""]
        )
        #expect(lines.first == "Created admin admin@localhost.")
        #expect(try signIn("admin@localhost", try password(in: lines)))
        #expect(try run("user create --if-none") == [])
        #expect(try run("user create --if-none --email other@b") == [])
        #expect(try UserStore(house.database).all().count == 1)
    }

    @Test func theFirstAdministratorFromVariables() throws {
        let variables = ["BODEGA_ADMIN_EMAIL": "Boss@Shop.example", "BODEGA_ADMIN_PASSWORD": "a long enough one"]
        #expect(try run("user create --if-none", variables: variables) == ["Created admin boss@shop.example."])
        #expect(try signIn("boss@shop.example", "a long enough one"))
        // Afterwards they count for nothing, however bad they are.
        #expect(try run("user create --if-none", variables: ["BODEGA_ADMIN_PASSWORD": "short"]) == [])
    }

    @Test func aNewPassword() throws {
        let old = try password(in: try run("user create --email a@b"))
        let lines = try run("user password --email A@B")
        #expect(lines.first == "Set the password of a@b and ended the user's sessions.")
        #expect(try !signIn("a@b", old))
        #expect(try signIn("a@b", try password(in: lines)))
    }

    @Test func aResetLinkIsPrintedOnce() throws {
        _ = try run("user create --email a@b.example")
        let lines = try run("user reset-link --email A@b.example", publicURL: "https://shop.example/")
        let link = try #require(lines.first)
        #expect(link.hasPrefix("https://shop.example/reset/") && lines.count == 2)
        let token = String(link.dropFirst("https://shop.example/reset/".utf8.count))
        let user = try PasswordResetStore(house.database).user(of: token, at: house.clock.now)
        #expect(user?.email == "a@b.example")
        #expect(try run("user reset-link --email a@b.example").first?.hasPrefix("/reset/") == true)
        #expect(try PasswordResetStore(house.database).user(of: token, at: house.clock.now) == nil, "replaced")
        #expect(throws: AccountsError.self) { try run("user reset-link --email no@body") }
        #expect(throws: UsageError.self) { try run("user reset-link") }
    }

    @Test func theRulesForPasswordsAreTheSameHere() throws {
        for password in ["password1234", "qwertyuiop12", "wineshop-boss1"] {
            let command = "user create --email boss@wineshop.example --password-env PW"
            #expect(throws: AccountsError.self, "\(password)") { try run(command, variables: ["PW": password]) }
        }
        _ = try run("user create --email boss@wineshop.example")
        #expect(throws: AccountsError.self) {
            try run(
                "user password --email boss@wineshop.example --password-env PW",
                variables: ["PW": "wineshop-boss1"]
            )
        }
    }

    @Test func aTokenFromBeginningToEnd() throws {
        _ = try run("user create --email a@b --role editor")
        let lines = try run("token create --user a@b --name shop --scope write:products --scope read:products --days 7")
        #expect(lines.count == 1, "the token alone, for scripts")
        let secret = try #require(lines.first)
        let request = try #require(Request(.get, "/", headers: .headers(["Authorization": "Bearer \(secret)"])))
        let authentication = Authentication(house.database, house.environment)
        guard case .known(let principal) = try authentication.identify(request) else {
            return #expect(Bool(false), "not known")
        }
        #expect(principal.permissions == [.readProducts, .writeProducts])
        authentication.noteUse(by: principal)
        let listed = try run("token list").joined()
        #expect(listed.contains("a@b  shop  read:products,write:products  valid  last used "))
        #expect(!listed.contains(secret))
        #expect(try run("token list --json").joined().contains("\"expires_at\":\""))
        house.clock.advance(seconds: 7 * 86_400)
        #expect(try authentication.identify(request) == .badToken)
        #expect(try run("token list").joined().contains("  expired  "))
        #expect(try run("token revoke 1") == ["Revoked token 1."])
        #expect(try run("token list").joined().contains("  revoked  "))
    }
}
