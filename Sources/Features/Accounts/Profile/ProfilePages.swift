import AdminKit
import Database
import Identity
import Markup
import Support
import Web

/// One's own profile: names, email address, password, and where one is logged in.
enum ProfilePages {
    static let routes: [AppRoute] = [
        route(.get, AccountsPath.profile, .page("Your profile"), handler: show),
        route(.post, AccountsPath.profile, .form("Changes your names"), handler: save),
        route(.get, AccountsPath.profileEmail, .page("The form of your email address"), handler: email),
        route(.post, AccountsPath.profileEmail, pool: .login, .form("Changes your email address"), handler: saveEmail),
        route(.get, AccountsPath.profilePassword, .page("The form of your password"), handler: password),
        route(.post, AccountsPath.profilePassword, pool: .login, .form("Changes your password"), handler: savePassword),
        route(.post, AccountsPath.endSession, .form("Ends one of your sessions"), handler: endSession),
        route(.post, AccountsPath.endOtherSessions, .form("Ends your other sessions"), handler: endOthers),
    ]

    private static func route(
        _ method: Web.Method,
        _ path: PathPattern,
        pool: Pool = .web,
        _ operation: Operation,
        handler: @escaping AppRoute.Handler
    ) -> AppRoute {
        AppRoute(method, path, access: .permission(.manageAccount), pool: pool, operation, handler: handler)
    }

    private static let sessionsShown = 50

    // MARK: Names

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["done"])
        let flashes: [Flash] =
            switch context.request.query["done"] {
            case "saved": [Flash(.success, "Your changes were saved.")]
            case "email": [Flash(.success, "Your email address was changed. Log in with it from now on.")]
            case "password": [Flash(.success, "Your password was changed. Your other sessions are logged out.")]
            case "ended": [Flash(.success, "The session is logged out.")]
            case "others": [Flash(.success, "Your other sessions are logged out.")]
            default: []
            }
        let user = try context.principal.user
        return .page(try page(user, UserForm.fields(user, UserField.own), [], context, flashes))
    }

    private static func page(
        _ user: User,
        _ fields: [FormField],
        _ problems: [Problem],
        _ context: RequestContext,
        _ flashes: [Flash] = []
    ) throws -> HTML {
        let now = context.environment.now()
        let sessions = SessionStore(context.database)
        let model = ProfileModel(
            user: user,
            fields: fields,
            problems: problems,
            sessions: try sessions.list(ofUser: user.id, at: now, limit: sessionsShown),
            currentSession: try context.principal.sessionID,
            sessionCount: try sessions.count(ofUser: user.id, at: now),
            tokens: try TokenStore(context.database).count(TokenFilter(userID: user.id, state: .valid), at: now)
        )
        return ProfileView.html(model, in: try context.shell(flashes: flashes))
    }

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        let user = try context.principal.user
        do {
            try update(user, form, UserField.own, context)
            return .seeOther("\(AccountsPath.profile)?done=saved")
        } catch let error as WebError where error.status == 422 || error.status == 409 {
            let (fields, rest) = UserForm.fields(form, UserField.own).showing(error.problems)
            return .page(try page(user, fields, rest, context), status: 422)
        }
    }

    /// Takes these fields of the form over and no others, whatever else it holds.
    private static func update(
        _ user: User,
        _ form: Fields,
        _ fields: [UserField],
        _ context: RequestContext
    ) throws {
        let problems = UserForm.edit(form, user, fields).problems
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        try AccountsRefusal.answered {
            _ = try UserStore(context.database).update(user.id, "profile.update", context: writer) { stored in
                UserForm.edit(form, stored, fields).user
            }
        }
    }

    // MARK: What needs the password

    private static let currentPassword = FormField("current_password", "Current password", .password, isRequired: true)

    @Sendable static func email(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .page(try emailPage(try context.principal.user.email, [], context))
    }

    private static func emailPage(_ text: String, _ problems: [Problem], _ context: RequestContext) throws -> HTML {
        let field = FormField(
            "email",
            "New email address",
            .email,
            value: text,
            isRequired: true,
            maxLength: UserField.email.maxLength
        )
        return ProfileView.form(
            "Change email address",
            action: AccountsPath.profileEmail,
            [field, currentPassword],
            problems,
            explanation: "You log in with it from then on. It has to be verified again.",
            in: try context.shell()
        )
    }

    @Sendable static func saveEmail(_ context: RequestContext) throws -> Response {
        let form = try context.request.form(limit: 16 << 10)
        try context.request.checkParameters([])
        let user = try context.principal.user
        do {
            let problems = UserForm.edit(form, user, [.email]).problems
            guard problems.isEmpty else { throw WebError.invalid(problems) }
            try ProfilePassword.require(form["current_password"], context)
            try update(user, form, [.email], context)
            return .seeOther("\(AccountsPath.profile)?done=email")
        } catch let error as WebError where [409, 422, 429].contains(error.status) {
            return try refused(error) { try emailPage(form["email"] ?? "", $0, context) }
        }
    }

    @Sendable static func password(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .page(try passwordPage([], context))
    }

    private static func passwordPage(_ problems: [Problem], _ context: RequestContext) throws -> HTML {
        ProfileView.form(
            "Change password",
            action: AccountsPath.profilePassword,
            [currentPassword] + NewPasswordFields.all,
            problems,
            explanation: "Your other sessions are logged out. Tokens stay.",
            in: try context.shell()
        )
    }

    @Sendable static func savePassword(_ context: RequestContext) throws -> Response {
        let form = try context.request.form(limit: 16 << 10)
        try context.request.checkParameters([])
        let principal = try context.principal
        do {
            let problems = NewPasswordFields.problems(
                form,
                knownWords: principal.user.knownWords,
                length: try context.passwordLength
            )
            guard problems.isEmpty else { throw WebError.invalid(problems) }
            try ProfilePassword.require(form["current_password"], context)
            let renewed = try OwnPassword(context.database, context.environment).change(
                to: form["password"] ?? "",
                principal,
                context.request,
                context: try context.writeContext
            )
            let response = Response.seeOther("\(AccountsPath.profile)?done=password")
            return renewed.map { response.setting($0.cookie) } ?? response
        } catch let error as WebError where [422, 429].contains(error.status) {
            return try refused(error) { try passwordPage($0, context) }
        }
    }

    /// The form again with what is wrong with it.
    private static func refused(_ error: WebError, _ page: ([Problem]) throws -> HTML) throws -> Response {
        let problems = error.problems.isEmpty ? [Problem("", error.code ?? "", error.detail)] : error.problems
        var response = Response.page(try page(problems), status: error.status == 429 ? 429 : 422)
        for header in error.headers.all { response.headers.set(header.name, header.value) }
        return response
    }

    // MARK: Sessions

    @Sendable static func endSession(_ context: RequestContext) throws -> Response {
        let id = try context.parameters.int("id")
        try context.request.checkParameters([])
        let user = try context.principal.user.id
        let writer = try context.writeContext
        try AccountsRefusal.answered(AccountsRefusal.noSession) {
            try SessionStore(context.database).end(id, ofUser: user, context: writer)
        }
        return .seeOther("\(AccountsPath.profile)?done=ended")
    }

    @Sendable static func endOthers(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let principal = try context.principal
        _ = try SessionStore(context.database).endOthers(
            ofUser: principal.user.id,
            but: principal.sessionID,
            context: try context.writeContext
        )
        return .seeOther("\(AccountsPath.profile)?done=others")
    }
}
