import Glibc
import Support
import Tables
import Testing

@Suite struct CSVRecordLimitTests {
    /// Content of exactly the limit is well whatever ends it; one byte more is not.
    @Test(arguments: ["", "\n", "\r", "\r\n"], [1, 3, 64])
    func border(lineEnd: String, readSize: Int) throws {
        for (length, isTooLong) in [(9, false), (10, false), (11, true), (12, true), (13, true)] {
            let text = "\(String(repeating: "x", count: length))\(lineEnd)"
            let fixture = try CSVFixture(Array(text.utf8))
            let records = try readAll(fixture.reader(limit: 10, readSize: readSize)).records
            #expect(records.map { $0.problems } == [isTooLong ? 1 : 0], "\(length) bytes")
            #expect(records.map { $0.byteLength } == [Int64(text.utf8.count)])
            #expect(records[0].cells.count == (isTooLong ? 0 : 1))
        }
    }

    @Test func readingGoesOnBehindIt() throws {
        let long = "\"\(String(repeating: "line\r\n", count: 50_000))\"\"\",z"
        let fixture = try CSVFixture(Array("a,b\n\(long)\r\nc,d\n".utf8))
        let (records, _) = try readAll(fixture.reader(limit: 1000, readSize: 64))
        #expect(records.map { $0.problems } == [0, 1, 0])
        #expect(records.map { $0.line } == [1, 2, 50_003])
        #expect(records[1].byteLength == Int64(long.utf8.count) + 2)
        #expect(records[2].texts == ["c", "d"])
    }

    @Test func problemsInsideALongRecord() throws {
        let filling = String(repeating: "x", count: 100)
        let fixture = try CSVFixture(Array("\(filling),\"a\"b\n\"\(filling)".utf8))
        let records = try readAll(fixture.reader(limit: 20, readSize: 8)).records
        #expect(records.map { $0.problems } == [1 | 4, 1 | 2])
        #expect(records.map { $0.faultyCell } == [nil, nil])
    }

    /// 64 MiB in one record, most of it a hole in the file: the memory of the process must not follow. The bound leaves
    /// room for the tests that run beside this one.
    @Test func memoryStaysBounded() throws {
        let fixture = try CSVFixture([UInt8(ascii: "\"")])
        #expect(ftruncate(fixture.file.raw, 64 << 20) == 0)
        let before = try residentBytes()
        var reader = CSVReader(descriptor: fixture.file.raw, range: 0..<(64 << 20))
        #expect(try reader.next())
        #expect(reader.record.problems == [.recordTooLong, .unclosedQuote])
        #expect(reader.record.raw == nil)
        #expect(try residentBytes() - before < 32 << 20)
        #expect(try !reader.next())
    }

    private func residentBytes() throws -> Int {
        let fields = String(decoding: try Files.read("/proc/self/statm"), as: UTF8.self).split(separator: " ")
        return (Int(fields[1]) ?? 0) * 4096
    }
}
