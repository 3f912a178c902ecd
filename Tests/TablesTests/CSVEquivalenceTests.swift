import Support
import Tables
import Testing

/// The reader against the reference, on files made at random: every read size, every place to resume from.
@Suite struct CSVEquivalenceTests {
    @Test(arguments: 0..<8)
    func sameRecords(group: Int) throws {
        for seed in group * 300..<(group + 1) * 300 {
            var random = SeededRandom(state: UInt64(seed))
            let bytes = randomTable(&random)
            let limit = Bool.random(using: &random) ? CSVReader.recordLimit : Int.random(in: 1...60, using: &random)
            let readSize = Int.random(in: 1...64, using: &random)
            let width = Bool.random(using: &random) ? 0 : Int.random(in: 1...4, using: &random)
            var reference = ReferenceCSV(bytes, limit: limit, width: width)
            let fixture = try CSVFixture(bytes, padding: 3)
            let read = try readAll(fixture.reader(limit: limit, readSize: readSize, width: width))
            guard read.records == reference.records() else {
                Issue.record("seed \(seed), read size \(readSize), limit \(limit), width \(width): \(bytes)")
                return
            }
        }
    }

    @Test func everyReadSize() throws {
        for seed in 10_000..<10_020 {
            var random = SeededRandom(state: UInt64(seed))
            let bytes = randomTable(&random)
            var reference = ReferenceCSV(bytes, limit: 30)
            let expected = reference.records()
            let fixture = try CSVFixture(bytes)
            for readSize in 1...64 {
                let records = try readAll(fixture.reader(limit: 30, readSize: readSize)).records
                #expect(records == expected, "seed \(seed), read size \(readSize): \(bytes)")
            }
        }
    }

    @Test func resumedAnywhere() throws {
        for seed in 20_000..<20_300 {
            var random = SeededRandom(state: UInt64(seed))
            let bytes = randomTable(&random)
            let fixture = try CSVFixture(bytes, padding: 5)
            let (records, positions) = try readAll(fixture.reader(limit: 40))
            for (index, position) in positions.enumerated() {
                let readSize = Int.random(in: 1...64, using: &random)
                let resumed = try readAll(fixture.reader(from: position, limit: 40, readSize: readSize))
                #expect(resumed.records == Array(records[(index + 1)...]), "seed \(seed), behind record \(index)")
                #expect(resumed.positions == Array(positions[(index + 1)...]))
            }
        }
    }

    @Test func soughtAnywhere() throws {
        for seed in 40_000..<40_200 {
            var random = SeededRandom(state: UInt64(seed))
            let bytes = randomTable(&random)
            let fixture = try CSVFixture(bytes, padding: 5)
            let records = try readAll(fixture.reader(limit: 40)).records
            guard !records.isEmpty else { continue }
            var reader = fixture.reader(limit: 40, readSize: Int.random(in: 1...64, using: &random))
            for _ in 0..<40 {
                let wanted = records[Int.random(in: 0..<records.count, using: &random)]
                let place = CSVPosition(byteOffset: wanted.byteOffset, line: wanted.line, row: wanted.row)
                reader.seek(to: place)
                #expect(reader.position == place)
                let found = try reader.next()
                #expect(found && PlainRecord(reader.record) == wanted, "seed \(seed), row \(wanted.row)")
            }
        }
    }

    @Test func aConvertedTableCountsRecordsAsLines() throws {
        let bytes = Array("sku,name\n\nA,\"two\nlines\"\nB,\"a\r\nb\rc\"\n".utf8)
        let fixture = try CSVFixture(bytes)
        var reader = CSVReader(descriptor: fixture.file.raw, range: fixture.range, countsInnerLines: false)
        var lines: [Int64] = []
        while try reader.next() { lines.append(reader.record.position.line) }
        #expect(lines == [1, 3, 4])
    }

    @Test(arguments: [(0x3B, 0x27), (0x09, 0x22), (0x2D, 0x61), (0x2C, nil)] as [(UInt8, UInt8?)])
    func otherDialects(delimiter: UInt8, quote: UInt8?) throws {
        let dialect = try #require(CSVDialect(delimiter: delimiter, quote: quote))
        for seed in 30_000..<30_200 {
            var random = SeededRandom(state: UInt64(seed))
            let bytes = randomTable(&random, delimiter: delimiter)
            var reference = ReferenceCSV(bytes, delimiter: delimiter, quote: quote)
            let fixture = try CSVFixture(bytes)
            #expect(try readAll(fixture.reader(dialect, readSize: 7)).records == reference.records(), "seed \(seed)")
        }
    }
}
