import AdminKit
import Database
import Identity
import IdentityTestSupport
import Jobs
import Support
import TestSupport
import Testing
import Web

@testable import Accounts

@Suite struct AuditPagesTests {
    let house: TestHouse
    let client: TestClient
    let ada: User

    init() throws {
        house = try TestHouse.withShell(migrations: IdentitySchema.migrations + JobsSchema.migrations)
        ada = try house.addUser("ada@example.com", .admin)
        client = try house.client(Accounts.feature(TestSettings.entries).routes)
        client.headers = .headers(["Authorization": "Bearer \(try house.addToken(for: ada, [.readAudit]))"])
    }

    private func append(_ entry: AuditEntry, _ actor: Actor = .system, request: String? = nil) throws {
        let context = WriteContext(actor: actor, requestID: request, ip: "192.0.2.7", now: house.clock.now)
        try house.database.write { try AuditStore(house.database).append(entry, context: context) }
    }

    private func actions(_ query: String) throws -> [String] {
        let answer = try client.get("/api/audit-log?\(query)")
        return try #require(answer.json?["items"]?.arrayValue, "\(answer.text)").compactMap {
            $0["action"]?.stringValue
        }
    }

    @Test func theListAndItsFilters() throws {
        house.clock.advance(seconds: 60)
        let later = house.clock.now
        let change = AuditEntry(
            "product.update",
            "product",
            id: 7,
            before: ["name": "Lamp"],
            after: ["name": "Lantern"]
        )
        try append(change, .user(ada.id), request: "r-1")
        try append(AuditEntry("product.delete", "product", id: 8), .token(1), request: "r-2")
        #expect(try actions("") == ["product.delete", "product.update", "token.create", "user.create"])
        #expect(try actions("actor=user:\(ada.id)") == ["product.update"])
        #expect(try actions("action=product.*") == ["product.delete", "product.update"])
        #expect(try actions("action=product.delete") == ["product.delete"])
        #expect(try actions("entity=product&entity_id=7") == ["product.update"])
        #expect(try actions("request_id=r-2") == ["product.delete"])
        #expect(try actions("ip=192.0.2.7") == ["product.delete", "product.update"])
        #expect(try actions("since=\(later.rfc3339)").count == 2)
        #expect(try actions("until=\(later.rfc3339)").count == 2)
        #expect(try actions("since=2026-11-18&until=2026-11-18").count == 4)
        #expect(try actions("until=2026-11-17") == [])
        let answer = try client.get("/api/audit-log?limit=1&sort=id&include=total")
        #expect(answer.json?["total"] == 4)
        let next = try #require(answer.json?["next"]?.stringValue)
        #expect(try client.get(next).json?["items"]?.arrayValue?.first?["id"] == 2)
        let one = try #require(try client.get("/api/audit-log/3").json)
        #expect(one["before"] == ["name": "Lamp"] && one["after"] == ["name": "Lantern"])
        #expect(one["actor"]?.stringValue == "user:\(ada.id)" && one["actor_name"] == "ada@example.com")
        #expect(one["hash"]?.stringValue?.count == 64)
        #expect(try client.get("/api/audit-log/9").isProblem("not_found"))
        #expect(try client.get("/api/audit-log?since=yesterday").isProblem("bad_time"))
        #expect(try client.get("/api/audit-log?acton=x").isProblem("unknown_parameter"))
    }

    @Test func onlyAdministratorsSeeIt() throws {
        let editor = try house.addUser("ed@example.com", .editor)
        client.headers = .headers(["Authorization": "Bearer \(try house.addToken(for: editor, Set(Permission.all)))"])
        for path in ["/audit", "/api/audit-log", "/api/audit-log/1", "/api/audit-log.csv"] {
            #expect(try client.get(path).status == 403, "\(path)")
        }
    }

    @Test func thePageShowsWhatChanged() throws {
        let change = AuditEntry(
            "product.update",
            "product",
            id: 7,
            before: ["name": "<b>Lamp</b>", "brand": nil],
            after: ["name": "Lantern", "brand": "Acme"]
        )
        try append(change, .user(ada.id), request: "request-1")
        let page = try client.get("/audit").text
        #expect(page.contains("<del>&lt;b&gt;Lamp&lt;/b&gt;</del>") && page.contains("<ins>Lantern</ins>"))
        #expect(page.contains("<span class=\"quiet\">Brand:</span> <ins>Acme</ins>"))
        #expect(page.contains("/audit?entity=product&amp;entity_id=7"))
        #expect(page.contains("Export 3 entries"))
        #expect(try client.get("/audit?action=product.*").text.contains("1–1 of 1 entry"))
        #expect(try client.get("/audit?actor=token%3A9").text.contains("No entry matches these filters"))
    }

    @Test func theExportIsWholeAndSafe() throws {
        try append(AuditEntry("product.update", "=cmd()", id: "@x", after: ["a": "b,\"c"]))
        let file = try client.get("/api/audit-log.csv?entity=%3Dcmd()")
        #expect(file.headers["Content-Disposition"]?.contains("audit-2026-11-18.csv") == true)
        let lines = file.text.split(separator: "\r\n")
        #expect(lines.count == 2 && lines[0].hasPrefix("id,at,actor,action"))
        #expect(lines[1].contains(",'=cmd(),'@x,,\"{\"\"a\"\":\"\"b,\\\"\"c\"\"}\""))
    }

    private func verify(_ line: String = "verify") throws -> (code: Int32, lines: [String]) {
        var arguments = Arguments(line.split(separator: " ").map(String.init))
        var lines: [String] = []
        let code = try AuditCommands.run(&arguments, database: house.database) { lines.append($0) }
        return (code, lines)
    }

    @Test func theCommandNamesWhatIsWrong() throws {
        let whole = try verify()
        #expect(whole.code == 0)
        #expect(whole.lines.first == "The audit trail is whole: 2 rows, none changed, removed, put in or moved.")
        let head = try #require(whole.lines.last?.split(separator: " ").last.map(String.init))
        #expect(try verify("verify --known \(head)").code == 0)
        try house.database.execute("UPDATE audit_log SET actor = 'user:9' WHERE id = 1")
        let changed = try verify()
        #expect(changed.code == 1)
        #expect(
            changed.lines == [
                "Row 1 was changed: its content does not match its hash.",
                "The audit trail was tampered with: 1 faults in 2 rows.",
            ]
        )
        let json = try JSON.parse(try verify("verify --json").lines.joined())
        #expect(json["intact"] == false && json["fault_count"] == 1)
        #expect(throws: UsageError.self) { try verify("verify --known 5") }
        #expect(throws: UsageError.self) { try verify("check") }
    }
}
