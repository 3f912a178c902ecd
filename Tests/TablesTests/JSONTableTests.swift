import Testing

@testable import Tables

/// JSON arrays and objects line by line, as tables.
@Suite struct JSONTableTests {
    @Test func objectsLineByLine() throws {
        let read = try Conversion(
            "\u{FEFF}{\"sku\":\"A\",\"price\":12.50}\r\n\r\n {\"name\":\"b\", \"sku\":\"B\", \"n\":null}\n"
        )
        #expect(read.format.kind == .ndjson)
        #expect(read.cells == [["sku", "price", "name", "n"], ["A", "12.50", "", ""], ["B", "", "b", ""]])
        #expect(read.records.map(\.line) == [0, 1, 3])
    }

    @Test func anArray() throws {
        let read = try Conversion(
            """
            [
              {"sku": "A", "on": true,
               "tags": ["x, y", {"a" : [ ] , "b":"\\u00e9\\n" } ]},

              {"sku": "B", "on": false}, {"sku": "C"}
            ]

            """
        )
        #expect(read.format.kind == .json)
        #expect(
            read.cells == [
                ["sku", "on", "tags"], ["A", "true", "[\"x, y\",{\"a\":[],\"b\":\"\\u00e9\\n\"}]"], ["B", "false", ""],
                ["C", "", ""],
            ]
        )
        #expect(read.records.map(\.line) == [0, 2, 5, 6])
    }

    @Test func values() throws {
        func cell(_ value: String) throws -> String { try Conversion("{\"a\":\(value)}").cells[1][0] }
        for number in ["0", "-1", "84000000000000000000001", "1E+5", "0.10", "-0"] {
            #expect(try cell(number) == number)
        }
        #expect(try cell("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00\"") == "\"\\/\u{8}\u{C}\n\r\tA😀")
        #expect(try cell("\"\"") == "")
        #expect(try cell("{ }") == "{}")
        #expect(try cell("[1 , null,true ]") == "[1,null,true]")
        #expect(try cell("\"\\ud83d\"").unicodeScalars.contains("\u{FFFD}"), "half a pair is kept as damaged")
    }

    @Test func objectsWithoutMembers() throws {
        #expect(try Conversion("[]").cells == [])
        #expect(try Conversion("[ ]\n").cells == [])
        #expect(try Conversion("[{}]").cells == [])
        #expect(try Conversion("[{},{\"a\":1}]").cells == [["a"], [""], ["1"]])
    }

    @Test(
        arguments: [
            ("[{\"a\":1}", "comma or the end"), ("[{\"a\":1},]", "an object was expected"),
            ("[{\"a\":1}] x", "follows the end"), ("[{\"a\":1},5]", "an object was expected"),
            ("[{\"a\":1}{\"b\":1}]", "comma or the end"), ("{\"a\":1}\n5", "an object was expected"),
            ("{\"a\":1", "does not end"), ("{\"a\":01}", "'}' was expected"), ("{\"a\":nul}", "'null' was expected"),
            ("{\"a\":+1}", "a value was expected"), ("{\"a\":1.}", "a value was expected"),
            ("{\"a\":\"x\ny\"}", "line break stands"), ("{\"a\":\"\\x\"}", "unknown escape"),
            ("{\"a\":\"\\u12\"}", "four hexadecimal"), ("{\"a\":[1}", "does not end"), ("{\"a\":[1}]}", "expected"),
            ("{\"a\":1,\"a\":2}", "stands twice"), ("{\"a\" 1}", "':' was expected"), ("{\"a\":1,}", "a name"),
            ("{\"a\":[1,]}", "a value was expected"),
        ]
    )
    func whatIsNoJSON(text: String, reason: String) {
        let answer = refusal(text)
        #expect(answer.hasPrefix("bad_json: Line "), "\(text): \(answer)")
        #expect(answer.contains(reason) || reason.hasPrefix("'}'"), "\(text): \(answer)")
    }

    @Test func theLineOfTheFault() {
        #expect(refusal("{\"a\":1}\n{\"a\":2}\n\n{\"a\":x}\n").hasPrefix("bad_json: Line 4 "))
    }

    @Test func limits() {
        var limits = TableLimits()
        limits.depth = 3
        #expect(refusal(Array("{\"a\":[[1]]}".utf8), limits: limits) == "accepted")
        #expect(
            refusal(Array("{\"a\":[[[1]]]}".utf8), limits: limits).hasPrefix("nested_too_deep: The values are nested")
        )
        limits.columns = 2
        #expect(refusal(Array("{\"a\":1}\n{\"b\":1,\"c\":1}".utf8), limits: limits).hasPrefix("too_many_columns"))
        limits.record = 20
        #expect(refusal(Array("{\"a\":\"12345678901234567890\"}".utf8), limits: limits).hasPrefix("object_too_long"))
    }

    /// The same objects whatever the pieces in which they come.
    @Test func pieces() throws {
        let text = "[{\"a\":\"1\\\"}\",\"b\":[{}]},\r\n {\"b\":\"\u{1F600}\"}\r,{}\n]"
        let bytes = Array(text.utf8)
        let whole = try objects(MemoryBytes(bytes))
        #expect(whole.count == 3)
        for size in 1...bytes.count { #expect(try objects(Pieces(bytes, size)) == whole) }
        let marked = byteOrderMark + bytes
        for size in 1...4 { #expect(try objects(Pieces(marked, size)) == whole) }
    }

    private func objects(_ source: any ByteStream) throws -> [String] {
        var objects = JSONObjects(source, .json, limits: .standard)
        var found: [String] = []
        while try objects.next() { found.append("\(objects.line) " + String(decoding: objects.object, as: UTF8.self)) }
        return found
    }
}
