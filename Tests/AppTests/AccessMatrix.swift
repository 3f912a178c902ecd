import App
import Catalog
import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Web

/// Calls routes as everybody that there is, and tells who was let in.
final class AccessMatrix {
    private let house: TestHouse
    private let client: TestClient
    private let tokens: [(scope: Permission, secret: String)]
    private var sessions: [Role: Fields] = [:]

    init() throws {
        house = try TestHouse(migrations: Composition.migrator.migrations)
        // Nothing that is put in here lets anybody in or keeps anybody out.
        house.settings[Currency.self] = .euro
        for role in Role.allCases { try house.addUser("\(role.rawValue)@example.com", role) }
        let bearer = try house.addUser("bearer@example.com", .admin)
        tokens = try Permission.all.map { [house] scope in (scope, try house.addToken(for: bearer, [scope])) }
        client = try house.client(Composition.routes)
    }

    /// Who may call a route, as a line of the table: `GET /api/jobs: viewer editor admin | read:jobs`.
    func line(_ route: AppRoute) throws -> String {
        if try isLetIn(route, .headers(), isKnown: false) { return "\(Self.name(route)): everybody" }
        let roles = try [Role.viewer, .editor, .admin].filter { try isLetIn(route, as: $0) }.map(\.rawValue)
        let scopes = try tokens.filter { try isLetIn(route, .headers(["Authorization": "Bearer \($0.secret)"])) }
        let words = scopes.count == tokens.count ? ["any token"] : scopes.map(\.scope.rawValue)
        return "\(Self.name(route)): \(roles.joined(separator: " ")) | \(words.joined(separator: " "))"
    }

    static func name(_ route: AppRoute) -> String { "\(route.method.rawValue) \(route.path)" }

    private func isLetIn(_ route: AppRoute, as role: Role) throws -> Bool {
        let session = try sessions[role] ?? logIn(role)
        sessions[role] = session
        let isLetIn = try isLetIn(route, session)
        // Some routes end it.
        if route.method.isUnsafe, try client.get("/api/me", headers: session).status != 200 { sessions[role] = nil }
        return isLetIn
    }

    private func logIn(_ role: Role) throws -> Fields {
        let (cookie, token) = try house.logIn("\(role.rawValue)@example.com")
        return .headers(["Cookie": cookie, "X-CSRF-Token": token])
    }

    /// Whether the call came to the handler, whatever that says of it.
    private func isLetIn(_ route: AppRoute, _ headers: Fields, isKnown: Bool = true) throws -> Bool {
        let answer = try client.send(Call(route.method, Self.target(route), headers: headers))
        if !isKnown, answer.status == 303, answer.headers["Location"]?.hasPrefix("/login") == true { return false }
        return !Self.refusals.contains(answer.json?["code"]?.stringValue ?? "")
    }

    /// The Gatekeeper's own.
    private static let refusals = ["login_required", "session_expired", "bad_token", "forbidden", "csrf", "origin"]

    /// An address of the route, of records that there are not.
    static func target(_ route: AppRoute) -> String {
        let parts = route.path.segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .int: "987654321"
            case .any: "0b54d9a6-0000-4000-8000-000000000000"
            }
        }
        return "/\(parts.joined(separator: "/"))"
    }
}
