import Catalog
import Money
import Records
import Support
import Testing
import Web

@testable import App

/// The served document says what the routes say, and nothing is left open in it.
@Suite struct OpenAPITests {
    private let contract = Composition.contract(.euro)
    private var document: JSON { OpenAPIDocument(contract).json }

    @Test func everySchemaThatARouteNamesIsDefined() {
        let defined = contract.schemas.map(\.name)
        #expect(Set(defined).count == defined.count, "a schema is defined twice")
        for route in contract.routes {
            let contents = route.operation.request + route.operation.responses.values.joined()
            for content in contents where !defined.contains(content.schema) {
                Issue.record("\(route.method.rawValue) \(route.path) names \(content.schema), which nobody defines")
            }
        }
    }

    @Test func everyReferenceLeadsSomewhereAndEverySchemaIsUsed() {
        let document = document
        var used: Set<String> = []
        for reference in Self.references(in: document) {
            let steps = reference.split(separator: "/").dropFirst().map(String.init)
            #expect(steps.reduce(document as JSON?) { $0?[$1] } != nil, "\(reference) leads nowhere")
            used.insert(reference)
        }
        #expect(used.count > 40)
        for schema in contract.schemas {
            #expect(used.contains("#/components/schemas/\(schema.name)"), "nothing uses the schema \(schema.name)")
        }
    }

    @Test func everyRouteForProgramsIsDescribed() throws {
        let paths = try #require(document["paths"])
        var ids: Set<String> = []
        let programs = Composition.routes.filter { !$0.operation.isPage }
        #expect(programs.count > 30)
        for route in programs {
            let operation = paths[route.template]?[route.method.rawValue.lowercased()]
            guard let operation else {
                Issue.record("\(route.method.rawValue) \(route.path) is not in the document")
                continue
            }
            ids.insert(operation["operationId"]?.stringValue ?? "")
            let scopes = operation["x-required-scopes"]?.arrayValue?.compactMap(\.stringValue)
            #expect(Set(scopes ?? []) == Set(route.access.permissions.map(\.rawValue)))
            let security = operation["security"]?.arrayValue ?? []
            #expect(
                security.filter { $0["token"] != nil }.count == (route.access == .open ? 0 : max(1, scopes?.count ?? 0))
            )
            #expect((operation["x-further-scopes"] != nil) == (route.needs != nil))
            #expect((operation["security"]?.arrayValue?.isEmpty ?? true) == (route.access == .open))
            let answers = operation["responses"]?.members?.compactMap { Int($0.name) } ?? []
            #expect(answers.contains { $0 < 300 }, "\(route.path) never succeeds")
            #expect(Set(answers).count == answers.count, "\(route.path) has an answer twice")
        }
        #expect(ids.count == programs.count, "two operations have one id")
    }

    /// Whoever adds a route says what it does and shows what it takes and gives.
    @Test func everyOperationIsExplainedAndHasExamples() {
        var missing: [String] = []
        for route in contract.routes {
            let id = route.operationID
            if OperationProse.all[id]?.isEmpty ?? true {
                missing.append("\(id) has no description: add it to OperationProse")
            }
            if APIGroup.named(route.groupTitle) == nil {
                missing.append(
                    "\(id) stands under '\(route.groupTitle)', of which APIGroup knows nothing: add it there"
                )
            }
            let contents = route.operation.request + route.operation.responses.values.joined()
            for content in contents where contract.example(of: content.schema) == nil {
                missing.append("\(id) shows no \(content.schema): add .example(…) where that schema is defined")
            }
        }
        #expect(missing.isEmpty, "\(Set(missing).sorted().joined(separator: "\n"))")
    }

    @Test func noDescriptionIsLeftOver() {
        let ids = Set(contract.routes.map(\.operationID))
        #expect(OperationProse.all.keys.filter { !ids.contains($0) } == [], "OperationProse explains no operation")
        let titles = Set(contract.groups.map(\.title))
        #expect(APIGroup.all.filter { !titles.contains($0.title) }.map(\.title) == [], "APIGroup names no heading")
        #expect(Set(APIGroup.all.map(\.title)).count == APIGroup.all.count)
    }

    @Test func everyRefusalIsAnExampleOfItsStatus() {
        let statuses = Refusal.all.map(\.status)
        #expect(statuses == statuses.sorted() && Set(statuses).count == statuses.count)
        let needed = Set(contract.routes.flatMap { $0.refusals + $0.operation.responses.keys.filter { $0 >= 400 } })
        #expect(needed.subtracting(statuses + [503]) == [], "add the status to Refusal.all")
        for refusal in Refusal.all {
            #expect(refusal.example["status"]?.intValue == Int64(refusal.status))
            if let code = refusal.example["code"]?.stringValue {
                #expect(Composition.problemCodes.contains { $0.name == code })
            }
        }
    }

    /// Generated from the field table: a field that is added is in the document.
    @Test func productsHaveEveryFieldOfTheTable() throws {
        let schemas = try #require(document["components"]?["schemas"])
        for field in ProductFields.all {
            for name in ["Product", "NewProduct", "ProductChange", "ProductReplacement"] {
                #expect(schemas[name]?["properties"]?[field.name] != nil, "\(name) lacks \(field.name)")
            }
        }
        let sku = schemas["NewProduct"]?["properties"]?["sku"]
        #expect(sku?["maxLength"]?.intValue == 128)
        #expect(schemas["NewProduct"]?["required"] == ["sku", "name"])
        #expect(schemas["Product"]?["properties"]?["brand"]?["type"] == ["string", "null"])
        #expect(schemas["Product"]?["properties"]?["price"]?["pattern"] == #"^[0-9]+\.[0-9]{2}$"#)
        let yen = Composition.contract(Currency(code: "JPY", exponent: 0)).schema("Product")?.json
        #expect(yen?["properties"]?["price"]?["pattern"] == "^[0-9]+$")
    }

    @Test func columnsKnowTheirSynonyms() {
        let synonyms = contract.schema("ColumnMapping")?.json["x-synonyms"]
        #expect(synonyms?["sku"]?.arrayValue?.contains("Artikelnummer") == true)
        #expect(synonyms?["price"]?.arrayValue?.contains("Regular price") == true)
    }

    /// A program that does not know a parameter must not guess: what a list takes is said.
    @Test func listsSayHowTheyArePaged() throws {
        for route in contract.routes where route.method == .get {
            guard let name = route.operation.responses[200]?.first?.schema, name.hasSuffix("List") else { continue }
            let names = route.operation.parameters.map(\.name)
            for wanted in ["limit", "cursor", "include"] { #expect(names.contains(wanted), "\(route.path)") }
        }
    }

    static func references(in json: JSON) -> [String] {
        switch json {
        case .object(let members):
            members.flatMap { member in
                if member.name == "$ref", let text = member.value.stringValue { return [text] }
                return references(in: member.value)
            }
        case .array(let items): items.flatMap { references(in: $0) }
        case .null, .bool, .number, .string: []
        }
    }
}
