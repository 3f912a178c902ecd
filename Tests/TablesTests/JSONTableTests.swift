import Support
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
        func cell(_ value: String) throws -> String { try Conversion("{\"a\":\(value),\"b\":1}").cells[1][0] }
        for number in ["0", "-1", "84000000000000000000001", "1E+5", "0.10", "-0"] {
            #expect(try cell(number) == number)
        }
        #expect(try cell("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00\"") == "\"\\/\u{8}\u{C}\n\r\tA😀")
        #expect(try cell("\"\"") == "")
        #expect(try cell("{ }") == "{}")
        #expect(try cell("[1 , null,true ]") == "[1,null,true]")
        #expect(try cell("\"\\ud83d\"").unicodeScalars.contains("\u{FFFD}"), "half a pair is kept as damaged")
    }

    /// A number with a point or an exponent stands in quotes, a text like it does not.
    @Test func numbersAreMarked() throws {
        let read = try Conversion(
            "\u{FEFF}\u{FEFF}{\"a\":12.500,\"b\":\"12.500\",\"c\":1e2,\"d\":7,\"e\":true,\"f\":[1.5]}"
        )
        #expect(read.text.hasSuffix("\n\"12.500\",12.500,\"1e2\",7,true,[1.5]\n"))
        #expect(read.cells[1] == ["12.500", "12.500", "1e2", "7", "true", "[1.5]"])
    }

    @Test func objectsWithoutMembers() throws {
        #expect(try Conversion("[]").cells == [])
        #expect(try Conversion("[ ]\n").cells == [])
        #expect(try Conversion("[{}]").cells == [])
        #expect(try Conversion("[{},{\"a\":1}]").cells == [["a"], ["1"]], "what says nothing is no row")
    }

    @Test(
        arguments: [
            ("[{\"a\":1}", "comma or the end"), ("[{\"a\":1},]", "an object was expected"),
            ("[{\"a\":1}] x", "follows the end"), ("[{\"a\":1},5]", "an object was expected"),
            ("[{\"a\":1}{\"b\":1}]", "comma or the end"), ("{\n\"a\":1}\n5", "an object was expected"),
            ("{\"a\":1", "does not end"), ("{\"a\":[{\"b\":1}", "comma or the end"), ("{\"a\":01}", "'}' was expected"),
            ("{\"a\":nul}", "'null' was expected"),
            ("{\"a\":+1}", "a value was expected"), ("{\"a\":1.}", "a value was expected"),
            ("{\n\"a\":\"x\ny\"}", "line break stands"), ("{\"a\":\"\\x\"}", "unknown escape"),
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
        #expect(refusal("\n[{\"a\":1},\n{\"a\":2}\n\n{\"a\":x}]\n").hasPrefix("bad_json: Line 5 "))
        #expect(refusal("{\"a\":NaN}\n{\"a\":x}\n").hasPrefix("bad_json: Line 1 "), "where nothing can be read")
    }

    /// One that is broken is told in its place, and the others are read: `line cells`.
    @Test(
        arguments: [
            ("{\"a\":1}\n\n\n{\"a\":2\n{\"a\":3}\n", ["1 1", "4 !{\"a\":2", "5 3"]),
            ("{\"a\":1\n{\"a\":2}\n", ["1 !{\"a\":1", "2 2"]),
            ("{\"a\":1}\n{\"a\":\"x\ny\"}\n{\"a\":3}", ["1 1", "2 !{\"a\":\"x", "3 !y\"}", "4 3"]),
            ("{\"a\":1}\r\n{\"a\":2\r\n", ["1 1", "2 !{\"a\":2"]), ("{\"a\":1}\n5\n[1]\n", ["1 1", "2 !5", "3 ![1]"]),
            ("{\"a\":1}\n{\"a\":NaN}\n{\"a\":-Infinity}", ["1 1", "2 !{\"a\":NaN}", "3 !{\"a\":-Infinity}"]),
            ("[{\"a\":NaN,\"b\":1},\n{\"a\":2}]", ["1 !{\"a\":NaN,\"b\":1}", "2 2"]),
            ("[{\"a\":1,\"a\":2},{\"a\":3}]", ["1 !{\"a\":1,\"a\":2}", "2 3"]),
            ("{\"a\":1}{\"a\":2}{\"a\":3}", ["1 1", "2 2", "3 3"]), ("{\"a\":1},\n{\"a\":2},\n", ["1 1", "2 2"]),
            ("{\"a\":1}\n{\"a\":2} x\n{\"a\":3}", ["1 1", "2 2", "3 !x", "4 3"]),
            ("\u{FEFF}{\"a\":1}\n{\"a\":\n2}\n", ["1 1", "2 2"]),
            ("{\n\"a\":\n1}\n{\n\"a\":2\n}", ["1 1", "4 2"]),
        ] as [(String, [String])]
    )
    func brokenObjects(text: String, expected: [String]) throws {
        let read = try Conversion(text)
        #expect(read.cells.first == ["a"])
        let found = read.records.dropFirst().map { record in
            "\(record.line) \(record.cells.joined(separator: "|"))".replacing("\u{FFFD}j", with: "!")
        }
        #expect(found == expected)
    }

    /// The list that an object holds: `path rows`, or what it may be.
    @Test(
        arguments: [
            ("{\"products\": [{\"sku\": \"A\"}]}", "products"),
            ("\u{FEFF} {\"a\":1,\"items\":[ {\"sku\":\"A\"}],\"b\":2}", "items"),
            ("{\"data\":{\"page\":1,\"products\":[{\"sku\":\"A\"}]}}", "data.products"),
            ("{\"items\":[{\"sku\":\"A\"}],\"search\":{\"groups\":[{\"x\":1}]},\"n\":1}", "items"),
            ("{\"errors\":[],\"tags\":[\"x\"],\"rows\":[{\"sku\":\"A\"}]}", "rows"),
            ("{\"a.b\":{\"pr\\u006fducts\":[{\"sku\":\"A\"}]}}", "a.b.products"),
            ("{\"x\":\"]}\\\"\",\"y\":[[{}],1],\"list\":[{\"sku\":\"A\"}],\"rest\":", "list"),
        ]
    )
    func aListInAnObject(text: String, path: String) throws {
        let read = try Conversion(text)
        #expect(read.format.kind == .json && read.format.list == path)
        #expect(read.cells == [["sku"], ["A"]])
        #expect(TableFormat(json: read.format.json) == read.format)
    }

    @Test func objectsUnderNamesOfTheirOwn() throws {
        let text = "{\"KS-1\": {\"name\": \"A\", \"n\": 1},\n \"KS\\u002d2\": {\"name\": \"B\"}}"
        let read = try Conversion(text)
        #expect(read.format.isKeyed && read.format.list == "")
        #expect(read.cells == [["key", "name", "n"], ["KS-1", "A", "1"], ["KS-2", "B", ""]])
        #expect(TableFormat(json: read.format.json) == read.format)
        let nested = try Conversion("{\"ok\":true,\"products\":{\"1\":{\"sku\":\"A\"},\"2\":{\"sku\":\"B\"}}}")
        #expect(nested.format.list == "products" && nested.cells[2] == ["2", "B"])
    }

    @Test func severalListsAndTheOneThatIsChosen() throws {
        let text =
            "{\"brands\":[{\"name\":\"x\"}],\"meta\":{\"more\":[{\"sku\":\"M\"}]},\"products\":[{\"sku\":\"A\"},{\"sku\":\"B\"}]}"
        #expect(try Conversion(text).format.lists == ["brands", "products"])
        var choices = TableChoices()
        for (list, cells) in [("products", [["sku"], ["A"], ["B"]]), ("meta.more", [["sku"], ["M"]])] {
            choices.list = list
            #expect(try Conversion(text, choices).cells == cells)
        }
        choices.list = "product"
        #expect(
            refusal(Array(text.utf8), choices)
                == "no_such_list: The file has no list 'product'. It has 'brands', 'meta.more', 'products'."
        )
    }

    /// One object alone may be a record that has lists itself; several are.
    @Test func recordsWithLists() throws {
        let record = "{\"sku\":\"A\",\"variants\":[{\"sku\":\"V\"}]}"
        let lines = try Conversion("\(record)\n\(record)\n")
        #expect(lines.format.kind == .ndjson && lines.cells.count == 3 && lines.cells[0] == ["sku", "variants"])
        let fixture = try CSVFixture(Array(record.utf8))
        let format = try TableSniffer.sniff(fixture.file.raw, fixture.range) { $0 == ["sku", "variants"] }
        #expect(format.kind == .ndjson && format.list == nil)
        #expect(try Conversion("{\n\"sku\": \"A\",\n\"tags\": [\"x\"]\n}").cells[1] == ["A", "[\"x\"]"])
    }

    /// A list that is longer than what is looked at, and one that begins behind it.
    @Test func longTexts() throws {
        let rows = (0..<20_000).map { "{\"sku\":\"\($0)\",\"name\":\"a long name of a product\"}" }.joined(
            separator: ",\n"
        )
        let read = try Conversion("{\"products\":[\(rows)],\"brands\":[{\"x\":1}]}")
        #expect(read.format.list == "products" && read.cells.count == 20_001)
        var choices = TableChoices()
        choices.list = "brands"
        #expect(try Conversion("{\"products\":[\(rows)],\"brands\":[{\"x\":1}]}", choices).cells == [["x"], ["1"]])
        choices.list = "others"
        #expect(refusal(Array("{\"products\":[\(rows)]}".utf8), choices).hasPrefix("no_such_list"))
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
        var lines = TableFormat()
        lines.kind = .ndjson
        let broken = Array("{\"a\":1}\r\n{\"a\":\"2\r\n{\"a\":3\n\n{\"a\":4}\nx\n".utf8)
        let found = try objects(MemoryBytes(broken), lines)
        #expect(found.map { $0.first } == ["1", "2", "3", "5", "6"])
        for size in 1...broken.count { #expect(try objects(Pieces(broken, size), lines) == found) }
    }

    private static let array: TableFormat = {
        var format = TableFormat()
        format.kind = .json
        return format
    }()

    private func objects(_ source: any ByteStream, _ format: TableFormat = array) throws -> [String] {
        var objects = JSONObjects(source, format, limits: .standard)
        var found: [String] = []
        while try objects.next() { found.append("\(objects.line) " + String(decoding: objects.object, as: UTF8.self)) }
        return found
    }
}
