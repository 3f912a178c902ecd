import Support
import Testing

@testable import Tables

/// What a file is found to be.
@Suite struct TableSnifferTests {
    private struct Found: Equatable {
        var delimiter: Character
        var quote: Character?

        init(_ delimiter: Character, _ quote: Character? = "\"") {
            self.delimiter = delimiter
            self.quote = quote
        }
    }

    private func dialect(_ text: String) throws -> Found {
        let dialect = try Conversion(text).format.dialect
        return Found(
            Character(UnicodeScalar(dialect.delimiter)),
            dialect.quote.map { Character(UnicodeScalar($0)) }
        )
    }

    @Test(
        arguments: [
            ("sku,name\nA,b\n", ",", "\""),
            ("sku;name;price\nA;b;1,50\nB;c;2,25\n", ";", "\""),
            ("sku\tname, long\nA\tx, y\n", "\t", "\""),
            ("sku|name\nA|b\n", "|", "\""),
            ("sku;name;price, EUR\nA;b;1,50\n", ";", "\""),
            ("sku,name|old,price\nA,b|c,1\nB,c,2\n", ",", "\""),
            ("sku,\"a;b;c;d;e\"\nA,\"x;y;z;v;w\"\n", ",", "\""),
            ("sku\nA\nB\n", ",", "\""), ("sku", ",", "\""), ("", ",", "\""), ("\n\n\n", ",", "\""),
            ("sku,name,price\nA\nB,c\nD,e,f,g\n", ",", "\""),
            ("'sku','name, x'\n'A','it''s'\n'B','b'\n", ",", "'"),
            ("sku,name\nA,'tis\nB,x'\n", ",", "\""),
            ("sku,name\nA,'90s shirt'\nB,'quoted'\n", ",", "\""),
            ("sku,name\nA,\"open \" x\nB,c\n", ",", "\""),
            ("sku\tsize\nA\t\"12\" plate\nB\t\"5\" bolt\n", "\t", nil),
            ("sku\tsize\nA\t\"12\nlines\"\nB\t\"5\"\n", "\t", "\""),
            // Titles above the header say nothing of the delimiter.
            ("Price list, spring\nsku;name;price\nA;b;1,50\nB;c;2,25\n", ";", "\""),
            ("Our list\n\nsku;price\nA;1,50\nB;2,25\n", ";", "\""),
            ("Supplier;Acme, Inc.\nsku;name;price\nA;b;1,50\nB;c;2,25\n", ";", "\""),
            ("List of 2026\tx\nsku\tname\tprice\nA\tb, c\t1\n", "\t", "\""),
            // Rows with decimal commas are no header below one of many words.
            ("Art. Nr.;Preis\nA;1,50\nB;2,25\nC\n", ";", "\""),
            ("Our list\nRef;Was;VK\n'A';'b; c';'1,50'\n'B';'c';'2,50'\n", ";", "'"),
            // One word is the header of a single column.
            ("sku\nA|1\nB|2\nC|3\n", ",", "\""),
        ] as [(String, Character, Character?)]
    )
    func dialects(text: String, delimiter: Character, quote: Character?) throws {
        #expect(try dialect(text) == Found(delimiter, quote))
    }

    @Test func aFirstLineMayNameTheDelimiter() throws {
        let read = try Conversion("sep=;\r\nsku;name,price\r\nA;b,c\r\n")
        #expect(read.cells == [["sku", "name,price"], ["A", "b,c"]])
        #expect(read.records.map(\.line) == [2, 3])
        #expect(try Conversion("\u{FEFF}sep=|\nsku|name\n").cells == [["sku", "name"]])
        #expect(try Conversion("sep=;name\n1,2\n").cells == [["sep=", "name"], ["1,2"]])
    }

    @Test func whatIsChosenIsTaken() throws {
        var choices = TableChoices()
        choices.delimiter = UInt8(ascii: ":")
        #expect(try Conversion("sku,name:x\n", choices).cells == [["sku,name", "x"]])
        choices.delimiter = nil
        choices.quote = TableChoices.Quote.none
        #expect(try Conversion("sku,\"name\"\n", choices).cells == [["sku", "\"name\""]])
        choices = TableChoices()
        choices.encoding = .windows1252
        #expect(try Conversion(Array("sku,Größe\n".utf8), choices).cells == [["sku", "GrÃ¶ÃŸe"]])
        choices.encoding = .utf8
        #expect(try Conversion([0x73, 0x2C, 0xF6, 0x0A], choices).format.encoding == .utf8)
    }

    @Test func encodings() throws {
        func found(_ bytes: [UInt8]) throws -> TextEncoding { try Conversion(bytes).format.encoding }
        #expect(try found(Array("sku,name\nA,plain\n".utf8)) == .utf8)
        #expect(try found(Array("sku,Größe €\n".utf8)) == .utf8)
        #expect(try found(Array("sku,\u{FEFF}Gr\n".utf8)) == .utf8)
        #expect(try found(Array("sku,Gr".utf8) + [0xF6, 0xDF] + Array("e\n".utf8)) == .windows1252)
        #expect(try found(Array("sku,".utf8) + [0x80] + Array("\n".utf8)) == .windows1252)
        // One damaged character among many whole ones is a damaged row.
        #expect(try found(Array("sku,é\nA,ü\nB,ö\nC,".utf8) + [0xE9, 0x0A]) == .utf8)
        // A head that ends within a character.
        let long = Array(String(repeating: "é", count: 140_000).utf8)
        #expect(try found(Array("sku\nx".utf8) + long) == .utf8)
        #expect(try found(Array("sku\n".utf8) + long) == .utf8)
    }

    @Test func anUmlautFarBelowIsFound() throws {
        let plain = Array(String(repeating: "A,plain\n", count: 50_000).utf8)
        let western = [UInt8](Array("B,Gr".utf8) + [0xF6, 0xDF] + Array("e\n".utf8))
        let body = plain + (0..<60_000).flatMap { _ in western } + plain
        #expect(try Conversion(Array("sku,name\n".utf8) + body).format.encoding == .windows1252)
    }

    @Test func whatIsKeptWithTheJob() throws {
        var format = TableFormat()
        format.container = .zip
        format.entry = "dir/a.txt"
        format.encoding = .utf16BigEndian
        format.hasByteOrderMark = true
        format.dialect = try #require(CSVDialect(delimiter: 0x09, quote: nil))
        (format.preambleBytes, format.headerLine) = (7, 3)
        format.sheets = ["a", "b"]
        format.sheet = "b"
        #expect(TableFormat(json: format.json) == format)
        #expect(TableFormat(json: .null) == TableFormat())
        // As it was kept before a header could stand further below.
        #expect(TableFormat(json: ["preamble": 6]).start.line == 2)
    }

    @Test func whatIsNoTable() {
        #expect(refusal([0x89, 0x50, 0x4E, 0x47, 0x0D]) == "not_a_table: This file is a PNG picture, not a table.")
        #expect(refusal("<?xml version=\"1.0\"?><a/>") == "not_a_table: This file is XML, not a table.")
        #expect(refusal("sku,name\nA,\u{0}\n") == "not_a_table: This file is binary, not a table.")
        #expect(refusal(Packing.gzip([0x25, 0x50, 0x44, 0x46])).hasPrefix("not_a_table: This file is a PDF"))
        #expect(refusal("BZh91AY&SY...").hasPrefix("not_a_table"))
        #expect(refusal("BZhandel,sku\n") == "accepted")
        let word = Packing.zip([.init("[Content_Types].xml", "<T/>"), .init("word/document.xml", "<d/>")])
        #expect(refusal(word) == "not_a_table: This file is a Word document, not a table.")
        let calc = Packing.zip([.init("mimetype", "x"), .init("content.xml", "<d/>")])
        #expect(refusal(calc) == "not_a_table: This file is an OpenDocument file, not a table.")
    }
}
