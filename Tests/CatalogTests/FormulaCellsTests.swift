import Support
import Tables
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct FormulaCellsTests {
    private func isFormula(_ text: String) -> Bool { danger(text) != nil }

    private func danger(_ text: String) -> FormulaCells.Danger? {
        Array(text.utf8).withUnsafeBufferPointer { FormulaCells.danger(in: $0) }
    }

    private func restored(_ cell: [UInt8], _ danger: FormulaCells.Danger?) -> String {
        guard let danger else { return String(decoding: cell, as: UTF8.self) }
        let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: cell.count)
        defer { room.deallocate() }
        return cell.withUnsafeBufferPointer { cell in
            String(decoding: FormulaCells.restored(cell, danger) { _ in room }, as: UTF8.self)
        }
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
        ("'=1;'=2", "name", "name", "=1;'=2"), ("'=1;'=2", "sku name*", "name", "=1;=2"),
        ("a;'=1", "name*", "names", "a;'=1"), ("a;'=1", "*", "name", "a;'=1"), ("", "name*", "name", ""),
        ("'=1", "names", "name", "'=1"), ("'=1", "name_of", "name", "'=1"), ("=1", "name", "name", "=1"),
        ("", "name", "name", ""), ("'", "  name  ", "name", ""),
    ])
    func takenBackOnlyWhereTheRowSaysSo(_ cell: String, _ marks: String, _ field: String, _ expected: String) {
        let danger = Array(marks.utf8).withUnsafeBufferPointer { FormulaCells.danger(of: field, in: $0) }
        #expect(restored(Array(cell.utf8), danger) == expected)
    }

    /// Where a spreadsheet with another list separator would see a cell or a row begin.
    @Test(arguments: [
        ("x;=1+1", "x;'=1+1"), ("x;;-5", "x;;'-5"), ("x\t@a", "x\t'@a"), ("x|+1", "x|'+1"), ("x; \"=1", "x;' \"=1"),
        ("x;\"\"=1", "x;'\"\"=1"), ("a\n- b\r\n- c", "a\n'- b\r\n'- c"), ("x;＝1", "x;'＝1"),
        ("=1;=2", "'=1;'=2"), ("'=1;=2", "''=1;'=2"), ("a;'=1;''=2;=3", "a;''=1;'''=2;'=3"), ("\t=1", "'\t'=1"),
        ("{\"a\":\"x;=1\"}", "{\"a\":\"x;'=1\"}"),
    ])
    func partsThatCouldBeginAFormula(_ text: String, _ expected: String) {
        #expect(danger(text) == .inside)
        let escaped = Array(text.utf8).withUnsafeBufferPointer { FormulaCells.escaped($0, .inside) }
        #expect(String(decoding: escaped, as: UTF8.self) == expected)
        #expect(restored(escaped, .inside) == text)
    }

    @Test(arguments: ["a;b", "a;'=1", "1-2;3", "a,=1", "a =1", "x;", ";", "a\nb - c", "a;5;6", "x;\"y\"", "a: -5"])
    func partsThatCannot(_ text: String) {
        #expect(!isFormula(text))
    }

    /// Whatever is escaped comes back, and is safe to everybody who parts it elsewhere.
    @Test func everyTextComesBack() {
        let pieces = ["'", "=", "+", "-", "@", ";", "|", "\t", "\n", "\r", "\"", " ", "a", ",", "＝"]
        for seed in 0..<4000 {
            var random = SeededRandom(seed)
            let text = (0..<random.below(9)).map { _ in random.pick(pieces) }.joined()
            guard let danger = danger(text) else { continue }
            let escaped = Array(text.utf8).withUnsafeBufferPointer { FormulaCells.escaped($0, danger) }
            #expect(restored(escaped, danger) == text, "\(text.debugDescription)")
            #expect(!isFormula(String(decoding: escaped, as: UTF8.self)), "\(text.debugDescription)")
        }
    }

    @Test func aTextThatIsOnlyShown() {
        #expect(FormulaCells.shown("=cmd: bad") == "'=cmd: bad")
        #expect(FormulaCells.shown("price: bad") == "price: bad")
        #expect(FormulaCells.shown("price: bad; =cmd: bad") == "price: bad;' =cmd: bad")
    }
}
