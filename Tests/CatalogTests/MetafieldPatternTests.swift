import Support
import Testing

@testable import Catalog

@Suite("Patterns of metafields")
struct MetafieldPatternTests {
    @Test("Patterns match whole texts as regular expressions do")
    func matching() throws {
        let cases: [(String, [String], [String])] = [
            ("abc", ["abc"], ["ab", "abcd", ""]), ("a|bc|", ["a", "bc", ""], ["abc"]),
            ("(ab)+c?", ["ab", "ababc"], ["c", "abb"]),
            ("[A-Z]{2}-[0-9]{3,}", ["AB-123", "AB-12345"], ["A-123", "AB-12"]), ("[^a-c\\]]*", ["xyz"], ["xbz", "]"]),
            ("\\d+\\.\\d{1,2}", ["1.5", "12.34"], ["1.", "1.234", "1x5"]),
            ("(?i)straße", ["STRAßE", "straße"], ["strasse"]),
            (".*wine.*", ["red wine"], ["red\nwine", "beer"]), ("\\p{Lu}\\p{Ll}*", ["Ärger", "Ω"], ["ärger", "A1"]),
            ("^a$", ["a"], ["b"]), ("a^b", [], ["ab"]), ("(a*)*b", ["b", "aaab"], ["a"]), ("x{0}", [""], ["x"]),
            ("a{2,4}?", ["aa", "aaaa"], ["a", "aaaaa"]), ("[]a]+", ["]a"], ["b"]), ("[a-]+", ["a-"], ["b"]),
            ("\\w+\\s\\W", ["a_1 !"], ["a! !"]), ("é|\u{1F377}", ["\u{1F377}"], ["e"]),
        ]
        for (text, good, bad) in cases {
            let pattern = try MetafieldPattern(text)
            for text in good { #expect(pattern.matches(text) == .yes, "\(text)") }
            for text in bad { #expect(pattern.matches(text) == .no, "\(text)") }
        }
    }

    @Test(
        "What cannot be read, or would need going back, is refused with its place",
        arguments: [
            "(a", "a)", "[a", "*a", "a{2", "a{3,2}", "\\1", "(?=a)", "(?<n>a)", "a\\", "[b-a]", "\\p{Greek}", "a{2000}",
            "((a{100}){100}){100}", "((((){1000}){1000}){1000}){1000}", String(repeating: "(", count: 100),
        ]
    )
    func refused(_ text: String) {
        #expect(throws: MetafieldPattern.Refusal.self) { try MetafieldPattern(text) }
    }

    @Test(
        "A pattern that drives others mad ends in time, whatever the text",
        arguments: [
            "(a+)+b", "(a|aa)+b", "(a|a)*b", "(.*a){20}b", "(a?){500}a{500}", "([a-z]+)*[0-9]",
        ]
    )
    func bounded(_ text: String) throws {
        let pattern = try MetafieldPattern(text)
        for length in [30, 1000, 65_535] {
            let start = monotonicNanoseconds()
            let answer = pattern.matches(String(repeating: "a", count: length))
            let taken = monotonicNanoseconds() - start
            #expect(answer != .yes || text == "(a?){500}a{500}")
            // The bound is 50 ms; a busy machine may hold the process back for as long again.
            #expect(taken < 500_000_000, "\(length) took \(taken / 1_000_000) ms")
        }
        let long = String(repeating: "a", count: 65_535)
        #expect(try MetafieldPattern("(.*a){20}b").matches(long, within: 0) == .tooLong)
    }
}
