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
