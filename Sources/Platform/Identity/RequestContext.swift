package import Database
package import Support
package import Web

/// An entry of a feature's route list.
package typealias AppRoute = Route<RequestContext>

/// Everything a handler is given: the request, who makes it, and the means to answer it. Made anew for each request.
package final class RequestContext {
    package let request: Request
    /// What the path gave for the pattern's `{names}`.
    package let parameters: PathParameters
    package let database: Connection
    package let environment: Environment
    package let settings: FeatureSettings
    /// What administrators have chosen.
    package let configuration: Configuration
    /// Of the request's body.
    package let bodyHashes: BodyHashes
    private var known: Principal?
    private var isIdentified: Bool
    /// Whether an upload's CSRF token still has to be looked at: it may be a part of a body that was not read yet.
    private var awaitsCSRF: Bool

    /// - Parameters:
    ///   - principal: who was found to make the request; nil on an open route, where it is found out when asked for.
    ///   - awaitsCSRF: whether `requireCSRF` must be called before anything is written.
    package init(
        _ request: Request,
        parameters: PathParameters = PathParameters(),
        principal: Principal?,
        awaitsCSRF: Bool = false,
        database: Connection,
        environment: Environment,
        settings: FeatureSettings = FeatureSettings(),
        configuration: Configuration? = nil
    ) {
        self.request = request
        bodyHashes = BodyHashes(request.body)
        self.parameters = parameters
        self.database = database
        self.environment = environment
        self.settings = settings
        self.configuration = configuration ?? Configuration(database, overrides: settings.overrides)
        self.awaitsCSRF = awaitsCSRF
        known = principal
        isIdentified = principal != nil
    }

    /// Who makes the request, if anybody is known. On open routes; elsewhere there is always a `principal`.
    package func visitor() throws -> Principal? {
        if !isIdentified {
            isIdentified = true
            let outcome = try Authentication(database, environment, configuration).identify(request)
            if case .known(let principal) = outcome { known = principal }
        }
        return known
    }

    /// Who makes the request. Throws 401 when no user is known, which happens on open routes only.
    package var principal: Principal {
        get throws {
            guard let principal = try visitor() else { throw WebError.unauthenticated }
            return principal
        }
    }

    /// What store writes are told about this request. Throws 401 as `principal` does, and 403 `csrf` as long as an
    /// upload's token has not been looked at, so that nothing can be written before.
    package var writeContext: WriteContext {
        get throws {
            if awaitsCSRF { throw WebError.badCSRF }
            return WriteContext(
                actor: try principal.actor,
                requestID: request.id,
                ip: request.remoteAddress,
                now: environment.now(),
                proof: Authentication.proof(in: request)
            )
        }
    }

    /// Checks the CSRF token that came as a form part of an upload; a second call, a Bearer token or a good header
    /// make it a formality. Throws 403 `csrf`.
    package func requireCSRF(_ formToken: String?) throws {
        guard awaitsCSRF else { return }
        guard let expected = try principal.csrfToken, let formToken, CSRF.matches(formToken, expected)
        else { throw WebError.badCSRF }
        awaitsCSRF = false
    }

    /// A feature's settings. Throws 500 when the composition has put none in: a fault of the program.
    package func setting<Value: Sendable>(_ type: Value.Type) throws -> Value {
        guard let value = settings[type] else { throw WebError.internalError(cause: "no settings of type \(type)") }
        return value
    }
}
