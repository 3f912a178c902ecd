import Support
import Tables

/// Which record of a repair's file corrects which failing row: a sparse file with one number a row, so that memory
/// grows neither with the upload nor with its errors, and the corrected rows may come in any order.
///
/// It has no name and goes with its worker: the next attempt makes the same again from the same file.
package struct RepairIndex: ~Copyable {
    /// Why a record of the repair's file changes nothing.
    package enum Ignored: String, CaseIterable {
        /// Its cell in `bodega_row` is no number.
        case noRow = "no_row"
        /// There is no such failing row: it never failed, or was repaired already.
        case notFailing = "not_failing"
        /// A later record names the same row; the last one counts.
        case repeated
        /// Nothing stands behind the row's number.
        case empty
    }

    /// A row that fails and has no correction yet.
    private static let failing: Int64 = -1

    private let slots: OwnedDescriptor
    /// How many records will be applied.
    private(set) var corrections: Int64 = 0
    private(set) var ignored: [Ignored: Int64] = [:]

    /// - Parameter folder: on the disk where there is room.
    init(folder: String) throws {
        slots = try Files.temporary(in: folder)
    }

    /// Notes a row that may be corrected; all of them come first.
    func noteFailing(_ row: Int64) throws { try write(row, Self.failing) }

    /// Takes the next record in.
    /// - Parameter rowColumn: where the row's number stands in it.
    mutating func add(_ record: CSVRecord, rowColumn: Int) throws {
        guard rowColumn < record.count, let row = Self.number(record.cell(rowColumn)) else { return ignore(.noRow) }
        guard record.writtenCount > RepairColumns.count else { return ignore(.empty) }
        let slot = try read(row)
        guard slot != 0 else { return ignore(.notFailing) }
        if slot == Self.failing { corrections += 1 } else { ignore(.repeated) }
        try write(row, record.position.byteOffset + 1)
    }

    private mutating func ignore(_ reason: Ignored) { ignored[reason, default: 0] += 1 }

    /// Where the record that corrects a row begins in the table; nil when there is none.
    func place(of row: Int64) throws -> Int64? {
        let slot = try read(row)
        return slot > 0 ? slot - 1 : nil
    }

    /// A row's number as people and spreadsheets leave it: digits, with blanks around them.
    static func number(_ cell: UnsafeBufferPointer<UInt8>) -> Int64? {
        var digits = cell[...]
        while digits.first == 0x20 { digits.removeFirst() }
        while digits.last == 0x20 { digits.removeLast() }
        // No file has more rows than fifteen digits can count.
        guard digits.count <= 15, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return number > 0 ? number : nil
    }

    private func read(_ row: Int64) throws -> Int64 {
        var slot: Int64 = 0
        let count = try withUnsafeMutableBytes(of: &slot) {
            try Files.read(slots.raw, into: $0, at: row * 8, "the repaired rows")
        }
        return count == 8 ? slot : 0
    }

    private func write(_ row: Int64, _ value: Int64) throws {
        var value = value
        try withUnsafeBytes(of: &value) { try Files.writeAll($0, to: slots.raw, at: row * 8, "the repaired rows") }
    }
}
