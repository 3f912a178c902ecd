import Glibc
import Support
import Tables
import Testing

@Suite struct CSVReaderTests {
    @Test(arguments: [
        ("", []),
        ("\n\r\n\r", []),
        ("a", [["a"]]),
        ("a,b\n", [["a", "b"]]),
        ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
        ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
        ("a\n\r\nb\r\n\nc", [["a"], ["b"], ["c"]]),
        (",\n,,", []),
        ("a,", [["a", ""]]),
        ("\"\"", []),
        ("\"\",\"\"\n", []),
        ("a\n \nb", [["a"], ["b"]]),
        ("a,b\n , \t\n\u{A0},\u{3000}\n\" \",\n,c", [["a", "b"], ["", "c"]]),
        ("\u{2003},\u{205F},\u{202F}\n\u{200B},\n", [["\u{200B}", ""]]),
        ("日本,\n\u{3042}", [["日本", ""], ["\u{3042}"]]),
        ("\"a,b\",c", [["a,b", "c"]]),
        ("\"a\r\nb\rc\nd\"\ne", [["a\r\nb\rc\nd"], ["e"]]),
        ("\"say \"\"hi\"\"\",\"\"\"\"", [["say \"hi\"", "\""]]),
        ("5\" pipe,a\"b\"c", [["5\" pipe", "a\"b\"c"]]),
        (" \"a\",b", [[" \"a\"", "b"]]),
        ("a\u{0}b,c", [["a\u{0}b", "c"]]),
        ("\u{FEFF}a,b", [["a", "b"]]),
        ("\u{FEFF}\"a\",b", [["a", "b"]]),
        ("\u{FEFF}\u{FEFF}a", [["a"]]),
        ("a\n\u{FEFF}b", [["a"], ["\u{FEFF}b"]]),
        ("\u{FEFF}", []),
    ])
    func wellFormed(text: String, expected: [[String]]) throws {
        #expect(try cells(text) == expected)
    }

    @Test func numbersAndPlaces() throws {
        let fixture = try CSVFixture(Array("sku,name\n\n\"1\n2\",b\r\n\r\nc,d".utf8), padding: 7)
        let (records, positions) = try readAll(fixture.reader())
        #expect(records.map { $0.row } == [0, 1, 2])
        #expect(records.map { $0.line } == [1, 3, 6])
        #expect(records.map { $0.byteOffset } == [0, 10, 21])
        #expect(records.map { $0.byteLength } == [9, 9, 3])
        #expect(positions.last == CSVPosition(byteOffset: 24, line: 7, row: 3))
    }

    /// Missing cells are empty, and empty ones too many are not there.
    @Test(
        arguments: [
            ("a,b,c", ["a", "b", "c"], 3), ("a", ["a", "", ""], 1), ("a,\"b\"\"\"", ["a", "b\"", ""], 2),
            ("a,b,c,", ["a", "b", "c"], 4), ("a,b,c,, \t,\"\"", ["a", "b", "c"], 6),
            (",,,,d", ["", "", "", "", "d"], 5),
            ("a,b,c,\u{A0}", ["a", "b", "c"], 4), ("a,b\"", ["a", "b\"", ""], 2), ("a,\"b", ["a", "b"], 2),
        ] as [(String, [String], Int)]
    )
    func recordsOfOneWidth(text: String, expected: [String], written: Int) throws {
        let fixture = try CSVFixture(Array(text.utf8))
        var reader = fixture.reader(width: 3)
        #expect(try reader.next())
        #expect(PlainRecord(reader.record).texts == expected)
        #expect(reader.record.writtenCount == written)
    }

    @Test func blankRecordsAreLinesAndNoRows() throws {
        let fixture = try CSVFixture(Array("h,i\n,\n\"\r\n\",\nx,y\n , \n".utf8))
        let (records, positions) = try readAll(fixture.reader(readSize: 3))
        #expect(records.map { [$0.row, $0.line] } == [[0, 1], [1, 5]])
        #expect(positions.last == CSVPosition(byteOffset: 16, line: 6, row: 2))
    }

    @Test(
        arguments: [
            ("\"a\"b,c\n", 4, 0, ["ab", "c"]),
            ("x,\"a\"b\"c\"\n", 4, 1, ["x", "ab\"c\""]),
            ("\"a\"\"b\"c\"\"d,e", 4, 0, ["a\"bc\"\"d", "e"]),
            ("\"a\" ,\"b\"x\n", 4, 0, ["a ", "bx"]),
            ("a,\"b\nc", 2, 1, ["a", "b\nc"]),
            ("\"", 2, 0, [""]),
            ("\"a\"\"", 2, 0, ["a\""]),
            ("\"a\"b,\"c", 6, 0, ["ab", "c"]),
        ] as [(String, UInt8, Int, [String])]
    )
    func malformed(text: String, problems: UInt8, faultyCell: Int, expected: [String]) throws {
        let fixture = try CSVFixture(Array(text.utf8))
        let record = try #require(try readAll(fixture.reader()).records.first)
        #expect(record.problems == problems)
        #expect(record.faultyCell == faultyCell)
        #expect(record.texts == expected)
    }

    @Test func badQuoteEndsAtItsLine() throws {
        #expect(try cells("\"a\"b\nc,d\n") == [["ab"], ["c", "d"]])
    }

    @Test func otherDialects() throws {
        let semicolon = try #require(CSVDialect(delimiter: UInt8(ascii: ";"), quote: UInt8(ascii: "'")))
        let fixture = try CSVFixture(Array("'a;b';\"c\"".utf8))
        #expect(try readAll(fixture.reader(semicolon)).records.map { $0.texts } == [["a;b", "\"c\""]])
        let unquoted = try #require(CSVDialect(delimiter: UInt8(ascii: "|"), quote: nil))
        let bare = try CSVFixture(Array("\"a|b\"\n\"".utf8))
        #expect(try readAll(bare.reader(unquoted)).records.map { $0.texts } == [["\"a", "b\""], ["\""]])
        let tabbed = try CSVFixture(Array("a\t\"b\tc\"".utf8))
        #expect(try readAll(tabbed.reader(.tabs)).records.map { $0.texts } == [["a", "b\tc"]])
    }

    @Test(arguments: [(0x0A, 0x22), (0x22, 0x22), (0x2C, 0x0D), (0x00, 0x22), (0xC3, 0x22)] as [(UInt8, UInt8)])
    func unusableDialects(delimiter: UInt8, quote: UInt8) {
        #expect(CSVDialect(delimiter: delimiter, quote: quote) == nil)
    }

    @Test func rawBytes() throws {
        let text = "a,b\r\n\"c\"\"d\",e\r\n"
        let fixture = try CSVFixture(Array(text.utf8))
        var reader = fixture.reader()
        _ = try reader.next()
        _ = try reader.next()
        let raw = try #require(reader.record.raw)
        #expect(String(decoding: raw, as: UTF8.self) == "\"c\"\"d\",e\r\n")
        #expect(reader.record.text(0) == "c\"d")
    }

    @Test func countGoesOnWhereItStopped() throws {
        let fixture = try CSVFixture(Array("h\n1\n\n2\n\"3\n\"\n4".utf8))
        var reader = fixture.reader()
        #expect(try reader.count(atMost: 2) == 2)
        #expect(try reader.count(atMost: 0) == 0)
        #expect(try reader.count() == 3)
        #expect(try reader.count() == 0)
        #expect(reader.position.row == 5)
    }

    @Test func manyCells() throws {
        let text = String(repeating: "a,", count: 5000)
        let record = try #require(try cells(text).first)
        #expect(record.count == 5001)
        #expect(record.last == "")
    }

    @Test func aFileCutShort() throws {
        let fixture = try CSVFixture(Array("a,b\nc,d\n".utf8))
        var reader = CSVReader(descriptor: fixture.file.raw, range: 0..<100, readSize: 4)
        #expect(try reader.next())
        #expect(try reader.next())
        do {
            _ = try reader.next()
            Issue.record("reading behind the end went well")
        } catch {
            #expect(error.code == .truncated)
            #expect(error.byteOffset == 8)
        }
    }

    @Test func aReadThatFails() throws {
        var reader = CSVReader(descriptor: -1, range: 0..<10)
        do {
            _ = try reader.next()
            Issue.record("reading from nothing went well")
        } catch {
            #expect(error.code == .read)
            #expect(error.cause?.code == EBADF)
        }
    }
}
