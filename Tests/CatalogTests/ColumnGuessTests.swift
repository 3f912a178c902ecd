import Money
import Support
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite("What columns may mean")
struct ColumnGuessTests {
    private func guesses(
        _ headers: [String],
        _ rows: [[String]],
        brands: Set<String> = []
    ) -> (fields: [String: String], outcome: ColumnGuess.Outcome) {
        let columns = ImportColumns.provisional(headers: headers, mapping: [:])
        let outcome = ColumnGuess.all(
            headers,
            columns,
            said: [],
            .euro,
            values: { column in rows.map { $0[column] } },
            isBrand: brands.contains
        )
        let fields = outcome.columns.map { (headers[$0.key], $0.value.target.name ?? "") }
        return (Dictionary(uniqueKeysWithValues: fields), outcome)
    }

    @Test("By names that have a known one in them, then by content, each with its reason")
    func guessed() {
        let rows = (1...30).map { row in
            [
                "K\(row)-X", "Rote Schale \(row)", "\(row),95",
                row.isMultiple(of: 2) ? "4006381333931" : "4006381333948",
                "Eine Schale aus Ton, von Hand gedreht, gebrannt und glasiert, für jeden Tag, die Nummer \(row).",
                row.isMultiple(of: 3) ? "Leica" : "Zeiss", row.isMultiple(of: 2) ? "ja" : "nein", "\(row % 5)",
                "https://shop.example/\(row).jpg",
            ]
        }
        let headers = ["A", "B", "C", "D", "E", "F", "G", "Lager", "I"]
        let (fields, outcome) = guesses(headers, rows, brands: ["Leica", "Zeiss"])
        #expect(
            fields == [
                "A": "sku", "B": "name", "C": "price", "D": "upc", "E": "description", "F": "brand", "G": "status",
            ]
        )
        #expect(outcome.columns[5]?.reason == "2 of 2 values are brands you have")
        #expect(outcome.notes == [7: "whole numbers: is this your stock?", 8: "web addresses"])
        #expect(outcome.identity == nil)
        #expect(guesses(headers, rows).fields["F"] == nil, "few words alone are no brand")
    }

    @Test("A name speaks only where the content fits, and nothing is guessed of what is known or said")
    func names() {
        let rows = (1...5).map { ["X\($0)", "Krug \($0)", "\($0).50", "\($0).10", "gut"] }
        let (fields, _) = guesses(["Artikelnummer intern", "Name", "Verkaufspreis Shop", "EK", "Preisgruppe"], rows)
        #expect(fields == ["Artikelnummer intern": "sku", "Verkaufspreis Shop": "price"])
        let wine = guesses(["sku", "name", "ABV"], (1...5).map { ["X\($0)", "Krug", "1\($0).5"] })
        #expect(wine.fields == [:], "one decimal makes no price")
        let two = guesses(["sku", "name", "a", "b"], (1...5).map { ["X\($0)", "Krug", "\($0).50", "\($0).10"] })
        #expect(two.fields == [:], "one of two columns of amounts is not told from the other")
        #expect(two.outcome.notes == [2: "amounts: is this a price?", 3: "amounts: is this a price?"])
    }

    @Test("Without SKUs a handle or a bar code may identify")
    func identities() {
        let codes = ["4006381333931", "4006381333948", "96385074"]
        let (_, found) = guesses(["EAN", "Name"], codes.map { [$0, "Krug"] })
        #expect(found.identity?.choice == .columns("EAN"))
        #expect(guesses(["EAN", "Name"], ["96385074", "96385074"].map { [$0, "Krug"] }).outcome.identity == nil)
        #expect(guesses(["url_key", "Name"], [["krug", "Krug"]]).outcome.identity?.choice == .handle)
        #expect(guesses(["Name"], []).outcome.columns.isEmpty)
    }
}
