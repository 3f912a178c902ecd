import Crypto
import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@Suite struct ConfigurationTableTests {
    @Test func everyDefaultIsAllowed() throws {
        for entry in TestSettings.entries.all {
            let standard = try #require(entry.defaultValue, "\(entry.key)")
            #expect(try entry.canonical(standard) == standard, "\(entry.key)")
            #expect(entry.variable.hasPrefix("BODEGA_"))
        }
        #expect(Set(TestSettings.entries.all.map(\.key)).count == TestSettings.entries.all.count)
    }

    @Test(arguments: [
        ("imports.history_days", "0", "out_of_range"), ("imports.history_days", "1.5", "not_a_number"),
        ("imports.history_days", "", "required"), ("shop.name", String(repeating: "x", count: 41), "too_long"),
        ("shop.name", "a\u{1}b", "control_characters"), ("imports.order", "both", "bad_choice"),
        ("cors.origins", "https://a.example", "not_json"), ("cors.origins", "{}", "not_a_list"),
        ("cors.origins", "[\"https://a.example/\"]", "bad_origin"), ("cors.origins", "[\"*\"]", "bad_origin"),
        ("cors.origins", "[\"https://A.example\"]", "bad_origin"), ("cors.origins", "[1]", "bad_origin"),
        ("shop.name", "e\(String(repeating: "\u{301}", count: 40))", "too_long"),
        ("shop.name", String(repeating: "👨‍👩‍👧‍👦", count: 6), "too_long"),
        ("password.min_length", "11", "out_of_range"), ("shop.name", String(repeating: "x", count: 4001), "too_long"),
    ])
    func whatMayNotBe(key: String, value: String, code: String) throws {
        let entry = try #require(TestSettings.entries.entry(key))
        let fault = #expect(throws: ConfigurationFault.self) { try entry.canonical(value) }
        #expect(fault?.code == code)
        #expect(fault?.detail.hasPrefix(entry.title) == true)
    }

    @Test(arguments: [
        ("imports.history_days", " 030 ", "30"), ("shop.name", "  Ümläut & Co ", "Ümläut & Co"),
        ("shop.name", String(repeating: "日", count: 40), String(repeating: "日", count: 40)),
        (
            "cors.origins", "[ \"https://a.example:8443\", \"http://localhost\" ]",
            "[\"https://a.example:8443\",\"http://localhost\"]"
        ),
    ])
    func oneForm(key: String, value: String, canonical: String) throws {
        #expect(try #require(TestSettings.entries.entry(key)).canonical(value) == canonical)
    }

    @Test func booleansAndDecimals() throws {
        let flag = ConfigurationEntry("t.b", .shop, "B", "", .boolean, defaultValue: "false")
        #expect(try ["yes", "1", "TRUE", "on"].allSatisfy { try flag.canonical($0) == "true" })
        #expect(try flag.canonical("off") == "false" && flag.json("true") == true)
        #expect(throws: ConfigurationFault.self) { try flag.canonical("perhaps") }
        let share = ConfigurationEntry("t.d", .shop, "D", "", .decimal, defaultValue: "1.5")
        #expect(try share.canonical("2.50") == "2.50" && share.json("2.50") == .number("2.50"))
        for text in ["nan", "1e5", "0x1", "two"] {
            #expect(throws: ConfigurationFault.self) { try share.canonical(text) }
        }
    }
}

@Suite struct ConfigurationStoreTests {
    private static let secret = ConfigurationEntry("test.secret", .shop, "A secret", "", .secret, defaultValue: nil)

    let house: TestHouse
    let folder: TemporaryFolder
    let store: ConfigurationStore

    init() throws {
        folder = try TemporaryFolder()
        house = try TestHouse(database: try Connection(path: folder.file("bodega.db"), role: .web))
        store = ConfigurationStore(house.database)
    }

    private func set(_ entry: ConfigurationEntry, _ value: String?) throws {
        try store.set([(entry, value)], context: house.context)
    }

    private func configuration(_ connection: Connection? = nil) -> Configuration {
        Configuration(connection ?? house.database, overrides: .none)
    }

    @Test func whatIsChosenIsInForceAtOnceEverywhere() throws {
        let own = configuration()
        let other = configuration(try Connection(path: folder.file("bodega.db"), role: .web))
        #expect(try own.value(TestSettings.historyDays) == 365)
        #expect(try other.value(TestSettings.historyDays) == 365)
        try set(TestSettings.historyDays.entry, "90")
        #expect(try own.value(TestSettings.historyDays) == 90)
        #expect(try other.value(TestSettings.historyDays) == 90)
        let state = try other.state(TestSettings.historyDays.entry)
        #expect(state.source == .database && state.version == 1 && state.updatedAt == house.clock.now)
        try set(TestSettings.historyDays.entry, nil)
        #expect(try other.value(TestSettings.historyDays) == 365 && other.currentVersion() == 2)
        #expect(try other.state(TestSettings.historyDays.entry).source == .defaultValue)
        try set(ConfigurationTable.corsOrigins.entry, "[\"https://a.example\"]")
        #expect(try other.value(ConfigurationTable.corsOrigins) == ["https://a.example"])
    }

    @Test func theEnvironmentGoesFirst() throws {
        let overrides = try ConfigurationOverrides(TestSettings.all) { $0 == "BODEGA_HISTORY_DAYS" ? "7" : nil }
        let configuration = Configuration(house.database, overrides: overrides)
        try set(TestSettings.historyDays.entry, "90")
        #expect(try configuration.value(TestSettings.historyDays) == 7)
        #expect(try configuration.state(TestSettings.historyDays.entry).source == .environment)
        #expect(throws: UsageError.self) {
            try ConfigurationOverrides(TestSettings.all) { $0 == "BODEGA_IMPORTS" ? "?" : nil }
        }
    }

    @Test func whatHasBecomeImpossibleFallsBack() throws {
        try house.database.write {
            try house.database.execute(
                """
                INSERT INTO configuration (key, value, data_type, version, created_at, updated_at)
                VALUES ('imports.history_days', '-5', 'integer', 1, 0, 0)
                """
            )
            try house.database.execute("UPDATE configuration_state SET version = 1")
        }
        #expect(try configuration().value(TestSettings.historyDays) == 365)
    }

    @Test func everyChangeLeavesATrailWithoutSecrets() throws {
        try set(TestSettings.historyDays.entry, "90")
        try set(TestSettings.historyDays.entry, "90")
        try set(Self.secret, "hunter2")
        try set(Self.secret, nil)
        let rows = try AuditTrailStore(house.database).list(AuditTrailStore.Filter(), descends: false, limit: 10)
        #expect(rows.map(\.action) == ["configuration.update", "configuration.update", "configuration.reset"])
        #expect(rows[0].before == "{\"value\":365}" && rows[0].after == "{\"value\":90}")
        #expect(rows[1].after == "{\"value\":\"set\"}" && rows[2].after == "{\"value\":\"not set\"}")
    }

    @Test func aSecretIsSealed() throws {
        try set(Self.secret, "hunter2")
        let row = try #require(try store.rows()["test.secret"])
        #expect(row.isEncrypted && row.value.hasPrefix("v1.") && !row.value.contains("hunter2"))
        #expect(try configuration().secret(Self.secret) == "hunter2")
        let state = try configuration().state(Self.secret)
        #expect(state.value == nil && state.isSet)
        try house.database.write { try house.database.execute("UPDATE configuration SET key = 'test.other'") }
        let other = ConfigurationEntry("test.other", .shop, "Another", "", .secret, defaultValue: nil)
        #expect(throws: CryptoError.self, "a secret belongs to its key") {
            try Configuration(house.database, overrides: .none).secret(other)
        }
    }

    private struct Stop: Error {}

    /// Wherever a change of keys stops, what was sealed opens, and the next one clears up.
    @Test(arguments: [nil, .keyAdded, .resealed, .committed] as [SecretVaultStore.Step?])
    func aChangeOfKeysMayStopAnywhere(stop: SecretVaultStore.Step?) throws {
        let path = folder.file("secrets/keyring")
        try set(Self.secret, "hunter2")
        let vault = SecretVaultStore(house.database)
        let before = try KeyRing.open(path)
        func rotate(_ stop: SecretVaultStore.Step?) throws -> Int {
            try vault.rotate([.configuration], context: house.context) { if $0 == stop { throw Stop() } }
        }
        if let stop {
            #expect(throws: Stop.self) { try rotate(stop) }
            #expect(try configuration().secret(Self.secret) == "hunter2")
            #expect(try KeyRing.open(path).keys.count == 2)
            try set(Self.secret, "hunter3")
            #expect(try configuration().secret(Self.secret) == "hunter3")
        }
        #expect(try rotate(nil) == 1)
        let after = try KeyRing.open(path)
        #expect(after.keys.count == 1 && after.active.id != before.active.id)
        #expect(try configuration().secret(Self.secret) == (stop == nil ? "hunter2" : "hunter3"))
        #expect(try AuditStore(house.database).verify().isIntact)
    }
}

@Suite struct SessionLimitTests {
    @Test func theShopChoosesHowLongALoginLasts() throws {
        let house = try TestHouse()
        try house.addUser("ada@example.com", .viewer)
        func isKnown(_ cookie: String) throws -> Bool {
            let request = try #require(Request(.get, "/", headers: .headers(["Cookie": cookie])))
            if case .known = try Authentication(house.database, house.environment).identify(request) { return true }
            return false
        }
        let store = ConfigurationStore(house.database)
        let idle = ConfigurationTable.sessionIdleHours.entry
        try store.set([(idle, "2"), (ConfigurationTable.sessionAbsoluteDays.entry, "1")], context: house.context)
        let cookie = try house.logIn("ada@example.com").cookie
        house.clock.advance(seconds: 7199)
        #expect(try isKnown(cookie))
        house.clock.advance(seconds: 1)
        #expect(try !isKnown(cookie))
        try store.set([(idle, "48")], context: house.context)
        #expect(try isKnown(cookie), "nothing has removed it")
        house.clock.advance(seconds: 86_400 - 7201)
        #expect(try isKnown(cookie))
        house.clock.advance(seconds: 1)
        #expect(try !isKnown(cookie), "a day after the login")
    }
}
