import Support
import Tables
import Testing
import Web

@testable import Catalog

@Suite struct ImportColumnsTests {
    private func used(_ headers: [String], _ mapping: ImportMapping = [:]) throws -> [String: String] {
        var used: [String: String] = [:]
        for (header, field) in try ImportColumns(headers: headers, mapping: mapping).used { used[field] = header }
        return used
    }

    @Test func synonymsStandBackBehindNames() throws {
        #expect(
            try used(["Variant SKU", "Title", "Vendor", "Variant Price", "EAN", "Published"]) == [
                "sku": "Variant SKU", "name": "Title", "brand": "Vendor", "price": "Variant Price", "upc": "EAN",
                "published": "Published",
            ]
        )
        #expect(try used(["sku", "name", "Title"]) == ["sku": "sku", "name": "name"])
        #expect(try used(["sku", "name", "Title"], ["Title": "name"]) == ["sku": "sku", "name": "Title"])
        #expect(try used(["sku", "Status", "Active", "Published"]) == ["sku": "sku", "status": "Status"])
        #expect(try used(["sku", "active"]) == ["sku": "sku", "active": "active"])
    }

    @Test func whatIsNotClearIsNamedNotGuessed() throws {
        let columns = try ImportColumns(headers: ["sku", "Title", "Product name", "GTIN", "EAN"], mapping: [:])
        #expect(columns.positions.compactMap { $0 } == [0])
        #expect(
            columns.ambiguities == [
                .init(field: "name", columns: ["Title", "Product name"]),
                .init(field: "upc", columns: ["GTIN", "EAN"]),
            ]
        )
        #expect(columns.ignored == ["Title", "Product name", "GTIN", "EAN"])
        let headers = ["Item no", "Article no", "name"]
        #expect(throws: ImportColumns.Refusal.ambiguousSKU(columns: ["Item no", "Article no"], headers: headers)) {
            try ImportColumns(headers: headers, mapping: [:])
        }
        #expect(try used(headers, ["Item no": "sku"]) == ["sku": "Item no", "name": "name"])
        #expect(try used(headers, ["Item no": ""])["sku"] == "Article no", "a column that is left out cannot be meant")
    }

    @Test func columnsBecomeAttributesOrNothing() throws {
        let mapping: ImportMapping = [
            "Size": "attribute:Size", "Colour": "attribute:Colour", "name": "", "Handle": "continues",
        ]
        let columns = try ImportColumns(headers: ["sku", "name", "Size", "Colour", "Handle"], mapping: mapping)
        #expect(columns.attributes == [.init(column: 3, name: "Colour"), .init(column: 2, name: "Size")])
        #expect(columns.group == 4)
        #expect(columns.ignored == ["name"])
        #expect(columns.target(of: 2) == .attribute("Size") && columns.target(of: 1) == .nothing)
        #expect(throws: ImportColumns.Refusal.duplicateColumn(field: "attribute:A", columns: ["b", "c"])) {
            try ImportColumns(headers: ["sku", "b", "c"], mapping: ["b": "attribute:A", "c": "attribute:A"])
        }
    }

    @Test func columnsWithoutANameOfTheirOwnHaveANumber() throws {
        let headers = ["sku", "", "Text", "text"]
        #expect(HeaderIndex(headers).name(of: 0) == "sku")
        #expect([1, 2, 3].map { HeaderIndex(headers).name(of: $0) } == ["#2", "#3", "#4"])
        #expect(try used(headers, ["#2": "name", "#4": "description"])["name"] == "")
        #expect(throws: ImportColumns.Refusal.missingColumn(name: "#5", headers: headers)) {
            try ImportColumns(headers: headers, mapping: ["#5": "name"])
        }
    }

    @Test func noSynonymStandsTwice() {
        var seen: Set<String> = []
        for entry in HeaderSynonyms.all {
            #expect(entry.target.field != nil)
            for name in entry.names {
                let key = HeaderNames.normalised(name)
                #expect(seen.insert(key).inserted, "\(name)")
                #expect(ImportMapping.Target(name: key) == nil, "\(name) is a field's own name")
            }
        }
    }
}

@Suite struct ImportMappingTests {
    private func problems(_ text: String) -> [String] {
        do throws(WebError) {
            _ = try ImportMapping(text: text)
            return []
        } catch {
            return error.problems.isEmpty ? ["\(error.status) \(error.code ?? "")"] : error.problems.map(\.code)
        }
    }

    @Test func comesBackAsItWasWritten() throws {
        let text = #"""
            {"A":"sku","B":"attribute:Colour","C":null,"D":{"field":"price","blank":"default","default":"0.00"},\#
            "E":{"field":"name","blank":"clear","default":null},"F":"continues","G":"published"}
            """#
        let mapping = try ImportMapping(text: text)
        #expect(mapping.json.text == text)
        #expect(ImportMapping(json: mapping.json) == mapping)
        #expect(mapping.columns[3] == .init("D", .field("price"), blank: .standard, standard: "0.00"))
        #expect(try ImportMapping(text: #"{"A":{"field":"price","default":"1"}}"#).columns[0].blank == .standard)
    }

    @Test func whatIsRefused() {
        #expect(problems("x") == ["400 bad_mapping"])
        #expect(problems("[]") == ["400 bad_mapping"])
        #expect(problems(#"{"A":"colour","B":"attribute:"}"#) == ["unknown_field", "unknown_field"])
        #expect(problems(#"{"A":1}"#) == ["bad_mapping"])
        #expect(problems(#"{"A":{"field":"price","blank":"zero"}}"#) == ["bad_option"])
        #expect(problems(#"{"A":{"feld":"price"}}"#) == ["unknown_field"])
    }

    @Test func aDefaultMustFitItsField() throws {
        let mapping = try ImportMapping(
            text: #"""
                {"A":{"field":"price","default":"free"},"B":{"field":"status","default":"on"},\#
                "C":{"field":"active","default":"maybe"},"D":{"field":"attribute:X","default":"any"}}
                """#
        )
        #expect(mapping.problems(.euro).map(\.code) == ["bad_default", "bad_default"])
    }

    @Test func aCallersColumnsWinOverAProfiles() {
        let profile: ImportMapping = ["A": "sku", "B": "name", "Gone": "price"]
        let merged = (["b": "description"] as ImportMapping).merged(over: profile).restricted(to: ["A", "B"])
        #expect(merged == ["b": "description", "A": "sku"])
    }
}
