import Glibc
import Support
import TestSupport
import Testing

@testable import Tables

/// Readers of one table get the same bytes or an error.
@Suite struct TableBlocksTests {
    private static let block = TableBlocks.blockBytes

    private struct Table {
        let folder: TemporaryFolder
        let path: String
        let bytes: [UInt8]
        let blocks: TableBlocks

        /// Rows of random length, some longer than a block, behind a head that is not the table's.
        init(_ seed: Int, rows: Int = 9000) throws {
            var random = TestSupport.SeededRandom(seed)
            var text: [UInt8] = []
            for row in 0..<rows {
                let length = random.below(400) == 0 ? 300_000 : random.below(120)
                text += "\(row),".utf8
                text += [UInt8](repeating: UInt8(ascii: "a") + UInt8(row % 26), count: length)
                text.append(10)
            }
            bytes = text
            folder = try TemporaryFolder()
            path = try folder.write("table.csv", Array("head".utf8) + text)
            blocks = TableBlocks(length: Int64(text.count))
        }

        func reader(_ file: borrowing OwnedDescriptor, from position: CSVPosition = .start, checked: Bool) -> CSVReader
        {
            CSVReader(
                descriptor: file.raw,
                range: 4..<Int64(bytes.count + 4),
                from: position,
                readSize: 7000,
                blocks: checked ? blocks : nil
            )
        }

        func open() throws -> OwnedDescriptor { try Files.open(path, O_RDWR) }
    }

    private func hash(_ record: CSVRecord) -> [UInt8] { Array((0..<record.count).flatMap { Array(record.cell($0)) }) }

    @Test(arguments: seeds(3, long: 30))
    func theSameRecordsAsWithout(seed: Int) throws {
        let table = try Table(seed)
        let file = try table.open()
        var plain = table.reader(file, checked: false)
        var checked = table.reader(file, checked: true)
        var places: [CSVPosition] = []
        while try plain.next() {
            #expect(try checked.next())
            #expect(hash(plain.record) == hash(checked.record) && plain.position == checked.position)
            places.append(plain.record.position)
        }
        #expect(try !checked.next())
        #expect(table.blocks.digest != nil)
        // From any place, and with jumps in both directions.
        var random = TestSupport.SeededRandom(seed + 1)
        var jumping = table.reader(file, from: places[random.below(places.count)], checked: true)
        for _ in 0..<200 {
            let place = places[random.below(places.count)]
            jumping.seek(to: place)
            plain.seek(to: place)
            for _ in 0..<random.below(4) {
                #expect(try jumping.next() == plain.next())
                #expect(hash(jumping.record) == hash(plain.record) && jumping.position == plain.position)
            }
        }
        jumping.seek(to: checked.position)
        #expect(try !jumping.next())
    }

    @Test func theDigestHangsOnEachByteAndOnNothingElse() throws {
        let table = try Table(5, rows: 20_000)
        let file = try table.open()
        func digest() throws -> String? {
            let blocks = TableBlocks(length: Int64(table.bytes.count))
            #expect(blocks.digest == nil)
            try blocks.readAll(file.raw, from: 4) {}
            return blocks.digest
        }
        let known = try digest()
        var reader = table.reader(file, checked: true)
        while try reader.next() {}
        #expect(table.blocks.digest == known && known?.count == 32)
        for place in [0, 1, 15, 16, Self.block - 1, Self.block, table.bytes.count - 1] {
            let byte = table.bytes[place]
            try Files.writeAll([byte ^ 1], to: file.raw, at: place + 4)
            #expect(try digest() != known, "\(place)")
            try Files.writeAll([byte], to: file.raw, at: place + 4)
        }
        #expect(try digest() == known)
        #expect(TableBlocks(length: 0).digest != nil)
    }

    @Test func aBlockThatWasChangedIsNotRead() throws {
        let table = try Table(6)
        let file = try table.open()
        var first = table.reader(file, checked: true)
        while try first.next() {}
        // The last byte of the second block: what stands before it in that block is refused too.
        let place = 2 * Self.block - 1
        try Files.writeAll([table.bytes[place] ^ 1], to: file.raw, at: place + 4)
        var second = table.reader(file, checked: true)
        let error = #expect(throws: TableError.self) { while try second.next() {} }
        #expect(error?.code == .changed && error?.isChange == true && error?.byteOffset == Int64(Self.block))
        #expect(second.position.byteOffset <= Int64(Self.block))
        #expect(ftruncate(file.raw, off_t(Self.block + 4)) == 0)
        var third = table.reader(file, checked: true)
        #expect(throws: TableError.self) { while try third.next() {} }
        #expect(throws: TableError.self) {
            try TableBlocks(length: Int64(table.bytes.count)).readAll(file.raw, from: 4) {}
        }
    }
}

extension Files {
    fileprivate static func writeAll(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) throws {
        try bytes.withUnsafeBytes { try writeAll($0, to: descriptor, at: Int64(offset), "a table") }
    }
}
