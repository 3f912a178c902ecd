/// Gathers the cells of one row of a sheet and writes them as a record, each in its column.
///
/// The first row that holds anything is the header; its last filled cell sets the width. Rows below are filled up to
/// it, and cells beyond it are written only when they hold something: such a row is ragged, and says so. What a merged
/// cell holds counts in each row of it; a row that holds nothing of its own is no record.
struct SheetRows {
    private let sink: TableSink
    private let limits: TableLimits
    private var bytes: [UInt8] = []
    private var cells: [Range<Int>] = []
    /// Which of them are numbers with a point.
    private var numbers: Set<Int> = []
    private var isEmpty = true
    private var width = 0
    private var line: Int64 = 0
    private var merges: MergedCells?
    private var filled = 0
    /// Columns of the widest row so far.
    private var widest = 0

    /// - Parameter merges: the merged cells, as far as they are known.
    init(_ sink: TableSink, limits: TableLimits, merges: MergedCells?) {
        self.sink = sink
        self.limits = limits
        self.merges = merges.flatMap { $0.isEmpty ? nil : $0 }
    }

    var isFull: Bool { sink.isFull }

    /// - Parameter number: the row's number when the sheet gives it; else it is the next.
    mutating func begin(_ number: Int?) throws {
        let next = number.map(Int64.init) ?? line + 1
        guard next > line else {
            throw TableError.refused(.damaged(format: "XLSX", detail: "its row \(next) stands behind row \(line)"))
        }
        guard next <= limits.rows else { throw TableError.refused(.limit(.rows, "\(limits.rows)")) }
        line = next
        bytes.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        if !numbers.isEmpty { numbers.removeAll(keepingCapacity: true) }
        isEmpty = true
        filled = 0
    }

    /// - Parameters:
    ///   - column: from 0.
    ///   - isNumber: whether it is a number with a point.
    mutating func cell(_ column: Int, _ text: UnsafeBufferPointer<UInt8>, isNumber: Bool = false) throws {
        guard !text.isEmpty else { return }
        guard column < limits.columns else {
            throw TableError.refused(.limit(.columns, "\(limits.columns)"))
        }
        while cells.count <= column { cells.append(0..<0) }
        let start = bytes.count
        // Behind the limit nothing is kept: the record is too long and will be refused as such.
        bytes += text.prefix(max(0, limits.record + 1 - start))
        cells[column] = start..<bytes.count
        if isNumber { numbers.insert(column) }
        isEmpty = false
        filled += 1
    }

    mutating func end() throws {
        guard !isEmpty else { return }
        if width == 0 { width = cells.count }
        try fillMerged()
        while cells.count < width { cells.append(0..<0) }
        try sink.begin(line: line)
        bytes.withUnsafeBufferPointer { buffer in
            for (column, cell) in cells.enumerated() {
                let isNumber = !numbers.isEmpty && numbers.contains(column)
                sink.cell(UnsafeBufferPointer(rebasing: buffer[cell]), isNumber: isNumber)
            }
        }
        try sink.endRecord()
    }

    private mutating func fillMerged() throws {
        guard var merges else { return }
        self.merges = nil
        widest = max(widest, cells.count)
        let (bytes, cells) = (bytes, cells)
        var missing: [(column: Int, value: [UInt8])] = []
        merges.fill(
            row: line,
            own: filled,
            columns: min(widest, limits.columns),
            value: { $0 < cells.count ? Array(bytes[cells[$0]]) : [] },
            set: { column, value in
                if column >= cells.count || cells[column].isEmpty { missing.append((column, value)) }
            }
        )
        for (column, value) in missing { try value.withUnsafeBufferPointer { try cell(column, $0) } }
        self.merges = merges
    }
}
