import AdminKit
import Catalog
import Database
import Identity
import IdentityTestSupport
import ImportEngine
import Money
import Support
import TestSupport
import Web

@testable import App

/// Calls routes as everybody that there is, and tells who was let in.
final class AccessMatrix {
    let house: TestHouse
    private let client: TestClient
    /// Of each scope, then of several of those that jobs ask for, fewest first, then of all.
    private let tokens: [(scopes: Set<Permission>, secret: String)]
    private var sessions: [Role: Fields] = [:]

    init() throws {
        house = try TestHouse(migrations: Composition.migrator.migrations)
        // Nothing else that is put in here lets anybody in or keeps anybody out.
        house.settings[Currency.self] = .euro
        house.settings[JobDescriptions.self] = Composition.jobs
        house.settings[ImportTargets.self] = Composition.targets
        house.settings[EventTopics.self] = Composition.topics
        for role in Role.allCases { try house.addUser("\(role.rawValue)@example.com", role) }
        let bearer = try house.addUser("bearer@example.com", .admin)
        tokens = try Self.sets.map { [house] scopes in (scopes, try house.addToken(for: bearer, scopes)) }
        client = try house.client(Composition.routes)
    }

    private static let sets: [Set<Permission>] = {
        let some: [Permission] = [.readProducts, .deleteProducts, .readJobs, .runImports, .undoImports]
        let singles = Permission.all.map { Set([$0]) }
        let more = (1..<(1 << some.count)).map { bits in
            Set(some.indices.filter { bits >> $0 & 1 == 1 }.map { some[$0] })
        }
        let pages: [Set<Permission>] = [
            [.readCustomers, .writeCustomers], [.runImports, .writeCustomers], [.undoImports, .writeCustomers],
            [.readCustomers, .writeCustomers, .readJobs], [.readCustomers, .writeCustomers, .readJobs, .runImports],
            [.readCustomers, .writeCustomers, .readJobs, .undoImports],
            [.readProducts, .writeProducts], [.readJobs, .readWebhooks], [.readJobs, .readWebhooks, .undoImports],
        ]
        return (singles + more.filter { $0.count > 1 } + pages).sorted { $0.count < $1.count } + [Set(Permission.all)]
    }()

    /// Who may call a route, as a line of the table: `GET /api/jobs: viewer editor admin | read:jobs`.
    func line(_ route: AppRoute) throws -> String {
        "\(Self.name(route)): \(try who(route.method, Self.target(route), ends: route.method.isUnsafe))"
    }

    /// Who is let in, and by which scopes: none of them can be left out.
    /// - Parameter ends: whether the call may end a session.
    func who(_ method: Web.Method, _ target: String, ends: Bool = false) throws -> String {
        if try isLetIn(method, target, .headers(), isKnown: false) { return "everybody" }
        let roles = try [Role.viewer, .editor, .admin].filter { try isLetIn(method, target, as: $0, ends: ends) }
        var found: [Set<Permission>] = []
        for (scopes, secret) in tokens where !found.contains(where: { $0.isSubset(of: scopes) }) {
            let headers = Fields.headers(["Authorization": "Bearer \(secret)"])
            if try isLetIn(method, target, headers) { found.append(scopes) }
        }
        return "\(roles.map(\.rawValue).joined(separator: " ")) | \(Self.words(found))"
    }

    private static func words(_ found: [Set<Permission>]) -> String {
        if found.count == Permission.all.count { return "any token" }
        return found.map { $0.count == Permission.all.count ? "all" : words($0) }.joined(separator: " ")
    }

    static func words(_ scopes: Set<Permission>) -> String { scopes.inOrder.map(\.rawValue).joined(separator: "+") }

    static func name(_ route: AppRoute) -> String { "\(route.method.rawValue) \(route.path)" }

    private func isLetIn(_ method: Web.Method, _ target: String, as role: Role, ends: Bool) throws -> Bool {
        let session = try sessions[role] ?? logIn(role)
        sessions[role] = session
        let isLetIn = try isLetIn(method, target, session)
        if ends, try client.get("/api/me", headers: session).status != 200 { sessions[role] = nil }
        return isLetIn
    }

    private func logIn(_ role: Role) throws -> Fields {
        let (cookie, token) = try house.logIn("\(role.rawValue)@example.com")
        return .headers(["Cookie": cookie, "X-CSRF-Token": token])
    }

    /// Whether the call came to the handler, whatever that says of it.
    private func isLetIn(
        _ method: Web.Method,
        _ target: String,
        _ headers: Fields,
        isKnown: Bool = true
    ) throws -> Bool {
        let answer = try client.send(Call(method, target, headers: headers))
        if !isKnown, answer.status == 303, answer.headers["Location"]?.hasPrefix("/login") == true { return false }
        return !Self.refusals.contains(answer.json?["code"]?.stringValue ?? "")
    }

    /// The Gatekeeper's own.
    private static let refusals = ["login_required", "session_expired", "bad_token", "forbidden", "csrf", "origin"]

    /// An address of the route.
    /// - Parameter id: what stands for its `{id}`; left out, there is no such record.
    static func target(_ route: AppRoute, id: String = "0b54d9a6-0000-4000-8000-000000000000") -> String {
        let parts = route.path.segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .int: "987654321"
            case .any: id
            }
        }
        return "/\(parts.joined(separator: "/"))"
    }
}
