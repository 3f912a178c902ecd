import Support
import Testing

/// Holds the sources against the rules that the compiler does not know.
@Suite struct ArchitectureTests {
    private static let system = ["Glibc", "Synchronization"]
    private static let feature = [
        "AdminKit", "Blobs", "Crypto", "Database", "HTTPClient", "Identity", "ImportEngine", "ImportKit", "Jobs",
        "Markup", "Money", "Pictures", "RecordKit", "Records", "Support", "Tables", "Web",
    ]

    /// What each module may import besides the C library; nothing else may be a module.
    private static let table: [String: [String]] = [
        "Support": ["CLinux", "CUnistring"],
        "Crypto": ["CSodium", "Support"],
        "Markup": [],
        "Database": ["CSQLite", "Crypto", "Support"],
        "Web": ["Markup", "Support"],
        "Process": ["CLinux", "Support"],
        "FastCGI": ["CFastCGI", "CLinux", "Process", "Support", "Web"],
        "Jobs": ["Crypto", "Database", "Process", "Support"],
        "Tables": ["CLinux", "CUchardet", "CXML", "CZlib", "Support"],
        "Money": ["Support"],
        "Blobs": ["Crypto", "Database", "Support"],
        "Pictures": ["Blobs", "CLinux", "CVips", "Database", "Process", "Support"],
        "Records": ["Crypto", "Database", "Money", "Support"],
        "Statistics": [],
        "Ranking": ["Statistics"],
        "ImportEngine": ["Crypto", "Database", "Jobs", "Money", "Records", "Support", "Tables", "Web"],
        "HTTPClient": ["CCurl", "Support"],
        "Identity": ["Crypto", "Database", "Support", "Web"],
        "AdminKit": ["Database", "Identity", "Jobs", "Markup", "Support", "Web"],
        "RecordKit": [
            "AdminKit", "Database", "Identity", "Jobs", "Markup", "Money", "Records", "Support", "Web",
        ],
        "ImportKit": [
            "AdminKit", "Crypto", "Database", "Identity", "ImportEngine", "Jobs", "Markup", "Money", "RecordKit",
            "Records", "Support", "Tables", "Web",
        ],
        "Accounts": feature,
        "Operations": feature,
        "Catalog": feature,
        "Webhooks": feature,
        "Customers": feature,
        "Feeds": feature + ["Catalog"],
        "Scraping": feature + ["Catalog"],
        "App": feature + [
            "Accounts", "Catalog", "Customers", "FastCGI", "Feeds", "Operations", "Process", "Scraping", "Webhooks",
        ],
        "bodega": ["App"],
    ]

    @Test func everyImportIsAllowed() throws {
        var broken: [String] = []
        var imports = 0
        for file in try sourceFiles() {
            guard let allowed = Self.table[file.module] else {
                broken.append("\(file.path): there is no module \(file.module) in the table")
                continue
            }
            for (number, line) in file.numberedLines {
                guard let name = importedModule(line) else { continue }
                imports += 1
                let isSystem = Self.system.contains(name) && file.module != "Markup"
                if !isSystem, !allowed.contains(name) {
                    broken.append("\(file.path):\(number): \(file.module) must not import \(name)")
                }
            }
        }
        #expect(imports > 300)
        expectNone(broken)
    }

    @Test func statementsStandInStoresAndSchemas() throws {
        let beginnings = [
            "SELECT ", "INSERT INTO ", "INSERT OR ", "UPDATE ", "DELETE FROM ", "CREATE TABLE", "CREATE INDEX", "DROP ",
            "ALTER TABLE", "PRAGMA ", "ATTACH ", "WITH ",
        ]
        var broken: [String] = []
        for file in try sourceFiles() where !file.path.contains("/Kit/") {
            let name = file.path.split(separator: "/").last ?? ""
            if name.contains("Store") || name.contains("Schema") { continue }
            for (number, line) in file.numberedLines {
                let text = line.trimmed
                let starts = [text] + text.split(separator: "\"").map(String.init)
                if starts.contains(where: { start in beginnings.contains { start.hasPrefix($0) } }) {
                    broken.append("\(file.path):\(number): SQL outside a store: \(text)")
                }
            }
        }
        expectNone(broken)
    }

    @Test func onlyTheDatabaseModuleSpeaksSQLite() throws {
        let words = try Regex(Self.wordsOfSQLite)
        var broken: [String] = []
        for file in try sourceFiles() where !file.path.hasPrefix("Sources/Kit/Database/") {
            if Self.migrationsOfSQLite.contains(file.path) { continue }
            for (number, text) in file.texts {
                guard let match = text.firstMatch(of: words) else { continue }
                broken.append("\(file.path):\(number): \(text[match.range]) belongs into Kit/Database")
            }
        }
        expectNone(broken)
    }

    /// What no other engine understands, or understands in another way.
    private static let wordsOfSQLite = """
        \\b(MATCH|ATTACH|DETACH|PRAGMA|STRICT|AUTOINCREMENT|BLOB|IFNULL|GLOB|REGEXP|VACUUM|INDEXED|ROWID|rowid)\\b\
        |\\b(INSERT|UPDATE) OR |\\bREPLACE INTO\\b|\\b(sqlite|pragma)_[a-z]|\\bjson_[a-z_]+\\(
        """

    /// Changes of what released versions stored: another engine begins after them.
    private static let migrationsOfSQLite = ["Sources/Features/Catalog/Import/ImportPathSchema.swift"]

    @Test func nothingTrapsOnPurpose() throws {
        let forced = try Regex(#"[A-Za-z0-9_)\]}]!($|[^=A-Za-z0-9_"'(])"#)
        var broken: [String] = []
        for file in try sourceFiles() {
            for (number, line) in file.numberedLines {
                let code = withoutTextAndComment(line)
                let words = ["try!", "as!", "fatalError(", "@unchecked Sendable", "nonisolated(unsafe)"]
                if let word = words.first(where: { code.contains($0) }) {
                    broken.append("\(file.path):\(number): \(word)")
                }
                if code.firstMatch(of: forced) != nil {
                    broken.append("\(file.path):\(number): forced unwrap: \(line.trimmed)")
                }
            }
        }
        expectNone(broken)
    }

    @Test func filesAndLinesAreShort() throws {
        var broken: [String] = []
        for file in try sourceFiles() {
            if file.lines.count > 500 { broken.append("\(file.path): \(file.lines.count) lines") }
            for (number, line) in file.numberedLines where line.count > 120 {
                broken.append("\(file.path):\(number): \(line.count) columns")
            }
        }
        expectNone(broken)
    }

    /// A rule that finds nothing may be a rule that looks at nothing.
    @Test func theRulesSeeWhatTheyLookFor() throws {
        #expect(importedModule("import Foundation") == "Foundation")
        #expect(importedModule("  @preconcurrency public import struct Web.Request") == "Web")
        #expect(importedModule("package import Database") == "Database")
        #expect(importedModule("// import Foundation") == nil)
        #expect(importedModule("let important = 1") == nil)
        let forced = try Regex(#"[A-Za-z0-9_)\]}]!($|[^=A-Za-z0-9_"'(])"#)
        for text in ["value!", "a.first!.b", "f()! + 1", "list[0]!"] {
            #expect(text.firstMatch(of: forced) != nil, "\(text)")
        }
        for text in ["a != b", "!value", "if !a { }", "return !b"] {
            #expect(text.firstMatch(of: forced) == nil, "\(text)")
        }
        #expect(withoutTextAndComment("f(\"a! \\\" b!\") // c!") == "f(\"\") ")
        let sources = try sourceFiles()
        #expect(sources.count > 150)
        let words = try Regex(Self.wordsOfSQLite)
        let native = sources.filter { $0.path.hasPrefix("Sources/Kit/Database/") }.flatMap(\.texts)
        for word in ["MATCH", "rowid", "ATTACH", "sqlite_schema", "sqlite_sequence", "AUTOINCREMENT", "STRICT"] {
            #expect(native.contains { $0.text.contains(word) && $0.text.firstMatch(of: words) != nil }, "\(word)")
        }
        for text in ["SELECT json_extract(a, '$.b')", "INSERT OR IGNORE INTO a", "IFNULL(a, 1)", "a GLOB ?"] {
            #expect(text.firstMatch(of: words) != nil, "\(text)")
        }
        for text in ["SELECT total FROM a", "INSERT INTO a", "If-Match", "json"] {
            #expect(text.firstMatch(of: words) == nil, "\(text)")
        }
    }

    private func expectNone(_ broken: [String]) {
        #expect(broken.isEmpty, "\(broken.joined(separator: "\n"))")
    }
}

/// The module that a line imports.
private func importedModule(_ line: String) -> String? {
    var words = line.split(separator: " ").map(String.init)
    while let word = words.first, word.hasPrefix("@") || ["public", "package", "internal", "private"].contains(word) {
        words.removeFirst()
    }
    guard words.first == "import", words.count > 1 else { return nil }
    words.removeFirst()
    if ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"].contains(words[0]) {
        words.removeFirst()
    }
    return words.first?.split(separator: ".").first.map(String.init)
}

/// A line of code with its texts emptied and its comment cut off.
private func withoutTextAndComment(_ line: String) -> String {
    var code = ""
    var isText = false
    var isEscaped = false
    for character in line {
        if isText {
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isText = false
                code.append(character)
            }
            continue
        }
        if character == "/", code.hasSuffix("/") { return String(code.dropLast()) }
        if character == "\"" { isText = true }
        code.append(character)
    }
    return code
}
