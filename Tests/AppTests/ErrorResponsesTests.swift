import AdminKit
import Database
import Identity
import IdentityTestSupport
import Support
import Synchronization
import Testing
import Web

@testable import App

@Suite struct ErrorResponsesTests {
    private let lines = Mutexed()

    private func respond(_ error: any Error, path: String = "/products", as role: Role? = .admin) throws -> Response {
        let house = try TestHouse()
        let user = try role.map { try house.addUser("\($0.rawValue)@example.com", $0) }
        let principal = user.map { Principal(user: $0, credential: .session(id: 9, csrfToken: "csrf-secret")) }
        let shell = Shell(assets: StaticAssets(prefix: "/static/0"), version: "1")
        let lines = lines
        let log = Log(component: "web") { lines.append($0) }
        let errors = ErrorResponses(shell: shell, log: log) { _ in throw WebError.unauthenticated }
        let request = try #require(Request(.get, path, id: "r-1"))
        return errors.response(to: request, of: principal, error)
    }

    private func text(_ response: Response) -> String {
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aFaultIsLoggedWithWhoAndWhere() throws {
        let page = try respond(DatabaseError(.sqlite(11), "database disk image is malformed", sql: "SELECT 1"))
        #expect(page.status == 500)
        let line = try #require(lines.all.first)
        #expect(line.contains(" error web[") && line.contains("request_id=r-1 user_id=1 session_id=9 method=GET"))
        #expect(line.contains("malformed") && !line.contains("csrf-secret"))
        #expect(text(page).contains("/logs?request_id=r-1") && !text(page).contains("malformed"))
    }

    @Test func onlyThoseWhoMaySeeTheLogAreLedThere() throws {
        for role in [Role.editor, .viewer, nil] {
            let page = try respond(WebError.internalError(cause: "x"), as: role)
            #expect(page.status == 500 && !text(page).contains("/logs"))
        }
        #expect(try !text(respond(WebError.notFound)).contains("/logs"), "there is nothing about it")
        #expect(lines.all.count == 3)
    }

    @Test func whatPassesIsAWarning() throws {
        #expect(try respond(DatabaseError(.gate, "busy")).status == 503)
        #expect(lines.all.first?.contains(" warning web[") == true)
    }

    @Test(arguments: ["/reset/AbCdEf", "/%72eset/AbCdEf"])
    func theSecretOfAnAddressIsLeftOut(_ path: String) throws {
        let headers = Fields.headers(["Set-Cookie": "bodega_session=AbCdEf"])
        _ = try respond(WebError(500, "internal", "It failed.", headers: headers), path: path, as: nil)
        #expect(lines.all.first?.contains("path=/reset/-") == true)
        #expect(lines.all.first?.contains("AbCdEf") == false)
    }
}

private final class Mutexed: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func append(_ line: String) { lines.withLock { $0.append(line) } }
}
