package import Database
package import Support
package import Web

/// Stands before every handler and makes the checks of the HTTP contract in their order: who is it (401), is there
/// such an address (404) and method (405), may they (403), does it come from our own page (403). A handler runs only
/// when all of them are passed, so no feature can forget one.
///
/// What is open without login is what its route says; everything else answers 401 first, whether it exists or not, so
/// that an outsider learns nothing about the addresses.
package struct Gatekeeper {
    private let router: Router<RequestContext>
    private let database: Connection
    private let environment: Environment
    private let authentication: Authentication
    private let settings: FeatureSettings
    private let configuration: Configuration
    private let publicURL: String?
    private let limits: RequestLimits?
    private let idempotency: Idempotency
    private let refusedTokens: RefusedTokens

    /// - Parameter publicURL: the address that people see, where it is not the one that requests name (a proxy in
    ///   front); unsafe requests may come from its pages too.
    /// - Parameter limits: how many requests to the API each token, user or unknown address may make; nil for no limit.
    /// - Parameter processes: how those that answer requests are called.
    package init(
        _ router: Router<RequestContext>,
        database: Connection,
        environment: Environment,
        settings: FeatureSettings = FeatureSettings(),
        publicURL: String? = nil,
        limits: RequestLimits? = nil,
        processes: ProcessNames = .unknown
    ) {
        self.router = router
        self.database = database
        self.environment = environment
        self.settings = settings
        configuration = Configuration(database, overrides: settings.overrides)
        authentication = Authentication(database, environment, configuration)
        self.publicURL = publicURL
        self.limits = limits
        idempotency = Idempotency(database, environment, processes)
        refusedTokens = RefusedTokens(database, environment, settings[AuditQueue.self])
    }

    /// The answer to a request. One that changes nothing is answered from one unchanging snapshot of the database.
    ///
    /// Throws `WebError` for a refusal, and whatever the handler throws.
    /// - Parameter note: told which user makes the request, when that is known; also before something is thrown.
    package func respond(to request: Request, note: (Principal) -> Void = { _ in }) throws -> Response {
        var known: Principal?
        defer {
            if let known {
                authentication.noteUse(by: known)
                note(known)
            }
        }
        var counted = Fields.headers()
        do {
            var response =
                request.method.isUnsafe
                ? try answer(request, &known, &counted) : try database.read { try answer(request, &known, &counted) }
            for field in counted.all { response.headers.append(field.name, field.value) }
            return response
        } catch var refusal as WebError {
            if refusal.code == WebError.badToken.code { refusedTokens.note(request) }
            for field in counted.all { refusal.headers.append(field.name, field.value) }
            throw refusal
        }
    }

    /// Counts a request to the API against its user or token, and then one that carries a token, real or not, against
    /// its address: nginx leaves these to us, so that a client learns of its token's limit first.
    ///
    /// Throws 429.
    private func count(_ request: Request, _ principal: Principal?) throws(WebError) -> Fields {
        guard let limits else { return .headers() }
        let address = request.remoteAddress
        var counted = Fields.headers()
        if request.segments.first == "api" {
            switch principal?.credential {
            case .token(let id, _): counted = try limits.count("token:\(id)", policy: "token")
            case .session, .ticket: counted = try limits.count("user:\(principal?.user.id ?? 0)", policy: "user")
            case nil: counted = try limits.count("address:\(address)", policy: "address")
            }
        }
        let rate = (try? configuration.value(ConfigurationTable.requestRate)) ?? 0
        if rate > 0, request.headers["Authorization"] != nil {
            _ = try limits.count("requests:\(address)", policy: "address", rate: Int(clamping: rate))
        }
        return counted
    }

    private func answer(
        _ request: Request,
        _ known: inout Principal?,
        _ counted: inout Fields
    ) throws -> Response {
        let match = router.match(request.method, request.segments)
        if case .found(let route, let parameters) = match, route.access == .open {
            counted = try count(request, nil)
            if request.method.isUnsafe { try checkOrigin(of: request) }
            return try route.handler(context(request, parameters, principal: nil))
        }
        let principal: Principal
        switch try identify(request) {
        case .success(let found): principal = found
        case .failure(let refusal):
            counted = try count(request, nil)
            return try Self.answer(refusal, to: request)
        }
        known = principal
        counted = try count(request, principal)
        switch match {
        case .notFound: throw WebError.notFound
        case .methodNotAllowed(let allowed):
            guard request.method != .options else { return .options(allowed) }
            throw WebError.methodNotAllowed(allowed)
        case .found(let route, let parameters):
            try checkPermission(of: principal, for: route, request, parameters)
            let awaitsCSRF = try checkForgery(request, principal, isUpload: route.pool == .upload)
            let context = context(request, parameters, principal: principal, awaitsCSRF: awaitsCSRF)
            guard let key = try IdempotencyKey.name(in: request) else { return try route.handler(context) }
            // Nothing is written, not even the key, before the token of an upload was looked at.
            if awaitsCSRF { try context.requireCSRF(Self.formToken(in: request)) }
            return try idempotency.answer(
                request,
                key: key,
                content: context.bodyHashes,
                by: principal,
                seconds: route.pool == .web ? 60 : 900
            ) { try route.handler(context) }
        }
    }

    /// What the page that tells of a refusal needs: who made the request is looked up when it is asked for.
    package func context(of refused: Request) -> RequestContext {
        context(refused, PathParameters(), principal: nil)
    }

    /// The answer to nginx's question whether a body may be sent: 204, 401 or 403 and nothing else. An address or a
    /// method that does not exist is let through to its 404 or 405; the CSRF token of a form is in the body and left
    /// to the handler.
    /// - Parameter request: the original one: its method, target and headers, without its body.
    package func authorize(_ request: Request) throws -> WebError? {
        let refusal = try verdict(on: request, touches: true)
        if refusal?.code == WebError.badToken.code { refusedTokens.note(request) }
        return refusal
    }

    /// Whether a request that is being answered for long (an event stream) would still be let in: its session may have
    /// ended meanwhile. To ask is no use of the session, else an open tab would keep it for ever.
    package func stillAllows(_ request: Request) throws -> Bool { try verdict(on: request, touches: false) == nil }

    private func verdict(on request: Request, touches: Bool) throws -> WebError? {
        let match = router.match(request.method, request.segments)
        // nginx asks only about a large body, and without a login none may be large.
        if case .found(let route, _) = match, route.access == .open {
            return .tooLarge(limit: Request.openBodyLimit)
        }
        let identity = try identify(request)
        // The use of a ticket is no use of a session, and is to be noted as long as its stream is open.
        if case .success(let principal) = identity, touches || principal.hasTicket {
            authentication.noteUse(by: principal)
        }
        return try Self.refusal {
            let principal = try identity.get()
            guard case .found(let route, let parameters) = match else { return }
            try checkPermission(of: principal, for: route, request, parameters)
            _ = try checkForgery(request, principal, isUpload: true)
        }
    }

    private static func refusal(by checks: () throws -> Void) throws -> WebError? {
        do {
            try checks()
            return nil
        } catch let error as WebError where error.status == 401 || error.status == 403 {
            return error
        }
    }

    // MARK: Checks

    private func identify(_ request: Request) throws -> Result<Principal, WebError> {
        switch try authentication.identify(request) {
        case .known(let principal): .success(principal)
        case .anonymous: .failure(.unauthenticated)
        case .expired: .failure(.sessionOver)
        case .badToken: .failure(.badToken)
        case .badTicket: .failure(.badTicket)
        }
    }

    /// Programs get the refusal itself; browsers are shown the login, and then what they asked for if that is harmless
    /// to ask for again. Where a secret stands in the address they do not come back to it: it would stand in another.
    private static func answer(_ refusal: WebError, to request: Request) throws(WebError) -> Response {
        guard !request.isAPI, request.headers["Authorization"] == nil else { throw refusal }
        guard !request.method.isUnsafe, !holdsSecret(request.target), let path = LocalPath(request.target)
        else { return .seeOther("/login") }
        return .seeOther("/login?next=\(path.description.percentEncoded)")
    }

    private func checkPermission(
        of principal: Principal,
        for route: AppRoute,
        _ request: Request,
        _ parameters: PathParameters
    ) throws {
        switch route.access {
        case .open, .login: break
        case .permission(let permission): try principal.require([permission])
        case .anyOf(let some):
            guard !principal.permissions.isDisjoint(with: some) else { throw WebError.forbidden(anyOf: some) }
        case .gathered: throw WebError.forbidden(anyOf: [])
        }
        guard let needs = route.needs else { return }
        try principal.require(try needs.permissions(context(request, parameters, principal: principal)))
    }

    private func checkOrigin(of request: Request) throws(WebError) {
        let isOurs = originIsOurs(request, publicURL: publicURL) {
            // Without a database there are none, and the answer says why.
            (try? configuration.value(ConfigurationTable.corsOrigins)) ?? []
        }
        guard isOurs else { throw .foreignOrigin }
    }

    /// Only cookies are sent by browsers on their own, so only sessions can be abused by another site's page.
    /// - Returns: whether the token of an upload is still to be looked for in its body.
    private func checkForgery(
        _ request: Request,
        _ principal: Principal,
        isUpload: Bool
    ) throws(WebError) -> Bool {
        guard request.method.isUnsafe, let expected = principal.csrfToken else { return false }
        try checkOrigin(of: request)
        if isUpload, request.headers["X-CSRF-Token"] == nil { return true }
        guard let sent = request.headers["X-CSRF-Token"] ?? Self.formToken(in: request),
            CSRF.matches(sent, expected)
        else { throw .badCSRF }
        return false
    }

    /// The token in a form. A body that is no form, or a broken one, has none.
    private static func formToken(in request: Request) -> String? {
        guard request.contentType == "application/x-www-form-urlencoded" || request.contentType == "multipart/form-data"
        else { return nil }
        return (try? request.form())?["csrf_token"]
    }

    private func context(
        _ request: Request,
        _ parameters: PathParameters,
        principal: Principal?,
        awaitsCSRF: Bool = false
    ) -> RequestContext {
        RequestContext(
            request,
            parameters: parameters,
            principal: principal,
            awaitsCSRF: awaitsCSRF,
            database: database,
            environment: environment,
            settings: settings,
            configuration: configuration
        )
    }
}
