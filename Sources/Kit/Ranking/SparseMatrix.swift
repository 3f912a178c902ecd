/// A matrix that stores what is not zero, row after row, columns ascending (compressed sparse rows).
public struct SparseMatrix: Sendable, Equatable {
    /// Where each row begins; one more than rows.
    public let rowStarts: [Int]
    /// Ascending in each row.
    public let columns: [Int32]
    /// One a column.
    public var values: [Double]
    /// Columns, empty ones included.
    public let columnCount: Int

    /// - Precondition: `rowStarts` ascends from 0 to the count of both arrays, columns are below `columnCount`.
    public init(rowStarts: [Int], columns: [Int32], values: [Double], columnCount: Int) {
        self.rowStarts = rowStarts
        self.columns = columns
        self.values = values
        self.columnCount = columnCount
    }

    /// How many rows.
    public var rowCount: Int { rowStarts.count - 1 }

    /// Where the row stands in `columns` and `values`.
    public func range(_ row: Int) -> Range<Int> { rowStarts[row]..<rowStarts[row + 1] }

    /// Σ v² of each row.
    public func squaredNorms() -> [Double] {
        (0..<rowCount).map { row in
            var sum = 0.0
            for position in range(row) { sum += values[position] * values[position] }
            return sum
        }
    }

    /// Rows become columns. Only the rows named take part, and they are numbered in the order named.
    public func transposed(rows: [Int]? = nil) -> SparseMatrix {
        let rows = rows ?? Array(0..<rowCount)
        var starts = [Int](repeating: 0, count: columnCount + 1)
        for row in rows {
            for position in range(row) { starts[Int(columns[position]) + 1] += 1 }
        }
        for column in 0..<columnCount { starts[column + 1] += starts[column] }
        var next = starts
        var turned = [Int32](repeating: 0, count: starts[columnCount])
        var moved = [Double](repeating: 0, count: starts[columnCount])
        for (number, row) in rows.enumerated() {
            for position in range(row) {
                let column = Int(columns[position])
                turned[next[column]] = Int32(number)
                moved[next[column]] = values[position]
                next[column] += 1
            }
        }
        return SparseMatrix(rowStarts: starts, columns: turned, values: moved, columnCount: rows.count)
    }

    /// The same with each value made of the old one.
    public func map(_ change: (Double) -> Double) -> SparseMatrix {
        SparseMatrix(rowStarts: rowStarts, columns: columns, values: values.map(change), columnCount: columnCount)
    }

    /// The same with each row multiplied by a number of its own.
    public func scaledRows(_ factors: [Double]) -> SparseMatrix {
        var scaled = self
        for row in 0..<rowCount {
            for position in range(row) { scaled.values[position] *= factors[row] }
        }
        return scaled
    }

    /// The mean of the rows named, zeros included.
    public func meanRow(_ rows: [Int]) -> [Double] {
        var sums = [Double](repeating: 0, count: columnCount)
        for row in rows {
            for position in range(row) { sums[Int(columns[position])] += values[position] }
        }
        return rows.isEmpty ? sums : sums.map { $0 / Double(rows.count) }
    }

    /// Adds a row, times a factor, to a dense one of `columnCount` numbers.
    @inline(__always)
    func add(_ row: Int, times factor: Double, to sums: UnsafeMutableBufferPointer<Double>) {
        columns.withUnsafeBufferPointer { columns in
            values.withUnsafeBufferPointer { values in
                for position in rowStarts[row]..<rowStarts[row + 1] {
                    sums[Int(columns[position])] += factor * values[position]
                }
            }
        }
    }
}

/// Builds rows out of sums.
struct SparseRows {
    private var sums: [Double]
    private var isTouched: [Bool]
    private var touched: [Int32] = []
    private var rowStarts = [0]
    private var columns: [Int32] = []
    private var values: [Double] = []

    init(columnCount: Int) {
        sums = [Double](repeating: 0, count: columnCount)
        isTouched = [Bool](repeating: false, count: columnCount)
    }

    mutating func add(_ column: Int, _ value: Double) {
        if !isTouched[column] {
            isTouched[column] = true
            touched.append(Int32(column))
        }
        sums[column] += value
    }

    mutating func endRow() {
        touched.sort()
        for column in touched {
            columns.append(column)
            values.append(sums[Int(column)])
            sums[Int(column)] = 0
            isTouched[Int(column)] = false
        }
        touched.removeAll(keepingCapacity: true)
        rowStarts.append(columns.count)
    }

    func matrix() -> SparseMatrix {
        SparseMatrix(rowStarts: rowStarts, columns: columns, values: values, columnCount: sums.count)
    }
}
