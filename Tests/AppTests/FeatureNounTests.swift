import Support
import Testing

/// Kit and Platform know no feature: what is called by a feature's noun belongs into that feature.
@Suite struct FeatureNounTests {
    private static let nouns: Set<String> = [
        "product", "products", "sku", "skus", "import", "imports", "importer", "importers", "imported", "catalog",
        "catalogue", "customer", "customers", "basket", "baskets",
    ]

    /// What the modules of imports are about themselves.
    private static let ownOfImports: Set<String> = ["import", "imports", "importer", "importers", "imported"]

    /// What is left, by file with the number of words. It must not grow; whoever takes one out lowers the number.
    private static let known: [String: Int] = [
        // The compiler's own word.
        "Sources/Kit/Crypto/SHA256.swift": 1,
        // The role of a connection that writes in bulk.
        "Sources/Kit/Database/Checkpoint.swift": 1,
        "Sources/Kit/Database/Connection+OneCommit.swift": 1,
        "Sources/Kit/Database/Connection+Transactions.swift": 1,
        "Sources/Kit/Database/Connection.swift": 5,
        // Names of events of kinds that bring a file in.
        "Sources/Kit/Jobs/JobStore+Outbox.swift": 6,
        // Texts that users see.
        "Sources/Kit/Jobs/JobStore+Control.swift": 1,
        "Sources/Kit/Tables/TableFault.swift": 2,
        "Sources/Kit/Web/ProblemSchema.swift": 1,
        "Sources/Platform/AdminKit/ShortcutList.swift": 1,
        // What comes of a multiplication.
        "Sources/Kit/Process/Vitals.swift": 2,
        "Sources/Kit/Support/SequenceHash.swift": 3,
        // The table of the shop's currency has its name from the first version.
        "Sources/Kit/Records/CurrencyStore.swift": 2,
        // Words that make a password weak.
        "Sources/Platform/Identity/CommonPasswords.swift": 6,
        // Roles and tokens hold permissions of all features.
        "Sources/Platform/Identity/PermissionWords.swift": 21,
        "Sources/Platform/Identity/Permissions.swift": 33,
    ]

    @Test func kitAndPlatformKnowNoFeature() throws {
        var found: [String: Int] = [:]
        for file in try sourceFiles() where file.path.contains("/Kit/") || file.path.contains("/Platform/") {
            let isOfImports = file.path.contains("/ImportEngine/") || file.path.contains("/ImportKit/")
            let foreign = isOfImports ? Self.nouns.subtracting(Self.ownOfImports) : Self.nouns
            let count = file.lines.reduce(0) { $0 + nouns(in: $1, foreign) }
            if count > 0 { found[file.path] = count }
        }
        let known = Self.known.merging(Self.ofImports) { first, _ in first }
        for path in Set(found.keys).union(known.keys).sorted() {
            let (count, allowed) = (found[path] ?? 0, known[path] ?? 0)
            #expect(count == allowed, "\(path) has \(count) words of features, \(allowed) are known")
        }
    }

    /// How many words of a line of code are a feature's noun; comments and import lines are left out.
    private func nouns(in line: String, _ nouns: Set<String> = Self.nouns) -> Int {
        let text = line.trimmed
        guard !text.hasPrefix("//"), !isImport(text) else { return 0 }
        let end = text.firstRange(of: " // ")?.lowerBound ?? text.endIndex
        return words(text[..<end]).count { nouns.contains($0) }
    }

    private func isImport(_ text: String) -> Bool {
        let parts = text.split(separator: " ").drop { ["public", "package", "internal", "private"].contains($0) }
        return parts.first == "import"
    }

    /// `readProducts` are two words.
    private func words(_ code: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        for character in code {
            let isLetter = character.isASCII && character.isLetter
            if !isLetter || character.isUppercase && word.last?.isLowercase == true {
                words.append(word.lowercased())
                word = ""
            }
            if isLetter { word.append(character) }
        }
        return words + [word.lowercased()]
    }

    @Test func theRuleSeesWhatItLooksFor() {
        #expect(nouns(in: "    static let readProducts = 1 // products") == 1)
        #expect(nouns(in: "    case importer") == 1 && nouns(in: "package import Support") == 0)
        #expect(nouns(in: "    /// A product.") == 0 && nouns(in: "let text = \"a product of imports\"") == 2)
        #expect(nouns(in: "important production reimported") == 0)
    }
}
