import Support
import Tables
import TestSupport
import Testing

@testable import Catalog

@Suite struct FormulaCellsTests {
    private func isFormula(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { FormulaCells.isFormula($0) }
    }

    @Test(arguments: [
        "=1+1", "+49 30 1234", "-5", "@SUM(A1)", "\t=1", "\r\n=1", "\n", "  =1", "＝1", "＋1", "－1", "＠x", "=", "-",
    ])
    func takenForAFormula(_ text: String) {
        #expect(isFormula(text))
    }

    @Test(arguments: ["", " ", "5", "'=1", "a=1", "\"=1\"", "\u{FEFF}=1", "（1", "−5", "Ω", "\u{EF}", "{\"a\":\"=1\"}"])
    func leftAlone(_ text: String) {
        #expect(!isFormula(text))
    }

    @Test(arguments: [
        ("'=1", "name", "name", "=1"), ("'=1", "sku name", "name", "=1"), ("''=1", "name", "name", "'=1"),
        ("'-5", "sku", "sku", "-5"), ("'=1", "", "name", "'=1"), ("'=1", "sku", "name", "'=1"),
        ("'=1", "names", "name", "'=1"), ("'=1", "name_of", "name", "'=1"), ("=1", "name", "name", "=1"),
        ("", "name", "name", ""), ("'", "  name  ", "name", ""),
    ])
    func takenBackOnlyWhereTheRowSaysSo(_ cell: String, _ marks: String, _ field: String, _ expected: String) {
        let bytes = Array(cell.utf8)
        let restored = bytes.withUnsafeBufferPointer { cell in
            Array(marks.utf8).withUnsafeBufferPointer { marks in
                String(decoding: FormulaCells.restored(cell, field: field, marks: marks), as: UTF8.self)
            }
        }
        #expect(restored == expected)
    }

    @Test func aTextThatIsOnlyShown() {
        #expect(FormulaCells.shown("=cmd: bad") == "'=cmd: bad")
        #expect(FormulaCells.shown("price: bad") == "price: bad")
    }
}
