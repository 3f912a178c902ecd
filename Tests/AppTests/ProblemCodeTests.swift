import AdminKit
import Catalog
import Identity
import Money
import Operations
import Support
import Tables
import Testing
import Web

@testable import Accounts
@testable import App
@testable import Operations

/// The enumeration of the served document has the codes that the sources give, and no others.
@Suite struct ProblemCodeTests {
    /// How a code is written: what stands before it.
    private static let calls = [
        #"WebError\(\s*[0-9]{3},\s*"#, #"\.?(?:badRequest|unavailable|tooManyRequests|unauthorized)\(\s*"#,
        #"badParameter\(\s*[^,()]+,\s*"#, #"Problem\(\s*(?:[^,()"]+|"(?:[^"\\]|\\.)*"),\s*"#,
        #"(?:failure|refuse|fault)\(\s*"#, #"ConfigurationFault\(\s*code:\s*"#, #"let code = isKey \? "bad_sku" : "#,
        #"OwnAnswer\(status: [0-9]+, code:\s*"#, #"connectionLimit\("[a-z_]+",\s*"#,
        #"wrong\(\s*(?:"[^"]*"|[a-z]+),\s*"#, #"RecordFault\(\s*"#, #"HTTPTargetFault\(\s*code:\s*"#,
    ]

    /// The codes of the sources, each with a file that gives it.
    private static func found() throws -> [String: String] {
        var found: [String: String] = [:]
        let patterns = try calls.map { try Regex($0 + #""([a-z][a-z0-9_]*)""#) }
        for file in try sourceFiles() where !file.path.hasSuffix("ProblemCodes.swift") {
            // Findings about the audit trail are sentences.
            if file.path.contains("/Kit/Database/") { continue }
            let text = file.lines.joined(separator: "\n")
            for pattern in patterns {
                for match in text.matches(of: pattern) {
                    if let code = match.output[1].substring { found[String(code)] = file.path }
                }
            }
        }
        return found
    }

    /// Codes that the sources do not write where they refuse, but in a table of their own.
    private static let tables: [String] =
        TableFault.examples.map(\.code) + TableLimits.Name.allCases.map(\.rawValue)
        + ["common_password", "repeated_characters", "character_run", "personal_password", "bad_sku", "bad_status"]
        + ["bad_attributes", "attributes_too_long", "too_many_attributes"]
        + [
            "damaged_picture", "empty_picture", "no_decoder", "no_sandbox", "not_a_picture", "picture_takes_too_much",
            "picture_too_large", "too_many_pixels",
        ]
        // Made of the names of fields.
        + [
            "inventory_quantity", "shopify_product_id", "shopify_variant_id", "seo_handle", "weight", "length", "width",
            "height", "weight_unit", "dimension_unit", "manufacturer_part_number", "category_id", "country", "language",
            "phone", "customer_code",
        ].map { "bad_\($0)" } + [
            "customer_code_taken", "already_merged", "is_merge_root", "merge_chain", "merged_into_itself", "not_merged",
        ]

    @Test func everyCodeOfTheSourcesIsInATable() throws {
        let found = try Self.found()
        #expect(found.count > 100)
        let known = Set(Composition.problemCodes.map(\.name))
        let missing = found.filter { !known.contains($0.key) }
            .map {
                "'\($0.key)' of \($0.value) is in no …ProblemCodes.swift: add it with its meaning to its module's"
            }
        #expect(missing.isEmpty, "\(missing.sorted().joined(separator: "\n"))")
        #expect(
            Set(Self.tables).subtracting(known) == [],
            "add them to CatalogProblemCodes.swift or IdentityProblemCodes.swift"
        )
    }

    @Test func everyCodeOfTheTablesIsGiven() throws {
        let given = Set(try Self.found().keys).union(Self.tables)
        let idle = Composition.problemCodes.map(\.name).filter { !given.contains($0) }
        #expect(idle == [], "nothing gives these any more: take them out of …ProblemCodes.swift")
        for code in Composition.problemCodes {
            #expect(code.meaning.hasSuffix("."), "'\(code.name)' has no sentence")
        }
    }

    /// A module says what it adds to those that it imports.
    @Test func noCodeIsExplainedTwice() {
        let base = ProblemCode.web + ProblemCode.identity
        let each = Composition.features.map(\.problemCodes) + [ProblemCode.app]
        for more in each {
            let names = base.map(\.name) + more.map(\.name)
            #expect(Set(names).count == names.count)
        }
        let meanings = Dictionary(grouping: each.flatMap { $0 }) { $0.name }.filter {
            Set($0.value.map(\.meaning)).count > 1
        }
        #expect(meanings.keys.sorted() == [], "two features explain it differently")
    }

    @Test func theDocumentEnumeratesThem() throws {
        let schema = try #require(Composition.contract(.euro).schema("ProblemCode")?.json)
        let names = schema["enum"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(names == Composition.problemCodes.map(\.name) && names == names.sorted())
        #expect(schema["x-enum-descriptions"]?.arrayValue?.count == names.count)
    }
}

extension TableFault {
    /// One of each.
    fileprivate static let examples: [TableFault] = [
        .noSuchList("", lists: []),
        .notATable("a picture"), .damaged(format: "XLSX", detail: "cut off"), .noEntry, .severalEntries([]),
        .nested("a"),
        .unreadableEntry(name: "a", reason: "a password"), .noSuchSheet("a", sheets: []),
        .notRecords(line: 1, detail: ""),
        .badEncoding("UTF-8"), .unreadableEncoding("REPLACEMENT"),
    ]
}
