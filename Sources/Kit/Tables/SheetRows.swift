/// Gathers the cells of one row of a sheet and writes them as a record, each in its column.
///
/// The first row that holds anything is the header; its last filled cell sets the width. Rows below are filled up to
/// it, and cells beyond it are written only when they hold something: such a row is ragged, and says so.
struct SheetRows {
    private let sink: TableSink
    private let limits: TableLimits
    private var bytes: [UInt8] = []
    private var cells: [Range<Int>] = []
    private var isEmpty = true
    private var width = 0
    private var line: Int64 = 0

    init(_ sink: TableSink, limits: TableLimits) {
        self.sink = sink
        self.limits = limits
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
        isEmpty = true
    }

    /// - Parameter column: from 0.
    mutating func cell(_ column: Int, _ text: UnsafeBufferPointer<UInt8>) throws {
        guard !text.isEmpty else { return }
        guard column < limits.columns else {
            throw TableError.refused(.limit(.columns, "\(limits.columns)"))
        }
        while cells.count <= column { cells.append(0..<0) }
        let start = bytes.count
        // Behind the limit nothing is kept: the record is too long and will be refused as such.
        bytes += text.prefix(max(0, limits.record + 1 - start))
        cells[column] = start..<bytes.count
        isEmpty = false
    }

    mutating func end() throws {
        guard !isEmpty else { return }
        if width == 0 { width = cells.count }
        while cells.count < width { cells.append(0..<0) }
        try sink.begin(line: line)
        bytes.withUnsafeBufferPointer { buffer in
            for cell in cells { sink.cell(UnsafeBufferPointer(rebasing: buffer[cell])) }
        }
        try sink.endRecord()
    }
}
