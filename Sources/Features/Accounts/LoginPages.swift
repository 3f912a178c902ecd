import AdminKit
import Identity
import Support
import Web

/// GET and POST /login, POST /logout.
enum LoginPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, AccountsPath.login, access: .open, pool: .login, .page("The login form"), handler: show),
        AppRoute(.post, AccountsPath.login, access: .open, pool: .login, .form("Begins a session"), handler: submit),
        AppRoute(.post, "/logout", access: .login, .form("Ends the session"), handler: leave),
    ]

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let next = destination(context.request.query["next"])
        guard try context.visitor() == nil else { return .seeOther(next) }
        let isReset = context.request.query["done"] == "reset"
        return try page(LoginModel(next: next, hasNewPassword: isReset), context)
    }

    /// Open and without a CSRF token: there is no session yet that one could belong to. The Gatekeeper has looked at
    /// where the request comes from, so another site cannot log its visitors in here.
    @Sendable static func submit(_ context: RequestContext) throws -> Response {
        let form = try context.request.form(limit: 16 << 10)
        let name = form["email"] ?? ""
        let password = form["password"] ?? ""
        var model = LoginModel(next: destination(form["next"]), email: name)
        guard !name.trimmed.isEmpty, !password.isEmpty else {
            model.error = LoginMessages.incomplete.detail
            return try page(model, context, status: 422)
        }
        let signIn = SignIn(context.database, context.environment)
        switch try signIn.attempt(name, password: password, context.request) {
        case .done(_, _, let cookie): return Response.seeOther(model.next).setting(cookie)
        case .refused:
            model.error = LoginMessages.refused.detail
            return try page(model, context, status: 401)
        case .throttled(let seconds):
            model.error = LoginMessages.throttled(seconds).detail
            return try page(model, context, status: 429).with("Retry-After", "\(seconds)")
        }
    }

    @Sendable static func leave(_ context: RequestContext) throws -> Response {
        let signIn = SignIn(context.database, context.environment)
        let cookie = try signIn.end(try context.principal, context.request)
        return Response.seeOther(AccountsPath.login.description).setting(cookie)
    }

    /// Where the login leads: a path of ours, else home. Not back to a door.
    private static func destination(_ next: String?) -> String {
        guard let next, let path = LocalPath(next)?.description,
            let first = path.split(separator: "?", omittingEmptySubsequences: false).first,
            first != AccountsPath.login.description, first != "/logout"
        else { return "/" }
        return path
    }

    private static func page(_ model: LoginModel, _ context: RequestContext, status: Int = 200) throws -> Response {
        .page(LoginView.html(model, in: try context.shell()), status: status)
    }
}
