import AdminKit
import Crypto
import Database
import Identity
import Markup
import Support
import Web

/// The pages of single users; the list stands in `UserListPages`.
enum UserPages {
    static let routes: [AppRoute] =
        UserListPages.routes + [
            route(.get, AccountsPath.newUser, .page("The form of a new user"), handler: new),
            route(.post, AccountsPath.newUser, pool: .login, .form("Adds a user"), handler: create),
            route(.get, AccountsPath.user, .page("One user"), handler: show),
            route(.post, AccountsPath.user, .form("Changes a user"), handler: save),
            route(
                .get,
                AccountsPath.deactivateUser,
                .page("Confirmation page for deactivating a user"),
                handler: askToDeactivate
            ),
            route(.post, AccountsPath.deactivateUser, .form("Deactivates a user"), handler: deactivate),
            route(.post, AccountsPath.activateUser, .form("Lets a user log in again"), handler: activate),
            route(.post, AccountsPath.verifyUser, .form("Notes that a user is known"), handler: verify),
            route(.post, AccountsPath.userResetLink, .form("Makes a one-time link"), handler: makeLink),
        ]

    private static func route(
        _ method: Web.Method,
        _ path: PathPattern,
        pool: Pool = .web,
        _ operation: Operation,
        handler: @escaping AppRoute.Handler
    ) -> AppRoute {
        AppRoute(method, path, access: .permission(.adminUsers), pool: pool, operation, handler: handler)
    }

    /// Users as the search in the frame finds them.
    @Sendable static func hits(_ context: RequestContext, _ words: String) throws -> [SearchHit] {
        guard try context.principal.permissions.contains(.adminUsers) else { return [] }
        return try UserStore(context.database).list(UserFilter(q: words), limit: 5).map { user in
            SearchHit(
                user.displayName,
                note: "\(user.email) · \(RoleWords.title(user.role))",
                path: AccountsPath.user(user.id).description,
                group: "Users",
                icon: .user,
                permission: .adminUsers
            )
        }
    }

    // MARK: A new user

    private static let passwordField = FormField(
        "password",
        "Password",
        .newPassword,
        hint: "Leave it empty to get a link by which the user sets it. Else at least 12 characters."
    )

    @Sendable static func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let model = UserEditModel(stored: nil, fields: UserForm.fields(.blank) + [passwordField])
        return .page(UserEditView.html(model, in: try context.shell()))
    }

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        let (draft, refused) = UserForm.edit(form, .blank)
        var problems = refused
        let password = form["password"].flatMap { $0.isEmpty ? nil : $0 }
        let new = draft.new(password: password)
        let length = try context.passwordLength
        if let password,
            let problem = UserValidation.password(password, length: length, knownWords: new.knownWords)
        {
            problems.append(problem)
        }
        if problems.isEmpty {
            do {
                return try create(new, context)
            } catch let refusal as IdentityError {
                problems = [AccountsRefusal.problem(refusal)]
            }
        }
        let (fields, rest) = (UserForm.fields(form) + [passwordField]).showing(problems)
        let model = UserEditModel(stored: nil, fields: fields, problems: rest)
        return .page(UserEditView.html(model, in: try context.shell()), status: 422)
    }

    private static func create(_ new: NewUser, _ context: RequestContext) throws -> Response {
        let writer = try context.writeContext
        let store = UserStore(context.database)
        let token = new.password == nil ? context.environment.makeToken() : nil
        guard let id = try store.create(new, resetToken: token, context: writer), let user = try store.find(id) else {
            throw AccountsRefusal.noUser
        }
        guard let token else { return .seeOther("\(AccountsPath.user(id))?done=created") }
        return try linkPage(user, token, writer.now, isNew: true, context)
    }

    // MARK: One user

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let user = try UserAPI.find(context)
        try context.request.checkParameters(["done"])
        let flashes: [Flash] =
            switch context.request.query["done"] {
            case "created": [Flash(.success, "The user was created.")]
            case "saved": [Flash(.success, "Your changes were saved.")]
            case "activated": [Flash(.success, "The user may log in again.")]
            case "deactivated": [Flash(.success, "The user is logged out everywhere and cannot log in.")]
            case "verified": [Flash(.success, "The user is marked as verified.")]
            case "last_admin": [Flash(.danger, IdentityError.lastAdmin.description)]
            case "inactive": [Flash(.danger, IdentityError.inactive.description)]
            default: []
            }
        return .page(try page(user, context, flashes: flashes) { _ in })
    }

    private static func page(
        _ user: User,
        _ context: RequestContext,
        flashes: [Flash] = [],
        _ change: (inout UserEditModel) -> Void
    ) throws -> HTML {
        var model = try model(user, context)
        change(&model)
        return UserEditView.html(model, in: try context.shell(flashes: flashes))
    }

    private static func model(_ user: User, _ context: RequestContext) throws -> UserEditModel {
        let now = context.environment.now()
        let filter = TokenFilter(userID: user.id, state: .valid)
        return UserEditModel(
            stored: user,
            fields: UserForm.fields(user, UserField.edited),
            sessions: try SessionStore(context.database).count(ofUser: user.id, at: now),
            tokens: try TokenStore(context.database).count(filter, at: now)
        )
    }

    /// Another user saved after the form was made: what stands now.
    private struct StaleForm: Error {
        let user: User
    }

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let found = try UserAPI.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let seen = form["version"].flatMap({ Int64($0) }) else {
            throw WebError.badRequest("no_version", "The form does not say which version it was made from.")
        }
        do {
            _ = try UserStore(context.database).update(found.id, context: try context.writeContext) { current in
                guard current.version == seen else { throw StaleForm(user: current) }
                let (user, problems) = UserForm.edit(form, current, UserField.edited)
                guard problems.isEmpty else { throw WebError.invalid(problems) }
                return user
            }
            // A user who has taken their own role away may not look at users any more.
            return .seeOther("\(AccountsPath.user(found.id))?done=saved")
        } catch let stale as StaleForm {
            let html = try page(stale.user, context) { model in
                model.fields = UserForm.fields(form, UserField.edited)
                model.isConflict = true
            }
            return .page(html, status: 409)
        } catch IdentityError.missing {
            throw AccountsRefusal.noUser
        } catch let refusal as IdentityError {
            return try refused(found, form, [AccountsRefusal.problem(refusal)], context)
        } catch let error as WebError where error.status == 422 {
            return try refused(found, form, error.problems, context)
        }
    }

    private static func refused(
        _ user: User,
        _ form: Fields,
        _ problems: [Problem],
        _ context: RequestContext
    ) throws -> Response {
        let html = try page(user, context) { model in
            (model.fields, model.problems) = UserForm.fields(form, UserField.edited).showing(problems)
        }
        return .page(html, status: 422)
    }

    // MARK: In and out

    @Sendable static func askToDeactivate(_ context: RequestContext) throws -> Response {
        let user = try UserAPI.find(context)
        try context.request.checkParameters([])
        return .page(UserEditView.confirm(try model(user, context), user, in: try context.shell()))
    }

    @Sendable static func deactivate(_ context: RequestContext) throws -> Response {
        try change(context, "deactivated") { try $0.setActive(false, $1, context: $2) }
    }

    @Sendable static func activate(_ context: RequestContext) throws -> Response {
        try change(context, "activated") { try $0.setActive(true, $1, context: $2) }
    }

    @Sendable static func verify(_ context: RequestContext) throws -> Response {
        try change(context, "verified") { try $0.verify($1, context: $2) }
    }

    private static func change(
        _ context: RequestContext,
        _ done: String,
        _ change: (UserStore, Int64, WriteContext) throws -> User
    ) throws -> Response {
        let user = try UserAPI.find(context)
        try context.request.checkParameters([])
        let path = AccountsPath.user(user.id)
        do {
            _ = try change(UserStore(context.database), user.id, try context.writeContext)
            return .seeOther("\(path)?done=\(done)")
        } catch IdentityError.lastAdmin {
            return .seeOther("\(path)?done=last_admin")
        }
    }

    // MARK: Links

    @Sendable static func makeLink(_ context: RequestContext) throws -> Response {
        let user = try UserAPI.find(context)
        try context.request.checkParameters([])
        let writer = try context.writeContext
        let token = context.environment.makeToken()
        do {
            try PasswordResetStore(context.database).create(token, of: user.id, context: writer)
        } catch IdentityError.inactive {
            return .seeOther("\(AccountsPath.user(user.id))?done=inactive")
        }
        return try linkPage(user, token, writer.now, isNew: false, context)
    }

    private static func linkPage(
        _ user: User,
        _ token: String,
        _ now: Timestamp,
        isNew: Bool,
        _ context: RequestContext
    ) throws -> Response {
        let url = try context.setting(SiteAddress.self).url(AccountsPath.reset(token), context.request)
        let end = now.adding(seconds: PasswordResetStore.lifetime)
        return .page(UserEditView.link(user, url: url, until: end, isNew: isNew, in: try context.shell()))
    }
}
