/// A place between two records, from which reading can go on and give the same records with the same numbers.
public struct CSVPosition: Sendable, Equatable {
    /// Bytes from the start of the table.
    public var byteOffset: Int64
    /// The physical line, the first line of the file being 1. Line breaks in quoted cells and blank lines count.
    public var line: Int64
    /// The number of the record that starts here: 0 for the header, 1 for the first data record.
    public var row: Int64

    /// The start of a table whose first record is a header.
    public static let start = CSVPosition(byteOffset: 0, line: 1, row: 0)

    public init(byteOffset: Int64, line: Int64, row: Int64) {
        self.byteOffset = byteOffset
        self.line = line
        self.row = row
    }
}

/// What is wrong with the form of a record. Such a record is delivered all the same, as one record.
public struct CSVProblems: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// More bytes than the limit, line end not counted. No cells are given.
    public static let recordTooLong = CSVProblems(rawValue: 1)
    /// The file ended inside a quoted cell, which holds everything up to there.
    public static let unclosedQuote = CSVProblems(rawValue: 2)
    /// Text between a closing quote and the end of the cell. It is kept behind what the quotes held.
    public static let badQuote = CSVProblems(rawValue: 4)
}

/// One record in the reader's own memory: **valid until the reader's next `next()`**.
public struct CSVRecord {
    /// Where the record starts and which number it has.
    public let position: CSVPosition
    /// Raw length in bytes, line end included.
    public let byteLength: Int64
    public let problems: CSVProblems
    /// The first cell with `badQuote` or `unclosedQuote`; nil when there is none or the record is too long.
    public let faultyCell: Int?
    /// Number of cells; 0 only for a record that is too long.
    public let count: Int
    /// How many cells stand in the file, where the reader has filled up or cut the record to the table's width.
    public let writtenCount: Int

    @usableFromInline let bytes: UnsafePointer<UInt8>
    @usableFromInline let unescaped: UnsafePointer<UInt8>
    @usableFromInline let cells: UnsafePointer<CSVCellRange>

    /// The bytes of a cell without its quotes, doubled quotes made single.
    /// - Precondition: `index` is below `count`.
    @inlinable
    public func cell(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(index >= 0 && index < count, "no such cell")
        let range = cells[index]
        let base = range.isUnescaped ? unescaped : bytes
        return UnsafeBufferPointer(start: base + Int(range.start), count: range.length)
    }

    /// Whether a cell stands in double quotes: the mark of numbers in a table that was converted, see
    /// ``TableFormat/marksNumbers``.
    public func isQuoted(_ index: Int) -> Bool {
        precondition(index >= 0 && index < count, "no such cell")
        let range = cells[index]
        return range.isUnescaped || (range.start > 0 && bytes[Int(range.start) - 1] == UInt8(ascii: "\""))
    }

    /// The cell as text, malformed UTF-8 replaced by U+FFFD, without a ``CellFault``. For messages: it allocates.
    public func text(_ index: Int) -> String { String(decoding: CellFault.shown(cell(index)), as: UTF8.self) }

    /// The record as it stands in the file, line end included; nil for one that is too long.
    public var raw: UnsafeBufferPointer<UInt8>? {
        guard !problems.contains(.recordTooLong) else { return nil }
        return UnsafeBufferPointer(start: bytes, count: Int(byteLength))
    }
}

/// Where a cell lies, in eight bytes: as an offset into the record, or into the unescaped copies.
@usableFromInline
struct CSVCellRange {
    @usableFromInline let start: UInt32
    private static let flag: UInt32 = 1 << 31
    @usableFromInline let lengthAndFlag: UInt32

    init(_ start: Int, _ end: Int, isUnescaped: Bool = false) {
        self.start = UInt32(truncatingIfNeeded: start)
        lengthAndFlag = UInt32(truncatingIfNeeded: end &- start) | (isUnescaped ? Self.flag : 0)
    }

    @inlinable var length: Int { Int(lengthAndFlag & 0x7FFF_FFFF) }
    @inlinable var isUnescaped: Bool { lengthAndFlag >> 31 != 0 }
}
