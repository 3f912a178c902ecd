import Identity
import Support
import Web

/// `PATCH /api/me`: one's own names, username, email address and password.
enum ProfileAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .patch,
            "/api/me",
            access: .permission(.manageAccount),
            pool: .login,
            Operation(
                "Changes your own profile; email and password need current_password",
                request: Request.mergePatchTypes.map { .init($0, "OwnProfile") },
                responses: [200: [.json("Me")], 409: [.problem]]
            ),
            handler: change
        )
    ]

    private static let secrets = ["password", "current_password"]

    @Sendable static func change(_ context: RequestContext) throws -> Response {
        let request = context.request
        let body = try request.json(types: Request.mergePatchTypes)
        try request.checkParameters([])
        let principal = try context.principal
        let reader = UserBody(purpose: .merge, fields: UserField.own + [.email])
        var (user, problems) = reader.edit(body, principal.user, others: secrets)
        let password = text(body["password"], "password", &problems)
        let current = text(body["current_password"], "current_password", &problems)
        let length = try context.passwordLength
        if let problem = UserValidation.passwordTooLong(current ?? "", field: "current_password") {
            problems.append(problem)
        }
        if let password,
            let problem = UserValidation.password(password, length: length, knownWords: user.knownWords)
        {
            problems.append(problem)
        }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        if password != nil || user.email != principal.user.email {
            try ProfilePassword.require(current, context)
        }
        if user != principal.user {
            user = try AccountsRefusal.answered {
                try UserStore(context.database).update(user.id, "profile.update", context: writer) { stored in
                    reader.edit(body, stored, others: secrets).user
                }
            }
        }
        guard let password else { return .json(Me.json(user, principal)) }
        let renewed = try OwnPassword(context.database, context.environment)
            .change(to: password, principal, request, context: writer)
        let response = Response.json(Me.json(user, principal, csrfToken: renewed?.csrfToken)).unstored
        return renewed.map { response.setting($0.cookie) } ?? response
    }

    private static func text(_ value: JSON?, _ name: String, _ problems: inout [Problem]) -> String? {
        switch value {
        case nil: return nil
        case .string(let text): return text
        default:
            problems.append(Problem(name, "wrong_type", "'\(name)' must be a text."))
            return nil
        }
    }
}

/// Who is logged in, as the API shows it.
enum Me {
    /// - Parameter csrfToken: the session's, where it has just changed.
    static func json(_ user: User, _ principal: Principal, csrfToken: String? = nil) -> JSON {
        let shown: JSON = [
            "id": .int(user.id), "email": .string(user.email), "username": .optional(user.username),
            "first_name": .optional(user.firstName), "last_name": .optional(user.lastName),
            "role": .string(user.role.rawValue),
        ]
        var members = [JSON.Member("user", shown)]
        if let token = csrfToken ?? principal.csrfToken { members.append(JSON.Member("csrf_token", .string(token))) }
        let scopes = principal.permissions.inOrder.map { JSON.string($0.rawValue) }
        members.append(JSON.Member("scopes", .array(scopes)))
        return .object(members)
    }
}

/// The password that is asked for once more.
enum ProfilePassword {
    static let missing = Problem("current_password", "required", "Enter your current password.")
    static let wrong = Problem("current_password", "wrong_password", "This is not your current password.")

    /// Throws 422 when the password is missing or wrong, 429 after too many wrong ones.
    static func require(_ password: String?, _ context: RequestContext) throws {
        guard let password, !password.isEmpty else { throw WebError.invalid([missing]) }
        let outcome = try OwnPassword(context.database, context.environment).check(
            password,
            of: try context.principal.user,
            context.request,
            context: try context.writeContext
        )
        switch outcome {
        case .right: return
        case .wrong: throw WebError.invalid([wrong])
        case .throttled(let seconds):
            let message = LoginMessages.throttled(seconds)
            throw WebError.tooManyRequests(message.code, message.detail, retryAfter: Int(seconds))
        }
    }
}
