import Catalog
import Identity
import ImportKit
import Support
import Testing

@testable import App

@Suite struct SettingsTests {
    @Test func aFlagWinsOverAVariable() throws {
        var arguments = Arguments(["--port", "81", "--data=/srv/x/", "rest"])
        let variables = ["BODEGA_PORT": "82", "BODEGA_SLOW_WORKERS": "3"]
        let settings = try Settings(&arguments) { variables[$0] }
        #expect(settings.port == 81 && settings.slowWorkers == 3 && settings.data == "/srv/x")
        #expect(settings.webWorkers > 0)
        #expect(try arguments.next("word") == "rest")
    }

    @Test(arguments: [
        ["--port", "0"], ["--port", "x"], ["--data", "/a\"b"], ["--data", "/a$b"], ["--certificate", "c"],
        ["--certificate", "a\"b", "--certificate-key", "k"], ["--redirect-port", "80"],
        ["--port", "443", "--redirect-port", "443", "--certificate", "c", "--certificate-key", "k"],
        ["--trusted-proxies", "10.0.0.1; x"], ["--trusted-proxies", "proxy.example"],
        ["--public-url", "shop.example"], ["--public-url", "https://a;b"], ["--public-url", "https://a$b"],
    ])
    func whatIsNotAllowedIsAUsageError(_ words: [String]) {
        var arguments = Arguments(words)
        #expect(throws: UsageError.self) { try Settings(&arguments) { _ in nil } }
    }

    @Test func aChildGetsTheSameSettings() throws {
        var arguments = Arguments(["--data", "/srv/x", "--web-timeout", "7", "--public-url", "https://a.example"])
        let settings = try Settings(&arguments) { _ in nil }
        var variables: [String: String] = [:]
        for entry in settings.environment {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = parts[1].isEmpty ? nil : String(parts[1])
        }
        var none = Arguments([])
        #expect(try Settings(&none) { variables[$0] } == settings)
    }

    @Test func aProgramFindsItsOwnStaticFiles() throws {
        #expect(StaticFiles.folder(forProgram: "/nowhere/bodega") == nil)
    }
}

@Suite struct ConfigurationSettingsTests {
    @Test func flagsAndVariablesFixTheConfiguration() throws {
        var arguments = Arguments(["--history-days", "90"])
        let variables = ["BODEGA_HISTORY_DAYS": "80", "BODEGA_SHOP_NAME": " Acme "]
        let settings = try Settings(&arguments) { variables[$0] }
        #expect(
            settings.overrides[ImportSettings.historyDays.entry] == "90"
                && settings.overrides[ConfigurationTable.shopName.entry] == "Acme"
        )
        #expect(settings.overrides[ImportSettings.uploadDays.entry] == nil, "nobody has fixed it")
        #expect(settings.environment.contains("BODEGA_SHOP_NAME=Acme"))
        #expect(settings.environment.contains("BODEGA_HISTORY_DAYS=90"))
        #expect(!settings.environment.contains { $0.hasPrefix("BODEGA_UPLOAD_DAYS=") })
    }

    @Test(arguments: [
        ("BODEGA_HISTORY_DAYS", "0", "BODEGA_HISTORY_DAYS cannot be '0': Days for undo takes a whole number from 1 to"),
        ("BODEGA_CORS_ORIGINS", "[\"x\"]", "BODEGA_CORS_ORIGINS cannot be"),
        ("BODEGA_IMPORTS", "both", "queue or parallel"),
    ])
    func whatMayNotBeIsRefusedByItsName(variable: String, value: String, message: String) {
        var none = Arguments([])
        let error = #expect(throws: UsageError.self) { try Settings(&none) { $0 == variable ? value : nil } }
        #expect(error?.description.contains(message) == true)
    }

    @Test func everyVariableHasOneMeaning() {
        let flags = SettingOption.all.map(\.variable)
        #expect(Set(flags).count == flags.count)
        let others = Composition.settings.all.map(\.variable)
        #expect(Set(others).count == others.count)
        for option in SettingOption.all {
            guard case .configuration = option.target else {
                #expect(!others.contains(option.variable), "\(option.name)")
                continue
            }
        }
    }
}
