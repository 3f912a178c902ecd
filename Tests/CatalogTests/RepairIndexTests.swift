import Tables
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct RepairIndexTests {
    @Test(arguments: [
        ("1", 1), ("  42 ", 42), ("007", 7), ("999999999999999", 999_999_999_999_999), ("", nil), (" ", nil),
        ("0", nil),
        ("-1", nil), ("1.0", nil), ("1 2", nil), ("1e3", nil), ("1000000000000000", nil), ("row 1", nil), ("٣", nil),
    ])
    func numbersOfRows(_ cell: String, _ expected: Int64?) {
        #expect(Array(cell.utf8).withUnsafeBufferPointer { RepairIndex.number($0) } == expected)
    }

    @Test func theLastCorrectionOfAFailingRowCounts() throws {
        let folder = try TemporaryFolder()
        var index = try RepairIndex(folder: folder.path)
        for row in [3, 5, 900_000] { try index.noteFailing(Int64(row)) }
        let text = "bodega_row,bodega_error,sku\n5,x,a\n3,x,b\n5,x,c\n4,x,d\n,x,e\n900001,x,f\n900000\n3,y\n900000,,g\n"
        let places = try Array(text.utf8).withTemporaryTable { reader in
            _ = try reader.next()
            var places: [Int64] = []
            while try reader.next() {
                places.append(reader.record.position.byteOffset)
                try index.add(reader.record, rowColumn: 0)
            }
            return places
        }
        #expect(index.corrections == 3)
        #expect(index.ignored == [.repeated: 1, .notFailing: 2, .noRow: 1, .empty: 2])
        #expect(try index.place(of: 5) == places[2])
        #expect(try index.place(of: 3) == places[1])
        #expect(try index.place(of: 900_000) == places[8])
        #expect(try index.place(of: 4) == nil)
        #expect(try index.place(of: 2_000_000) == nil)
    }

    @Test func aFailingRowWithoutCorrection() throws {
        let folder = try TemporaryFolder()
        let index = try RepairIndex(folder: folder.path)
        try index.noteFailing(1)
        #expect(try index.place(of: 1) == nil)
        #expect(index.corrections == 0)
    }
}
