import Tables
import Testing

@Suite struct CSVWriterTests {
    private func written(_ records: [[String]], _ dialect: CSVDialect = .rfc4180) -> String {
        var writer = CSVWriter(dialect: dialect, lineEnd: .lf)
        for record in records { writer.append(record: record) }
        return String(decoding: writer.take(), as: UTF8.self)
    }

    @Test func quotesOnlyWhereNeeded() throws {
        #expect(written([["a b", "", "5"]]) == "a b,,5\n")
        #expect(written([["a,b", "say \"hi\"", "1\n2", "1\r2"]]) == "\"a,b\",\"say \"\"hi\"\"\",\"1\n2\",\"1\r2\"\n")
        #expect(written([["a b", "a\tb"]], .tabs) == "a b\t\"a\tb\"\n")
    }

    /// Spreadsheets part text files at several delimiters at once, and programs guess which one it is.
    @Test func quotesOtherDelimiters() {
        #expect(written([["a;b", "a\tb", "a|b"]]) == "\"a;b\",\"a\tb\",\"a|b\"\n")
        #expect(written([["a,b"]], .tabs) == "\"a,b\"\n")
    }

    @Test func oneEmptyCellIsARecord() {
        #expect(written([[""], ["", ""]]) == "\"\"\n,\n")
    }

    @Test func recordsEndInCRLFByDefault() {
        var writer = CSVWriter()
        writer.append("a")
        writer.endRecord()
        #expect(writer.bytes == Array("a\r\n".utf8))
        #expect(writer.take().count == 3)
        #expect(writer.bytes.isEmpty)
    }

    @Test func whatWasWrittenIsReadBack() throws {
        for seed in 0..<500 {
            var random = SeededRandom(state: UInt64(seed))
            let records = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                (0..<Int.random(in: 1...5, using: &random)).map { _ in randomTable(&random) }
            }
            var writer = CSVWriter(lineEnd: Bool.random(using: &random) ? .lf : .crlf)
            for record in records {
                for cell in record { cell.withUnsafeBufferPointer { writer.append($0) } }
                writer.endRecord()
            }
            let fixture = try CSVFixture(writer.take())
            let back = try readAll(fixture.reader(readSize: 32)).records
            // What holds nothing is no record.
            let written = records.filter { !$0.allSatisfy(ReferenceCSV.isBlank) }
            #expect(back.map { $0.cells } == written, "seed \(seed)")
            #expect(back.allSatisfy { $0.problems == 0 })
        }
    }
}
