import Identity
import Support
import TestSupport
import Testing
import Web

@testable import App

/// nginx chooses the pool by the path as it reads it, the router the route by the path as it was sent. Both must choose
/// the same, or nginx must refuse.
@Suite struct NginxPathTests {
    /// The maps of a configuration, as nginx would look things up in them.
    private struct Maps {
        private let maps: [String: [(expression: Regex<AnyRegexOutput>?, value: String)]]

        init(_ text: String) throws {
            var maps: [String: [(expression: Regex<AnyRegexOutput>?, value: String)]] = [:]
            var open: String?
            for line in text.split(separator: "\n").map({ String($0).trimmed }) {
                if line.hasPrefix("map "), line.hasSuffix(" {") {
                    open = line.split(separator: " ").dropLast().last.map(String.init)
                } else if line == "}" {
                    open = nil
                } else if let name = open, line.hasSuffix(";"), let space = line.lastIndex(of: " ") {
                    let key = String(line[..<space]).filter { $0 != "\"" }
                    let value = line[space...].dropFirst().dropLast().filter { $0 != "\"" }
                    guard key.hasPrefix("~") || key == "default" else { continue }
                    let isFolded = key.hasPrefix("~*")
                    let pattern = String(key.dropFirst(isFolded ? 2 : 1))
                    // A regular expression of nginx's is one of bytes; the tests' paths are ASCII.
                    let expression = key == "default" ? nil : try Regex(pattern)
                    maps[name, default: []].append((isFolded ? expression?.ignoresCase() : expression, value))
                }
            }
            self.maps = maps
        }

        func value(_ name: String, of text: String) -> String {
            let lines = maps[name] ?? []
            let found = lines.first { $0.expression.map { text.firstMatch(of: $0) != nil } ?? false }
            return (found ?? lines.first { $0.expression == nil })?.value ?? ""
        }
    }

    /// A path as nginx reads it (ngx_http_parse_complex_uri): decoded, slashes merged, dot segments taken away. Nil
    /// where it answers 400 itself.
    private func normalized(_ path: String) -> String? {
        guard let decoded = String(path.prefix { $0 != "#" }).percentDecoded(), !decoded.contains("\0") else {
            return nil
        }
        var segments: [Substring] = []
        let parts = decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part {
            case "..":
                guard segments.popLast() != nil else { return nil }
                if isLast { segments.append("") }
            case ".", "": if isLast { segments.append("") }
            default: segments.append(part)
            }
        }
        return "/\(segments.joined(separator: "/"))"
    }

    private static let pieces = [
        "/", "/", "/", "/", "//", "/./", "/../", "/%2e%2E/", "/.", "/..", "%2F", "%2f", "..%2F", "%2F..%2f", "%2e", ";",
        "\\", "#",
        "%5c", "%0A", "%00", "%20", "1", "01", "9223372036854775808", "x", "%78", "api", "%61pi", "reset", "RESET",
        "login",
    ]

    @Test(arguments: 0..<4) func bothChooseTheSame(_ seed: Int) throws {
        var settings = Settings()
        settings.data = TestFolder().path
        let rules = Composition.poolRules
        let configuration = NginxConfiguration(settings: settings, runtimeFolder: "/run", rules: rules)
        let maps = try Maps(try #require(configuration.files.first { $0.name == "nginx.conf" }).text)
        let router = try Router(Composition.routes)
        let literals = Set(rules.flatMap { $0.path.description.split(separator: "/").map(String.init) }).sorted()
        var random = SeededRandom(0x9A7B + seed)
        var met: Set<Pool> = []
        var refused = 0
        for _ in 0..<12_000 {
            let rule = rules.randomElement(using: &random) ?? rules[0]
            var path = rule.path.description
            for segment in rule.path.segments {
                switch segment {
                case .literal: continue
                case .int(let name):
                    path = path.replacing("{\(name):int}", with: "\(Int.random(in: 0...99, using: &random))")
                case .any(let name):
                    path = path.replacing("{\(name)}", with: literals.randomElement(using: &random) ?? "")
                }
            }
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let piece =
                    Bool.random(using: &random)
                    ? literals.randomElement(using: &random) : Self.pieces.randomElement(using: &random)
                let place = path.index(path.startIndex, offsetBy: Int.random(in: 1...path.count, using: &random))
                path.insert(contentsOf: piece ?? "", at: place)
            }
            guard let uri = normalized(path), let request = Request(rule.method, path) else { continue }
            if maps.value("$bodega_ambiguous", of: path) == "1" {
                refused += 1
                continue
            }
            let route = path.lowercased().contains("%2f") ? path : uri
            #expect(request.isSamePath(route), "\(path) is read as \(route)")
            guard case .found(let found, _) = router.match(request.method, request.segments) else { continue }
            met.insert(found.pool)
            let line = "\(rule.method.rawValue) \(route)"
            let pool = maps.value("$bodega_pool", of: line)
            #expect(pool == "text" ? found.pool == .web : pool == found.pool.rawValue, "\(line) goes to \(pool)")
            #expect((maps.value("$bodega_open", of: line) == "open") == (found.access == .open), "\(line)")
        }
        #expect(met == Set(rules.map(\.pool)) && refused > 500)
    }

    @Test(arguments: [
        ("/reset/..%2Fapi%2Fupload-csv", true), ("/a//b", true), ("//a", true), ("/a/./b", true), ("/a/..", true),
        ("/a/%2e%2E/b", true), ("/a/.%2e?x", true), ("/a#b", true), ("/api%2fupload-csv", true), ("/a/%2F/b", true),
        ("/api/products/by-sku/a%2f..%2Fb", true), ("/api/products/%62y-sku/a%2Fb", true), ("/static%2fx", true),
        ("/api/products/by-sku/a%2Fb", false), ("/api/products/by-sku/%2f%2Fb?x=%2f//../#", false),
        ("/a?b//c/../%2f", false),
        ("/%61pi/products", false), ("/a/...", false), ("/a/..;/b", false), ("/a/..%5cb", false),
        ("/a/%252e%252e/b", false),
        ("/", false), ("/a/", false),
    ])
    func whatIsRefused(_ path: String, _ isRefused: Bool) throws {
        var settings = Settings()
        settings.data = TestFolder().path
        let configuration = NginxConfiguration(settings: settings, runtimeFolder: "/run", rules: Composition.poolRules)
        let maps = try Maps(try #require(configuration.files.first { $0.name == "nginx.conf" }).text)
        #expect((maps.value("$bodega_ambiguous", of: path) == "1") == isRefused)
    }
}
