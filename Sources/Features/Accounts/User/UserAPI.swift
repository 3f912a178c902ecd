import Crypto
import Database
import Identity
import Records
import Support
import Web

/// `/api/users`: who may come in, and as what.
enum UserAPI {
    static let routes: [AppRoute] = lists + records + actions

    private static let answers: [Int: [Operation.Content]] = [200: [.json("User")], 409: [.problem]]

    private static let lists = [
        AppRoute(
            .get,
            "/api/users",
            access: .permission(.adminUsers),
            Operation(
                "Users that match all filters",
                parameters: [
                    .init(
                        "q",
                        .text(length: 0...UserFilter.maxText),
                        "every word somewhere in email address, username or names"
                    ),
                    .init("role", .choice(Role.allCases.map(\.rawValue)), "what they may do"),
                    .init("active", .boolean(), "true for those who may log in"),
                    .init("verified", .boolean(), "true for verified users"),
                    .sort(UserSort.Key.allCases.map(\.rawValue), defaultValue: "email"),
                ] + Operation.Parameter.paging,
                responses: [200: [.json("UserList")]]
            ),
            handler: list
        ),
        AppRoute(
            .get,
            "/api/users/stats",
            access: .permission(.adminUsers),
            Operation("How many users, by role, state and last login", responses: [200: [.json("UserStats")]]),
            handler: statistics
        ),
        AppRoute(
            .post,
            "/api/users",
            access: .permission(.adminUsers),
            pool: .login,
            Operation(
                "Adds a user; without a password the answer has a one-time link to set one",
                request: [.json("NewUser")],
                responses: [201: [.json("UserAdded")], 409: [.problem]],
                headers: [.etag, .location]
            ),
            handler: create
        ),
    ]

    private static let records = AppRoute.record(
        "/api/users/{id:int}",
        "user",
        schema: "User",
        read: .adminUsers,
        write: .adminUsers,
        .init(
            show: show,
            merge: { try write($0, UserBody(purpose: .merge, fields: UserField.edited), Request.mergePatchTypes) },
            replace: { try write($0, UserBody(purpose: .replace, fields: UserField.edited), ["application/json"]) }
        )
    )

    private static let actions = [
        action("/api/users/{id:int}/activate", "Lets a user log in again") { store, id, context, check in
            try store.setActive(true, id, context: context, check)
        },
        action(
            "/api/users/{id:int}/deactivate",
            "Deactivates a user: ends their sessions and tokens, and refuses their logins"
        ) {
            store,
            id,
            context,
            check in try store.setActive(false, id, context: context, check)
        },
        action("/api/users/{id:int}/verify", "Marks the user as verified") {
            store,
            id,
            context,
            check in try store.verify(id, context: context, check)
        },
        AppRoute(
            .post,
            "/api/users/{id:int}/reset-link",
            access: .permission(.adminUsers),
            Operation(
                "Makes a one-time link by which the user sets a password, in place of an older one",
                responses: [201: [.json("ResetLink")], 409: [.problem]]
            ),
            handler: makeLink
        ),
    ]

    private typealias Check = (User) throws -> Void

    private static func action(
        _ path: PathPattern,
        _ summary: String,
        _ change: @escaping @Sendable (UserStore, Int64, WriteContext, Check) throws -> User
    ) -> AppRoute {
        AppRoute(
            .post,
            path,
            access: .permission(.adminUsers),
            Operation(
                summary,
                responses: answers,
                headers: [.etag]
            )
        ) { context in
            let request = context.request
            let found = try find(context)
            try request.checkParameters([])
            try request.requireMatch(found.entityTag)
            let writer = try context.writeContext
            let user = try AccountsRefusal.answered {
                try change(UserStore(context.database), found.id, writer) { try request.requireMatch($0.entityTag) }
            }
            return .json(user.record).tagged(user.entityTag, for: request)
        }
    }

    // MARK: Reading

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, UserSort.rules)
        let filter = try UserFilter(query.filters)
        let sort = UserSort(query.sort)
        let after = try query.after.map { (values) throws(WebError) in try sort.place(values) }
        let store = UserStore(context.database)
        return try query.answer(
            try store.list(filter, sort, after: after, limit: query.limit + 1),
            total: { try store.count(filter) },
            cursor: sort.cursor,
            item: \.record
        )
    }

    @Sendable static func statistics(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .json(try UserStore(context.database).statistics(at: context.environment.now()).record)
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let user = try find(context)
        try context.request.checkParameters([])
        return .json(user.record).tagged(user.entityTag, for: context.request)
    }

    /// The user that the path names. Throws 404.
    static func find(_ context: RequestContext) throws -> User {
        guard let user = try UserStore(context.database).find(try context.parameters.int("id")) else {
            throw AccountsRefusal.noUser
        }
        return user
    }

    // MARK: Writing

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        let (draft, refused) = UserBody(purpose: .create).edit(body, .blank, others: ["password"])
        var problems = refused
        let password: String?
        switch body["password"] {
        case nil, .null: password = nil
        case .string(let text): password = text
        default:
            password = nil
            problems.append(Problem("password", "wrong_type", "Password must be a text or null."))
        }
        let new = draft.new(password: password)
        let length = try context.passwordLength
        if let password,
            let problem = UserValidation.password(password, length: length, knownWords: new.knownWords)
        {
            problems.append(problem)
        }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        let token = password == nil ? context.environment.makeToken() : nil
        let store = UserStore(context.database)
        let id = try AccountsRefusal.answered { try store.create(new, resetToken: token, context: writer) }
        guard let id, let user = try store.find(id) else { throw AccountsRefusal.noUser }
        var members = user.record.members ?? []
        if let token { members.append(JSON.Member("reset_link", try link(token, writer.now, context))) }
        let answer = Response.json(.object(members), status: 201)
        return (token == nil ? answer : answer.unstored)
            .with("Location", "/api/users/\(id)")
            .tagged(user.entityTag, for: context.request)
    }

    @Sendable static func makeLink(_ context: RequestContext) throws -> Response {
        let user = try find(context)
        try context.request.checkParameters([])
        let writer = try context.writeContext
        let token = context.environment.makeToken()
        try AccountsRefusal.answered {
            try PasswordResetStore(context.database).create(token, of: user.id, context: writer)
        }
        return Response.json(try link(token, writer.now, context), status: 201).unstored
    }

    private static func link(_ token: String, _ now: Timestamp, _ context: RequestContext) throws -> JSON {
        let url = try context.setting(SiteAddress.self).url(AccountsPath.reset(token), context.request)
        let end = now.adding(seconds: PasswordResetStore.lifetime)
        return ["url": .string(url), "expires_at": .string(end.rfc3339)]
    }

    @Sendable private static func write(
        _ context: RequestContext,
        _ body: UserBody,
        _ types: [String]
    ) throws -> Response {
        let request = context.request
        let found = try find(context)
        let json = try request.json(types: types)
        try request.checkParameters([])
        func edit(_ current: User) throws -> User {
            try request.requireMatch(current.entityTag)
            let (user, problems) = body.edit(json, current)
            guard problems.isEmpty else { throw WebError.invalid(problems) }
            return user
        }
        var user = found
        // What is refused, or changes nothing, need not wait for those who write.
        if try edit(found) != found {
            let writer = try context.writeContext
            user = try AccountsRefusal.answered {
                try UserStore(context.database).update(found.id, context: writer, edit)
            }
        }
        return .json(user.record).tagged(user.entityTag, for: request)
    }
}
