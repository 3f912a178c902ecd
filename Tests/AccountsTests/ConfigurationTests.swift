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

@Suite struct ConfigurationAPITests {
    let house: TestHouse
    let client: TestClient
    let ada: User

    init() throws {
        house = try TestHouse.withShell(migrations: IdentitySchema.migrations + JobsSchema.migrations)
        ada = try house.addUser("ada@example.com", .admin)
        house.settings[ConfigurationOverrides.self] = try ConfigurationOverrides(TestSettings.all) {
            $0 == "BODEGA_UPLOAD_DAYS" ? "5" : nil
        }
        client = try house.client(Accounts.feature(TestSettings.entries).routes)
        client.headers = .headers(["Authorization": "Bearer \(try house.addToken(for: ada, [.adminSettings]))"])
    }

    private func patch(_ path: String, _ body: JSON, match: String? = nil) throws -> Answer {
        var headers = Fields.headers()
        if let match { headers.set("If-Match", match) }
        return try client.json(.patch, path, body, headers: headers)
    }

    @Test func theListAndOne() throws {
        let list = try client.get("/api/configuration?include=total")
        #expect(list.headers["ETag"] == "\"configuration-0\"")
        let items = try #require(list.json?["items"]?.arrayValue)
        #expect(items.count == TestSettings.entries.all.count && list.json?["total"]?.intValue == Int64(items.count))
        #expect(items.compactMap { $0["key"]?.stringValue } == TestSettings.entries.all.map(\.key).sorted())
        let one = try #require(try client.get("/api/configuration/imports.history_days").json)
        #expect(one["value"] == 365 && one["source"] == "default" && one["minimum"] == 1 && one["default"] == 365)
        let fixed = try #require(try client.get("/api/configuration/imports.upload_days").json)
        #expect(fixed["value"] == 5 && fixed["source"] == "environment" && fixed["variable"] == "BODEGA_UPLOAD_DAYS")
        #expect(try client.get("/api/configuration/no.such").isProblem("not_found"))
        #expect(try client.get("/api/configuration?category=imports").json?["items"]?.arrayValue?.count == 6)
        #expect(try client.get("/api/configuration?category=x").isProblem("bad_category"))
        let first = try client.get("/api/configuration?limit=4")
        let next = try #require(first.json?["next"]?.stringValue)
        #expect(try client.get(next).json?["items"]?.arrayValue?.count == 4)
        let tag = Fields.headers(["If-None-Match": "\"configuration-0\""])
        #expect(try client.get("/api/configuration", headers: tag).status == 304)
    }

    @Test func oneIsChanged() throws {
        let path = "/api/configuration/imports.history_days"
        let tag = try #require(try client.get(path).headers["ETag"])
        let changed = try patch(path, ["value": 90], match: tag)
        #expect(changed.status == 200 && changed.json?["value"] == 90 && changed.json?["source"] == "database")
        #expect(try patch(path, ["value": 91], match: tag).isProblem("changed_meanwhile"))
        var same = try #require(changed.json?.members)
        same.removeAll { $0.name == "value" }
        #expect(try patch(path, .object(same)).status == 200, "what is read may be sent back")
        let back = try patch(path, ["value": nil])
        #expect(back.json?["value"] == 365 && back.json?["source"] == "default")
    }

    @Test func refusals() throws {
        func codes(_ answer: Answer) -> [String] {
            (answer.json?["errors"]?.arrayValue ?? []).compactMap { error in
                "\(error["field"]?.stringValue ?? "") \(error["code"]?.stringValue ?? "")"
            }
        }
        let path = "/api/configuration/imports.history_days"
        #expect(codes(try patch(path, ["value": "90"])) == ["value wrong_type"])
        #expect(codes(try patch(path, ["value": 0])) == ["value out_of_range"])
        #expect(codes(try patch(path, ["value": 90, "colour": 1])) == ["colour unknown_field"])
        #expect(codes(try patch(path, ["default": 90])) == ["default read_only"])
        #expect(codes(try patch("/api/configuration/imports.upload_days", ["value": 9])) == ["value overridden"])
        let many: JSON = ["shop.name": "Acme", "no.such": 1, "imports.order": "both"]
        #expect(codes(try patch("/api/configuration", many)) == ["no.such unknown_field", "imports.order bad_choice"])
        #expect(try client.get("/api/configuration/shop.name").json?["value"] == "Bodega", "all or none")
        #expect(try client.send(.patch, path, "text/plain", Array("{}".utf8)).status == 415)
        let editor = try house.addUser("ed@example.com", .editor)
        client.headers = .headers(["Authorization": "Bearer \(try house.addToken(for: editor, Set(Permission.all)))"])
        for path in ["/api/configuration", path, "/settings"] { #expect(try client.get(path).status == 403, "\(path)") }
    }

    @Test func manyAreChangedTogether() throws {
        let answer = try patch(
            "/api/configuration",
            ["shop.name": "Acme & Co", "cors.origins": ["https://a.example"], "imports.history_days": nil]
        )
        #expect(answer.status == 200 && answer.headers["ETag"] == "\"configuration-2\"")
        #expect(try client.get("/api/configuration/cors.origins").json?["value"] == ["https://a.example"])
        #expect(try client.get("/settings").text.contains("Settings – Acme &amp; Co</title>"))
        #expect(try patch("/api/configuration", [:], match: "\"configuration-0\"").status == 412)
    }
}

@Suite struct ConfigurationPagesTests {
    let house: TestHouse
    let client: TestClient
    let csrf: String

    init() throws {
        house = try TestHouse.withShell(migrations: IdentitySchema.migrations + JobsSchema.migrations)
        try house.addUser("ada@example.com", .admin)
        house.settings[ConfigurationOverrides.self] = try ConfigurationOverrides(TestSettings.all) {
            $0 == "BODEGA_UPLOAD_DAYS" ? "5" : nil
        }
        let (cookie, csrf) = try house.logIn("ada@example.com")
        client = try house.client(Accounts.feature(TestSettings.entries).routes)
        client.headers.set("Cookie", cookie)
        self.csrf = csrf
    }

    private func imports(_ days: String, version: String = "0") -> Fields {
        [
            "csrf_token": csrf, "version": version, "imports.guard_share": "30", "imports.guard_price": "50",
            "imports.guard_count": "5",
            "imports.history_days": days, "imports.upload_days": "77", "imports.order": "queue",
        ]
    }

    @Test func aFormForEachCategory() throws {
        let page = try client.get("/settings").text
        for text in [
            "action=\"/settings/imports\"", "Fixed by the variable BODEGA_UPLOAD_DAYS",
            "Takes effect at the next start.",
            "From 1 to 36500.",
        ] { #expect(page.contains(text), "\(text)") }
        let saved = try client.form("/settings/imports", imports("90"))
        #expect(saved.status == 303 && saved.headers["Location"] == "/settings?saved=imports")
        let after = try client.get("/settings?saved=imports").text
        #expect(after.contains("The settings of Imports are saved") && after.contains("Default: 365."))
        let configuration = Configuration(house.database, overrides: .none)
        #expect(try configuration.value(TestSettings.historyDays) == 90)
        #expect(try configuration.value(TestSettings.uploadDays) == 30, "what is fixed is not stored")
        #expect(try configuration.state(TestSettings.guardShare.entry).source == .defaultValue)
    }

    @Test func whatIsWrongIsNamedAndKept() throws {
        let answer = try client.form("/settings/imports", imports("never"))
        #expect(answer.status == 422)
        #expect(answer.text.contains("href=\"#field-imports.history_days\"") && answer.text.contains("value=\"never\""))
        #expect(try client.form("/settings/nonsense", ["csrf_token": csrf]).status == 404)
    }

    @Test func nobodyUndoesAnothersChangeUnseen() throws {
        #expect(try client.form("/settings/imports", imports("90")).status == 303)
        let answer = try client.form("/settings/imports", imports("80"))
        #expect(answer.status == 409 && answer.text.contains("Somebody has changed the settings"))
        #expect(answer.text.contains("value=\"80\"") && answer.text.contains("name=\"version\" value=\"1\""))
        #expect(try client.form("/settings/imports", imports("80", version: "1")).status == 303)
    }
}

@Suite struct ConfigurationCommandTests {
    let house: TestHouse

    init() throws { house = try TestHouse() }

    private func run(_ line: String, variables: [String: String] = [:]) throws -> [String] {
        var arguments = Arguments(line.split(separator: " ").map(String.init))
        var lines: [String] = []
        let code = try ConfigurationCommands.run(
            &arguments,
            database: house.database,
            environment: house.environment,
            entries: TestSettings.entries,
            overrides: try ConfigurationOverrides(TestSettings.all) { variables[$0] },
            out: { lines.append($0) },
            variable: { variables[$0] }
        )
        #expect(code == 0)
        return lines
    }

    @Test func theCommandLine() throws {
        #expect(try run("get imports.history_days") == ["365"])
        #expect(try run("set imports.history_days 90") == ["imports.history_days = 90"])
        #expect(try run("set limits.request_rate 9") == ["limits.request_rate = 9"])
        #expect(try run("set imports.order queue") == ["imports.order = queue  (takes effect at the next start)"])
        #expect(try run("set shop.name --value-env NAME", variables: ["NAME": "A shop"]) == ["shop.name = A shop"])
        let list = try run("list", variables: ["BODEGA_UPLOAD_DAYS": "5"])
        #expect(list.contains("imports.history_days = 90  (database)"))
        #expect(list.contains("imports.upload_days = 5  (fixed by BODEGA_UPLOAD_DAYS)"))
        #expect(list.contains("imports.order = queue  (database, next start)"))
        #expect(try JSON.parse(try run("list --json").joined()).arrayValue?.count == TestSettings.entries.all.count)
        #expect(try run("reset imports.history_days") == ["imports.history_days = 365"])
    }

    @Test func refusals() throws {
        #expect(throws: UsageError.self) { try run("get no.such") }
        #expect(throws: UsageError.self) { try run("set shop.name") }
        #expect(throws: UsageError.self) { try run("drop") }
        let error = #expect(throws: AccountsError.self) { try run("set imports.history_days 0") }
        #expect(error?.description.contains("from 1 to 36500") == true)
        let fixed = #expect(throws: AccountsError.self) {
            try run("set imports.upload_days 9", variables: ["BODEGA_UPLOAD_DAYS": "5"])
        }
        #expect(fixed?.description.contains("BODEGA_UPLOAD_DAYS") == true)
    }
}
