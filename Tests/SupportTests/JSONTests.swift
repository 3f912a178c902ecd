import Support
import Testing

@Suite struct JSONTests {
    @Test(
        arguments: [
            ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", .number("-0")),
            ("12.50", .number("12.50")), ("1e3", .number("1e3")), ("-1.5E+10", .number("-1.5E+10")), ("\"\"", ""),
            ("[]", []), ("{}", [:]), ("\t[1 , [ ] , {\"a\":\r\n[null]}]", [1, [], ["a": [nil]]]),
            ("{\"b\":1,\"a\":2}", ["b": 1, "a": 2]), ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"),
            ("\"\\u00e9\\u20AC\"", "é€"), ("\"\\ud83d\\ude00\"", "😀"), ("\"\\uD834\\uDD1E\"", "𝄞"),
            ("\"ü😀\u{7F}\"", "ü😀\u{7F}"), ("\"\\u0000\"", "\0"), ("\"\\udbff\\udfff\"", "\u{10FFFF}"),
        ] as [(String, JSON)]
    )
    func reads(text: String, expected: JSON) throws {
        #expect(try JSON.parse(text) == expected)
        #expect(try JSON.parse(expected.bytes) == expected)
    }

    @Test(arguments: [
        ("", 0, "the text ends too early"), ("  ", 2, "the text ends too early"),
        ("nul", 0, "a value was expected"), ("True", 0, "a value was expected"), ("'a'", 0, "a value was expected"),
        ("1 2", 2, "text after the end of the value"), ("01", 1, "text after the end of the value"),
        ("1.", 2, "a digit was expected"), (".5", 0, "a value was expected"), ("+1", 0, "a value was expected"),
        ("-", 1, "a digit was expected"), ("1e", 2, "a digit was expected"), ("1e+", 3, "a digit was expected"),
        ("[1", 2, "',' or ']' was expected"), ("[1,]", 3, "a value was expected"),
        ("{\"a\"}", 4, "':' was expected"), ("{\"a\":1", 6, "',' or '}' was expected"),
        ("{a:1}", 1, "a member name in quotes was expected"), ("{\"a\":1,}", 7, "a member name in quotes was expected"),
        ("{\"a\":1,\"a\":2}", 10, "the member \"a\" stands twice"), ("\"a", 2, "the string does not end"),
        ("\"\\", 2, "the string does not end"), ("\"\\x\"", 3, "an unknown escape"),
        ("\"\n\"", 1, "a control character in a string must be escaped"),
        ("\"\\u12g4\"", 5, "four hexadecimal digits were expected"),
        ("\"\\ud800\"", 7, "half of a surrogate pair"), ("\"\\udc00\"", 7, "half of a surrogate pair"),
        ("\"\\ud800\\u0041\"", 13, "half of a surrogate pair"), ("\"\\ud800x\"", 7, "half of a surrogate pair"),
        ("\"\\ud800\\n\"", 8, "half of a surrogate pair"), ("NaN", 0, "a value was expected"),
        ("\u{FEFF}1", 0, "a value was expected"), ("1//", 1, "text after the end of the value"),
    ])
    func refuses(text: String, offset: Int, reason: String) {
        do {
            _ = try JSON.parse(text)
            Issue.record("read \(text)")
        } catch {
            #expect(error.offset == offset)
            #expect(error.reason == reason)
        }
    }

    @Test func refusesWhatIsNotUTF8() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONError.self) { try JSON.parse(bytes) }
        }
    }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON.parse(nested(64))
        for depth in [65, 10_000, 1_000_000] {
            do {
                _ = try JSON.parse(nested(depth))
                Issue.record("read \(depth) levels")
            } catch {
                #expect(error.offset == 64)
                #expect(error.reason == "nested too deep")
            }
        }
        #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "{\"a\":", count: 10_000)) }
        #expect(try JSON.parse(String(repeating: "[],", count: 100).dropLast().asList).arrayValue?.count == 100)
    }

    @Test func writesWithoutLineBreaksAndKeepsOrder() {
        let value: JSON = ["z": "a\n\r\t\u{1}\"\\/\u{7F}é", "a": [1, -2, nil, true, .number("1.50")]]
        #expect(value.text == #"{"z":"a\n\r\t\u0001\"\\/\u007fé","a":[1,-2,null,true,1.50]}"#)
    }

    @Test func accessors() {
        let value: JSON = ["text": "a", "int": 7, "decimal": .number("7.5"), "flag": true, "none": nil, "list": [1]]
        #expect(value["text"]?.stringValue == "a")
        #expect(value["int"]?.intValue == 7)
        #expect(value["decimal"]?.intValue == nil)
        #expect(JSON.number("9223372036854775808").intValue == nil)
        #expect(JSON.number("8.0").intValue == 8 && JSON.number("-0.00").intValue == 0)
        for text in ["8.5", "1e2", "8.01", "9223372036854775808.0"] { #expect(JSON.number(text).intValue == nil) }
        #expect(value["flag"]?.boolValue == true)
        #expect(value["none"]?.isNull == true)
        #expect(value["list"]?.arrayValue == [1])
        #expect(value["missing"] == nil)
        #expect(JSON.string("x")["a"] == nil)
        #expect(value.members?.count == 6)
        #expect(JSON.optional(nil as String?).isNull)
        #expect(JSON.optional(5 as Int?) == 5)
        #expect(JSON.optional(Timestamp(milliseconds: 0)) == "1970-01-01T00:00:00.000Z")
    }
}

extension Substring {
    fileprivate var asList: String { "[\(self)]" }
}
