import Identity
import Support
import Web

/// POST and DELETE /api/session, GET /api/me.
enum SessionAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/api/session",
            access: .open,
            pool: .login,
            Operation(
                "Begins a session and sets its cookie",
                request: [.json("Login")],
                responses: [200: [.json("Session")], 401: [.problem]]
            ),
            handler: create
        ),
        AppRoute(
            .delete,
            "/api/session",
            access: .login,
            pool: .login,
            Operation("Ends the session", responses: [204: []]),
            handler: delete
        ),
        AppRoute(
            .get,
            "/api/me",
            access: .login,
            Operation("Who is logged in and what they may do", responses: [200: [.json("Me")]]),
            handler: show
        ),
    ]

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json(limit: 16 << 10)
        try context.request.checkParameters([])
        let (email, password) = try credentials(in: body)
        let signIn = SignIn(context.database, context.environment)
        switch try signIn.attempt(email, password: password, context.request) {
        case .done(let user, let csrfToken, let cookie):
            return Response.json(["csrf_token": .string(csrfToken), "user": user.json]).setting(cookie)
        case .refused:
            let message = LoginMessages.refused
            throw WebError(401, message.code, message.detail, headers: .headers(["WWW-Authenticate": "Bearer"]))
        case .throttled(let seconds):
            let message = LoginMessages.throttled(seconds)
            throw WebError.tooManyRequests(message.code, message.detail, retryAfter: Int(seconds))
        }
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let signIn = SignIn(context.database, context.environment)
        return Response.noContent.setting(try signIn.end(try context.principal, context.request))
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let principal = try context.principal
        return .json(Me.json(principal.user, principal))
    }

    /// The two members of a login. Throws 422 naming every one that is missing, empty, too long, no text, or unknown.
    private static func credentials(in body: JSON) throws(WebError) -> (email: String, password: String) {
        guard let members = body.members else {
            throw .invalid([Problem("", "not_an_object", "The body is an object with \"email\" and \"password\".")])
        }
        let email = body["email"]?.stringValue ?? ""
        let password = body["password"]?.stringValue ?? ""
        var problems = members.filter { $0.name != "email" && $0.name != "password" }.map { member in
            Problem(member.name, "unknown_field", "There is no member '\(member.name)' here.")
        }
        if email.trimmed.isEmpty { problems.append(LoginMessages.noName) }
        if password.isEmpty { problems.append(LoginMessages.noPassword) }
        let most = UserField.email.maxLength
        if email.unicodeScalars.count > most {
            problems.append(Problem("email", "too_long", "A name to log in with has at most \(most) characters."))
        }
        if let problem = UserValidation.passwordTooLong(password) { problems.append(problem) }
        guard problems.isEmpty else { throw .invalid(problems) }
        return (email, password)
    }
}
