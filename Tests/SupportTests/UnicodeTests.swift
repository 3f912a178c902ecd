import Support
import Testing

@Suite struct UnicodeTests {
    @Test(arguments: [
        ("STRASSE", "strasse"), ("straße", "strasse"), ("STRAẞE", "strasse"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("σίσυφος", "σίσυφοσ"), ("É", "é"), ("E\u{301}", "é"), ("e\u{301}", "é"), ("İ", "i\u{307}"),
        ("I", "i"), ("ı", "ı"), ("ﬁ", "fi"), ("Ǆ", "ǆ"), ("ſ", "s"), ("\u{212A}", "k"), ("Å", "å"), ("\u{212B}", "å"),
        ("", ""), (" ", " "), ("A", "a"), ("ABC-123_x/y [Z]@`{", "abc-123_x/y [z]@`{"), ("尺寸", "尺寸"),
        ("😀", "😀"), ("ŉ", "ʼn"), ("\u{1E9E}\u{1E9E}", "ssss"),
    ])
    func folds(text: String, expected: String) {
        // Compared by bytes: Swift's own == overlooks composition.
        #expect(Array(text.caseFolded.utf8) == Array(expected.utf8))
        #expect(Array(text.caseFolded.caseFolded.utf8) == Array(expected.utf8))
    }

    @Test func canonicallyEquivalentTextsFoldToTheSameBytes() {
        let pairs = [
            ("\u{1FB4}", "\u{3B1}\u{345}\u{301}"), ("\u{1FB4}", "\u{3B1}\u{301}\u{345}"), ("ệ", "e\u{302}\u{323}"),
            ("ệ", "e\u{323}\u{302}"), ("각", "\u{1100}\u{1161}\u{11A8}"), ("\u{1E69}", "s\u{307}\u{323}"),
        ]
        for (left, right) in pairs {
            #expect(left == right, "the pair is canonically equivalent")
            #expect(Array(left.caseFolded.utf8) == Array(right.caseFolded.utf8), "\(left)")
        }
    }

    @Test func theFastPathGivesWhatTheSlowOneGives() {
        for first in 0..<128 {
            let character = String(UnicodeScalar(UInt8(first)))
            let slow = Array("\(character)é".caseFolded.utf8.dropLast(2))
            #expect(Array(character.caseFolded.utf8) == slow, "U+\(first)")
        }
        let long = String(repeating: "Abc É ", count: 10_000)
        #expect(long.caseFolded == String(repeating: "abc é ", count: 10_000))
    }

    @Test(arguments: [
        ("", ""), ("   ", ""), (" a b ", "a b"), ("\t\r\na\u{B}\u{C}", "a"), ("\u{A0}a\u{3000}", "a"),
        ("\u{2003}\u{85}a\u{2028}", "a"), ("\u{200B}a\u{FEFF}", "\u{200B}a\u{FEFF}"), ("a", "a"), (" é ", "é"),
    ])
    func trims(text: String, expected: String) {
        #expect(text.trimmed == expected)
    }

    @Test func seesControlCharacters() {
        for text in ["\0", "a\tb", "\n", "\u{7F}", "\u{80}", "\u{9F}"] { #expect(text.hasControlCharacters) }
        for text in ["", "a b", "\u{A0}", "é", "\u{200B}"] { #expect(!text.hasControlCharacters) }
    }
}
