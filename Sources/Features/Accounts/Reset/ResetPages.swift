import AdminKit
import Database
import Identity
import Markup
import Support
import Web

/// /reset/{token}: a password by a one-time link, for those who cannot log in.
///
/// Open and without a CSRF token, as the login is: who has the link may use it, and nobody else can make a form that
/// works. The secret is in the address: nginx's log leaves it out, and no other site is told where one came from.
enum ResetPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, AccountsPath.reset, access: .open, .page("Asks for a new password"), handler: show),
        AppRoute(
            .post,
            AccountsPath.reset,
            access: .open,
            pool: .login,
            .form("Sets the password and ends the user's sessions"),
            handler: submit
        ),
    ]

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let token = try context.parameters.string("token")
        guard let user = try find(token, context) else { return try gone(context) }
        return try form(token, user, [], context)
    }

    @Sendable static func submit(_ context: RequestContext) throws -> Response {
        let form = try context.request.form(limit: 16 << 10)
        try context.request.checkParameters([])
        let token = try context.parameters.string("token")
        guard let user = try find(token, context) else { return try gone(context) }
        let problems = NewPasswordFields.problems(
            form,
            knownWords: user.knownWords,
            length: try context.passwordLength
        )
        guard problems.isEmpty else { return try self.form(token, user, problems, context) }
        let request = context.request
        let writer = WriteContext(
            actor: .user(user.id),
            requestID: request.id,
            ip: request.remoteAddress,
            now: context.environment.now()
        )
        do {
            try PasswordResetStore(context.database).use(token, password: form["password"] ?? "", context: writer)
        } catch IdentityError.missing {
            return try gone(context)
        }
        return .seeOther("\(AccountsPath.login)?done=reset")
    }

    private static func find(_ token: String, _ context: RequestContext) throws -> User? {
        try PasswordResetStore(context.database).user(of: token, at: context.environment.now())
    }

    private static func form(
        _ token: String,
        _ user: User,
        _ problems: [Problem],
        _ context: RequestContext
    ) throws -> Response {
        let html = ResetView.form(token, email: user.email, problems, in: try context.shell())
        return .page(html, status: problems.isEmpty ? 200 : 422)
    }

    private static func gone(_ context: RequestContext) throws -> Response {
        .page(ResetView.gone(in: try context.shell()), status: 404)
    }
}

/// The two fields of a password that is being chosen.
enum NewPasswordFields {
    static let all = [
        FormField(
            "password",
            "New password",
            .newPassword,
            hint: """
                At least 12 characters, more if the shop asks for it. Four words that do not belong together are easy \
                to keep in mind.
                """,
            isRequired: true
        ),
        FormField("repeated", "New password, once more", .newPassword, isRequired: true),
    ]

    static func problems(_ form: Fields, knownWords: [String], length: Int64) -> [Problem] {
        let password = form["password"] ?? ""
        guard !password.isEmpty else { return [Problem("password", "required", "Enter the new password.")] }
        if let problem = UserValidation.password(password, length: length, knownWords: knownWords) {
            return [problem]
        }
        guard form["repeated"] == password else {
            return [Problem("repeated", "not_the_same", "The two passwords are not the same. Type it once more.")]
        }
        return []
    }
}
