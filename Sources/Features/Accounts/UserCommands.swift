import Crypto
package import Database
import Identity
package import Support
import Web

/// `bodega user create|list|password|reset-link`.
package enum UserCommands {
    package static let summary = "create and list users, set passwords"

    /// What `--help` prints.
    package static let help = [
        "create --email E [--username U] [--role admin|editor|viewer] [--password-env NAME | --password-stdin]",
        "create --if-none [--email E] [--password-env NAME]",
        "list [--json]",
        "password --email E [--password-env NAME | --password-stdin]",
        "reset-link --email E",
        "--password-stdin takes the first line of the input. Without either a password is made and printed, once.",
        "The role is viewer unless given.",
        "--if-none adds an administrator when there is no user at all, and else does nothing. Email address and",
        "password come from BODEGA_ADMIN_EMAIL and BODEGA_ADMIN_PASSWORD where those are set.",
        "A new password ends the user's sessions; tokens stay. A reset link lets the user set a password once within",
        "24 hours.",
    ]

    /// Runs the words behind `bodega user`.
    ///
    /// Throws `UsageError` for words that are not understood, `AccountsError` for what cannot be done.
    /// - Parameters:
    ///   - publicURL: the address that people see, for links.
    ///   - out: takes one line of output.
    ///   - variable: looks up a variable of the process.
    ///   - input: reads a line of the input.
    /// - Returns: the exit code.
    package static func run(
        _ arguments: inout Arguments,
        database: Connection,
        environment: Environment,
        publicURL: String? = nil,
        out: @escaping (String) -> Void,
        variable: @escaping (String) -> String? = processVariable,
        input: @escaping () -> String? = { readLine() }
    ) throws -> Int32 {
        var context = CommandContext(database: database, environment: environment, out: out, variable: variable)
        context.input = input
        switch try arguments.next("create, list, password or reset-link") {
        case "create": try create(&arguments, context)
        case "list": try list(&arguments, context)
        case "password": try setPassword(&arguments, context)
        case "reset-link": try makeLink(&arguments, context, SiteAddress(publicURL: publicURL))
        case let word: throw UsageError("bodega user has no '\(word)', only create, list, password and reset-link.")
        }
        return 0
    }

    private static func create(_ arguments: inout Arguments, _ context: CommandContext) throws {
        let onlyAsFirst = arguments.flag("if-none")
        let named = context.variable("BODEGA_ADMIN_EMAIL").flatMap { $0.isEmpty ? nil : $0 }
        let fallback = onlyAsFirst ? named ?? "admin@localhost" : nil
        let email = try arguments.option("email") ?? fallback
        let username = try arguments.option("username")
        let role = try role(try arguments.option("role"), onlyAsFirst: onlyAsFirst)
        let (password, isOurs) = try password(&arguments, context, fallback: onlyAsFirst ? adminPassword : nil)
        try arguments.finish()
        guard let email else { throw UsageError("--email is missing.") }
        let users = UserStore(context.database)
        if onlyAsFirst, try !users.isEmpty() { return }
        let new = NewUser(email: email, username: username, role: role, password: password)
        if let problem = UserValidation.problems(of: new, passwordLength: try context.passwordLength).first {
            throw AccountsError(description: problem.detail)
        }
        do {
            guard try users.create(new, onlyAsFirst: onlyAsFirst, context: context.write) != nil else { return }
        } catch let error as IdentityError {
            throw AccountsError(description: error.description)
        }
        context.out("Created \(role.rawValue) \(UserValidation.foldedEmail(email)).")
        if isOurs { context.out("Password: \(password)  (shown only now)") }
    }

    package static let adminPassword = "BODEGA_ADMIN_PASSWORD"

    private static func role(_ word: String?, onlyAsFirst: Bool) throws(UsageError) -> Role {
        guard let word else { return onlyAsFirst ? .admin : .viewer }
        guard let role = Role(rawValue: word) else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--role takes one of \(roles), not '\(word)'.")
        }
        return role
    }

    /// The password that a variable or the input holds, else a new one.
    /// - Parameter fallback: a variable that is used when it is set and none is named.
    /// - Returns: with it, whether it was made here and has to be shown.
    private static func password(
        _ arguments: inout Arguments,
        _ context: CommandContext,
        fallback: String? = nil
    ) throws(UsageError) -> (text: String, isOurs: Bool) {
        if let name = try arguments.option("password-env") {
            guard let text = context.variable(name) else { throw UsageError("The variable \(name) is not set.") }
            return (text, false)
        }
        if arguments.flag("password-stdin") {
            guard let text = context.input() else { throw UsageError("There is no line with a password in the input.") }
            return (text, false)
        }
        if let text = fallback.flatMap(context.variable), !text.isEmpty { return (text, false) }
        return (context.environment.makeToken(bytes: 15), true)
    }

    private static func list(_ arguments: inout Arguments, _ context: CommandContext) throws {
        let asJSON = arguments.flag("json")
        try arguments.finish()
        let users = try UserStore(context.database).all()
        if asJSON { return context.out(JSON.array(users.map(json)).text) }
        for user in users {
            let state = user.isActive ? "active" : "inactive"
            let login = user.lastLoginAt.map { "last login \($0.rfc3339)" } ?? "never logged in"
            context.out("\(user.id)  \(user.email)  \(user.role.rawValue)  \(state)  \(login)")
        }
    }

    private static func json(_ user: User) -> JSON {
        [
            "id": .int(user.id), "email": .string(user.email), "username": .optional(user.username),
            "role": .string(user.role.rawValue), "is_active": .bool(user.isActive),
            "last_login_at": .optional(user.lastLoginAt), "created_at": .string(user.createdAt.rfc3339),
        ]
    }

    private static func setPassword(_ arguments: inout Arguments, _ context: CommandContext) throws {
        let email = try arguments.option("email")
        let (password, isOurs) = try password(&arguments, context)
        try arguments.finish()
        guard let email else { throw UsageError("--email is missing.") }
        let users = UserStore(context.database)
        let user = try users.named(email)
        let length = try context.passwordLength
        if let problem = UserValidation.password(password, length: length, knownWords: user.knownWords) {
            throw AccountsError(description: problem.detail)
        }
        try users.setPassword(password, of: user.id, context: context.write)
        context.out("Set the password of \(user.email) and ended the user's sessions.")
        if isOurs { context.out("Password: \(password)  (shown only now)") }
    }

    private static func makeLink(
        _ arguments: inout Arguments,
        _ context: CommandContext,
        _ site: SiteAddress
    ) throws {
        let email = try arguments.option("email")
        try arguments.finish()
        guard let email else { throw UsageError("--email is missing.") }
        let user = try UserStore(context.database).named(email)
        let token = context.environment.makeToken()
        do {
            let end = try PasswordResetStore(context.database).create(token, of: user.id, context: context.write)
            context.out(site.url(AccountsPath.reset(token)))
            context.out("It lets \(user.email) set a password once, until \(end.rfc3339).  (shown only now)")
        } catch let error as IdentityError {
            throw AccountsError(description: error.description)
        }
    }
}

extension UserStore {
    /// The user of an email address. Throws `AccountsError` when there is none.
    func named(_ email: String) throws -> User {
        guard let user = try find(email: email) else {
            throw AccountsError(description: "There is no user with the email address '\(email)'.")
        }
        return user
    }
}
