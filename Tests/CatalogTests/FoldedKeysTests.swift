import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct FoldedKeysTests {
    private enum Answer: Equatable {
        case key(sku: String, key: String)
        case blank
        case bad
    }

    private func read(_ bytes: [UInt8]) -> Answer {
        let keys = FoldedKeys(limit: 128)
        return bytes.withUnsafeBufferPointer { cell in
            switch keys.read(cell) {
            case .key(let sku, let key):
                .key(sku: String(decoding: sku, as: UTF8.self), key: String(decoding: key, as: UTF8.self))
            case .blank: .blank
            case .bad: .bad
            }
        }
    }

    private func read(_ text: String) -> Answer { read(Array(text.utf8)) }

    @Test func writtenFormAndKey() {
        #expect(read(" Ab-1 \t") == .key(sku: "Ab-1", key: "ab-1"))
        #expect(read("a  b") == .key(sku: "a  b", key: "a  b"), "inner blanks stay")
        #expect(read("Straße") == .key(sku: "Straße", key: "strasse"))
        #expect(read("\u{A0}É\u{3000}") == .key(sku: "É", key: "é"))
        #expect(read("E\u{301}") == .key(sku: "E\u{301}", key: "é"))
        #expect(read("/%?#") == .key(sku: "/%?#", key: "/%?#"))
        for blank in ["", " ", "\t\r\n\u{B}\u{C}", "\u{A0}", " \u{2028} "] {
            #expect(read(blank) == .blank, "\(blank.debugDescription)")
        }
        for bad in ["a\u{0}b", "a\tb", "a\nb", "\u{7F}", "a\u{85}b", "\u{1}a", "a\u{1F}"] {
            #expect(read(bad) == .bad, "\(bad.debugDescription)")
        }
        #expect(read([0x61, 0xFF]) == .bad)
    }

    @Test func lengthIsCountedInScalars() {
        for letter in ["a", "é", "日", "😀", "ΐ"] {
            let longest = String(repeating: letter, count: 128)
            guard case .key(let sku, _) = read(longest) else {
                Issue.record("\(letter)")
                continue
            }
            #expect(sku == longest)
            #expect(read("  \(longest) ") != .bad)
            #expect(read(longest + letter) == .bad)
        }
    }

    /// The fast path over bytes and the slow one over text agree with what the rest of the catalogue compares by.
    @Test func agreesWithTheProductOnRandomTexts() {
        var random = SeededRandom(1)
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x20...0x7E, 0x41...0x5A, 0x00...0x20, 0x7F...0x17F, 0x300...0x36F, 0x370...0x52F,
            0x1E00...0x1FFF,
            0x2000...0x206F, 0xAC00...0xAC40, 0xFB00...0xFB06, 0x1F600...0x1F620, 0x10400...0x1044F,
        ]
        for _ in 0..<20_000 {
            var scalars = String.UnicodeScalarView()
            let range = random.chance(1, in: 2) ? ranges[0...1] : ranges[...]
            for _ in 0..<random.below(12) {
                if let scalar = Unicode.Scalar(UInt32.random(in: random.pick(Array(range)), using: &random)) {
                    scalars.append(scalar)
                }
            }
            let text = String(scalars)
            let trimmed = text.trimmed
            let expected: Answer =
                trimmed.isEmpty
                ? .blank : trimmed.hasControlCharacters ? .bad : .key(sku: trimmed, key: Product.skuKey(text))
            let answer = read(text)
            guard answer == expected, same(answer, expected) else {
                Issue.record(
                    "\(text.unicodeScalars.map { String($0.value, radix: 16) }) gave \(answer), not \(expected)"
                )
                return
            }
        }
    }

    /// Swift compares texts by canonical equivalence; keys must agree byte by byte.
    private func same(_ left: Answer, _ right: Answer) -> Bool {
        guard case .key(let a, let b) = left, case .key(let c, let d) = right else { return true }
        return Array(a.utf8) == Array(c.utf8) && Array(b.utf8) == Array(d.utf8)
    }
}
