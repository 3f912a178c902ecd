package import Database
import Identity
package import Support
import Web

/// `bodega token create|list|revoke`.
package enum TokenCommands {
    package static let summary = "create, list and revoke API tokens"

    /// What `--help` prints.
    package static let help = [
        "create --user E --name N --scope S [--scope S …] [--days D]",
        "list [--json]",
        "revoke ID",
        "create prints the token and nothing else; it cannot be shown again. Without --days it is good until it is",
        "revoked. Scopes: \(Permission.all.map(\.rawValue).joined(separator: ", "))",
    ]

    /// Runs the words behind `bodega token`.
    ///
    /// Throws `UsageError` for words that are not understood, `AccountsError` for what cannot be done.
    /// - Parameters:
    ///   - out: takes one line of output.
    ///   - variable: looks up a variable of the process.
    /// - Returns: the exit code.
    package static func run(
        _ arguments: inout Arguments,
        database: Connection,
        environment: Environment,
        out: @escaping (String) -> Void,
        variable: @escaping (String) -> String? = processVariable
    ) throws -> Int32 {
        let context = CommandContext(database: database, environment: environment, out: out, variable: variable)
        switch try arguments.next("create, list or revoke") {
        case "create": try create(&arguments, context)
        case "list": try list(&arguments, context)
        case "revoke": try revoke(&arguments, context)
        case let word: throw UsageError("bodega token has no '\(word)', only create, list and revoke.")
        }
        return 0
    }

    private static func create(_ arguments: inout Arguments, _ context: CommandContext) throws {
        let email = try arguments.option("user")
        let name = try arguments.option("name")?.trimmed
        let scopes = try scopes(try arguments.options("scope"))
        let days = try arguments.int("days", in: 1...3650)
        try arguments.finish()
        guard let email else { throw UsageError("--user is missing.") }
        guard let name, (1...100).contains(name.unicodeScalars.count), !name.hasControlCharacters else {
            throw UsageError("--name takes 1 to 100 characters that say what the token is for.")
        }
        let user = try UserStore(context.database).named(email)
        if let beyond = scopes.subtracting(user.role.permissions).inOrder.first {
            throw AccountsError(
                description: "\(user.email) is \(user.role.rawValue) and does not have \(beyond.rawValue) to give."
            )
        }
        let secret = APIToken.makeSecret(context.environment)
        let new = TokenStore.New(
            secret: secret,
            userID: user.id,
            name: name,
            scopes: scopes,
            expiresAt: days.map { context.environment.now().adding(seconds: Int64($0) * 86_400) }
        )
        do {
            _ = try TokenStore(context.database).create(new, context: context.write)
        } catch let error as IdentityError {
            throw AccountsError(description: error.description)
        }
        context.out(secret)
    }

    private static func scopes(_ words: [String]) throws(UsageError) -> Set<Permission> {
        let known = Permission.all.map(\.rawValue).joined(separator: ", ")
        guard !words.isEmpty else { throw UsageError("--scope is missing; it takes one of \(known).") }
        for word in words where !Permission.all.contains(Permission(rawValue: word)) {
            throw UsageError("--scope takes one of \(known), not '\(word)'.")
        }
        return Set(words.map { Permission(rawValue: $0) })
    }

    private static func list(_ arguments: inout Arguments, _ context: CommandContext) throws {
        let asJSON = arguments.flag("json")
        try arguments.finish()
        let tokens = try TokenStore(context.database).all()
        if asJSON { return context.out(JSON.array(tokens.map { json($0.token, $0.email) }).text) }
        let now = context.environment.now()
        for (token, email) in tokens {
            let state = token.revokedAt != nil ? "revoked" : token.isAlive(at: now) ? "valid" : "expired"
            let scopes = token.scopes.inOrder.map(\.rawValue).joined(separator: ",")
            let use = token.lastUsedAt.map { "last used \($0.rfc3339)" } ?? "never used"
            context.out("\(token.id)  \(token.prefix)…  \(email)  \(token.name)  \(scopes)  \(state)  \(use)")
        }
    }

    private static func json(_ token: APIToken, _ email: String) -> JSON {
        [
            "id": .int(token.id), "prefix": .string(token.prefix), "user": .string(email),
            "name": .string(token.name), "scopes": .array(token.scopes.inOrder.map { .string($0.rawValue) }),
            "last_used_at": .optional(token.lastUsedAt), "expires_at": .optional(token.expiresAt),
            "revoked_at": .optional(token.revokedAt), "created_at": .string(token.createdAt.rfc3339),
        ]
    }

    private static func revoke(_ arguments: inout Arguments, _ context: CommandContext) throws {
        let word = try arguments.next("The token's id")
        try arguments.finish()
        guard let id = Int64(word) else { throw UsageError("The id is the number that 'bodega token list' shows.") }
        guard try TokenStore(context.database).revoke(id, context: context.write) else {
            throw AccountsError(description: "There is no valid token with the id \(id).")
        }
        context.out("Revoked token \(id).")
    }
}
