/// The merged cells of a sheet. Only the first cell of a range has a value, and people read it as that of all of them.
///
/// Downwards it counts for each row of the range. To the right it counts in records only, not in a title or a header,
/// where one name would become several; and not in a row that holds nothing else, which is a heading.
struct MergedCells {
    struct Range: Equatable {
        var top: Int32
        var bottom: Int32
        /// From 0.
        var left: Int32
        var right: Int32

        /// `B2:D4`; nil for what is no range.
        init?(_ reference: UnsafeBufferPointer<UInt8>) {
            let parts = reference.split(separator: UInt8(ascii: ":"))
            guard parts.count == 2, let first = Self.corner(parts[0]), let last = Self.corner(parts[1]),
                first.row <= last.row, first.column <= last.column
            else { return nil }
            (top, bottom, left, right) = (first.row, last.row, first.column, last.column)
        }

        private static func corner(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> (row: Int32, column: Int32)? {
            let bytes = UnsafeBufferPointer(rebasing: text)
            let column = SheetHandler.column(bytes)
            let digits = UnsafeBufferPointer(rebasing: bytes.drop { !(0x30...0x39).contains($0) })
            guard column >= 0, let row = decimalNumber(digits), row > 0 else { return nil }
            return (Int32(row), Int32(column))
        }
    }

    /// Ranges that a sheet may have; a program that writes more has not made them for people.
    private static let limit = 500_000

    /// Ascending by their first row.
    private var ranges: [Range] = []
    /// The row behind which values count to the right as well; nil: nowhere.
    let acrossBelow: Int64?
    private var next = 0
    /// The ranges that reach the present row, with what their first cell holds.
    private var open: [(range: Range, value: [UInt8])] = []
    private var openColumns = 0

    /// - Parameter acrossBelow: the row of the header, as far as it is known.
    init(acrossBelow: Int64?) { self.acrossBelow = acrossBelow }

    /// Whether some range changes what a record says.
    var isEmpty: Bool { ranges.isEmpty }

    mutating func add(_ range: Range) {
        let isAcross = acrossBelow.map { Int64(range.bottom) > $0 } ?? false
        guard range.bottom > range.top || isAcross, ranges.count < Self.limit else { return }
        ranges.append(range)
    }

    /// To be called once, after the last `add`.
    mutating func seal() { ranges.sort { $0.top < $1.top } }

    /// Gives the cells of a row their values; rows ascend.
    /// - Parameters:
    ///   - own: how many cells of the row hold something themselves.
    ///   - columns: where to stop to the right.
    ///   - value: the bytes of a cell.
    ///   - set: fills an empty cell.
    mutating func fill(
        row: Int64,
        own: Int,
        columns: Int,
        value: (Int) -> [UInt8],
        set: (Int, [UInt8]) throws -> Void
    ) rethrows {
        if !open.isEmpty {
            open.removeAll { Int64($0.range.bottom) < row }
            openColumns = open.reduce(0) { $0 + Int($1.range.right - $1.range.left) + 1 }
        }
        while next < ranges.count, Int64(ranges[next].top) <= row {
            let range = ranges[next]
            next += 1
            let width = Int(range.right - range.left) + 1
            // Ranges never overlap, so those of one row have no more columns than the sheet.
            guard Int64(range.top) == row, openColumns + width <= 16_384 else { continue }
            let bytes = value(Int(range.left))
            guard !bytes.isEmpty else { continue }
            open.append((range, bytes))
            openColumns += width
        }
        for (range, bytes) in open {
            let isFirst = Int64(range.top) == row
            let isAcross = acrossBelow.map { row > $0 } ?? false && !(isFirst && own == 1)
            let last = isAcross ? min(Int(range.right), columns - 1) : Int(range.left)
            for column in stride(from: Int(range.left) + (isFirst ? 1 : 0), through: last, by: 1) {
                try set(column, bytes)
            }
        }
    }
}

/// Reads a whole sheet for its merged cells, which stand behind its rows.
final class MergedCellsHandler: XMLHandler {
    private(set) var merges: MergedCells

    init(acrossBelow: Int64?) { merges = MergedCells(acrossBelow: acrossBelow) }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        guard name == "mergeCell", let range = attributes["ref"].flatMap(MergedCells.Range.init) else { return }
        merges.add(range)
    }

    override func end(_ name: XMLName) { if name == "mergeCells" { isDone = true } }
}
