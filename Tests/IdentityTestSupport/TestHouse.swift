package import Database
package import Identity
package import Support
import Synchronization
package import TestSupport
package import Web

/// A migrated database in memory with a clock that stands still, users with a known password, and clients of the real
/// pipeline: what a test of a feature's routes needs.
package final class TestHouse {
    /// The password of every user made here.
    package static let password = "correct horse battery"

    package let database: Connection
    package let clock = TestClock()
    package let environment: Environment
    /// Given to every handler.
    package var settings = FeatureSettings()
    /// What requests have left for the audit trail.
    package let notes = Notes()

    package final class Notes: Sendable {
        private let kept = Mutex<[AuditNote]>([])

        package var all: [AuditNote] { kept.withLock { $0 } }

        package init() {}

        package func add(_ note: AuditNote) { kept.withLock { $0.append(note) } }
    }

    /// - Parameter database: an empty one to use instead of one in memory.
    package init(migrations: [Migration] = IdentitySchema.migrations, database: Connection? = nil) throws {
        self.database = try database ?? Connection.inMemory()
        let clock = clock
        environment = Environment(now: { clock.now }, random: randomBytes)
        let notes = notes
        settings[AuditQueue.self] = AuditQueue { notes.add($0) }
        try Migrator(migrations).up(self.database, now: clock.now)
    }

    /// What store writes of the tests themselves are told.
    package var context: WriteContext { WriteContext(actor: .system, now: clock.now) }

    @discardableResult
    package func addUser(_ email: String, _ role: Role, username: String? = nil) throws -> User {
        let users = UserStore(database)
        let new = NewUser(email: email, username: username, role: role, password: Self.password)
        guard let id = try users.create(new, context: context), let user = try users.find(id) else {
            throw TestFailure("the user \(email) was not made")
        }
        return user
    }

    /// A token for a user; good for an hour unless said otherwise.
    package func addToken(for user: User, _ scopes: Set<Permission>, seconds: Int64 = 3600) throws -> String {
        let secret = APIToken.makeSecret(environment)
        let expiry = clock.now.adding(seconds: seconds)
        let new = TokenStore.New(secret: secret, userID: user.id, name: "test", scopes: scopes, expiresAt: expiry)
        _ = try TokenStore(database).create(new, context: context)
        return secret
    }

    /// Logs in with the known password. Gives the cookie (`name=value`) and the CSRF token.
    package func logIn(_ email: String, isSecure: Bool = false) throws -> (cookie: String, csrfToken: String) {
        guard let request = Request(.post, "/login", isSecure: isSecure) else { throw TestFailure("no request") }
        let outcome = try SignIn(database, environment).attempt(email, password: Self.password, request)
        guard case .done(_, let csrfToken, let cookie) = outcome else { throw TestFailure("\(email): \(outcome)") }
        return ("\(cookie.name)=\(cookie.value)", csrfToken)
    }

    /// A client of the pipeline over these routes, with refusals as problem documents.
    package func client(
        _ routes: [AppRoute],
        isSecure: Bool = false,
        address: String = "192.0.2.1",
        host: String = "localhost",
        publicURL: String? = nil
    ) throws -> TestClient {
        let gatekeeper = try gatekeeper(routes, publicURL: publicURL)
        var transport = HandlerTransport { request in
            do {
                return try gatekeeper.respond(to: request)
            } catch {
                let answer = error as? WebError ?? .internalError(cause: "\(error)")
                return answer.problem(requestID: request.id, instance: request.rawPath)
            }
        }
        transport.isSecure = isSecure
        transport.remoteAddress = address
        transport.host = host
        return TestClient(transport.send)
    }

    package func gatekeeper(_ routes: [AppRoute], publicURL: String? = nil) throws -> Gatekeeper {
        Gatekeeper(
            try Router(routes),
            database: database,
            environment: environment,
            settings: settings,
            publicURL: publicURL
        )
    }
}
