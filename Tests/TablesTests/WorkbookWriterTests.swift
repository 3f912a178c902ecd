import Testing

@testable import Tables

/// Workbooks that are written, read again.
@Suite struct WorkbookWriterTests {
    private func write(_ rows: [[String?]], _ kinds: [WorkbookWriter.Kind], pieces: Bool = false) throws -> [UInt8] {
        let header = kinds.indices.map { "column \($0)" }
        let writer = try WorkbookWriter(sheet: "A & B", header: header, kinds: kinds)
        var bytes: [UInt8] = []
        for row in rows {
            for (cell, kind) in zip(row, kinds) {
                if kind == .text {
                    Array((cell ?? "").utf8).withUnsafeBufferPointer { writer.append(text: $0) }
                } else {
                    writer.append(number: cell)
                }
            }
            try writer.endRecord()
            if pieces { bytes += writer.take() }
        }
        try writer.finish()
        return bytes + writer.take()
    }

    @Test func cells() throws {
        let bytes = try write(
            [["0012", "12.50", "=1+1"], [nil, nil, ""], ["", "0.00", "x"], ["8.4E+12", "90071992547409.91", "a"]],
            [.text, .number(decimals: 2), .text]
        )
        let read = try Conversion(bytes)
        #expect(read.format.sheet == "A & B")
        #expect(
            read.cells == [
                ["column 0", "column 1", "column 2"], ["0012", "12.50", "=1+1"], ["", "0.00", "x"],
                ["8.4E+12", "90071992547409.91", "a"],
            ]
        )
        #expect(read.records.map(\.line) == [1, 2, 4, 5])
    }

    /// Each column of numbers shows the decimals of its own.
    @Test func decimals() throws {
        let row = ["12.50", "0.500000", "-3"]
        let bytes = try write([row], [.number(decimals: 2), .number(decimals: 6), .number(decimals: 0)])
        #expect(try Conversion(bytes).cells[1] == row)
    }

    @Test(
        arguments: [
            "<&>\"'", "a\tb\nc", "a\rb\r\nc", "\u{1}\u{8}\u{1F}", "_x000D_", "_x005F_x000D_", "_x_x0041_", "_x00_",
            "\u{FFFE}\u{FFFF}", "\u{FFFD}", " blanks  ", "\n", "日本語 😀", "e\u{301}", "]]>", "\u{85}\u{2028}",
        ]
    )
    func everyTextComesBack(text: String) throws {
        let read = try Conversion(try write([[text, "x"]], [.text, .text]))
        #expect(read.cells[1].first.map { Array($0.utf8) } == Array(text.utf8))
    }

    /// A cell has room for 32,767 units of UTF-16.
    @Test func textsThatAreTooLong() throws {
        let fits = String(repeating: "é", count: 32_765) + "😀"
        let read = try Conversion(try write([[fits, "a"], [fits + "x", "b"]], [.text, .text]))
        #expect(read.cells[1] == [fits, "a"] && read.cells[2] == ["", "b"])
        let writer = try WorkbookWriter(sheet: "S", header: ["a"], kinds: [.text])
        Array((fits + "x").utf8).withUnsafeBufferPointer { writer.append(text: $0) }
        #expect(writer.omittedTexts == 1)
    }

    /// Taken piece by piece it is the same file, and what waits to be taken does not grow with it.
    @Test func pieces() throws {
        let rows = (0..<3_000).map { ["SKU-\($0)", "\($0).25", String(repeating: "text \($0) ", count: 20)] }
        let kinds: [WorkbookWriter.Kind] = [.text, .number(decimals: 2), .text]
        let whole = try write(rows, kinds)
        #expect(try write(rows, kinds, pieces: true) == whole)
        #expect(try Conversion(whole).cells.dropFirst().elementsEqual(rows))
        #expect(whole.count < 200_000, "it is packed")
    }
}
