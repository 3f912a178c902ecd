/// Rows of numbers, one column a feature, and what happened in each row.
public struct FeatureRows: Sendable, Equatable {
    /// Features a row.
    public let columnCount: Int
    /// Row-major.
    public private(set) var values: [Double]
    /// One a row.
    public private(set) var outcomes: [Bool]

    /// No rows yet.
    public init(columnCount: Int) {
        self.columnCount = columnCount
        values = []
        outcomes = []
    }

    /// Rows row-major; nil when the counts do not fit each other.
    public init?(columnCount: Int, values: [Double], outcomes: [Bool]) {
        guard columnCount > 0, values.count == columnCount * outcomes.count else { return nil }
        self.columnCount = columnCount
        self.values = values
        self.outcomes = outcomes
    }

    /// How many rows.
    public var count: Int { outcomes.count }

    /// Adds the other's rows behind its own; both have the same columns.
    public mutating func append(_ other: FeatureRows) {
        values.append(contentsOf: other.values)
        outcomes.append(contentsOf: other.outcomes)
    }

    /// Adds one row of `columnCount` values.
    public mutating func append(_ row: [Double], outcome: Bool) {
        values.append(contentsOf: row)
        outcomes.append(outcome)
    }

    /// Adds rows of `columnCount` values each, row-major.
    public mutating func append(_ rows: [Double], outcomes: [Bool]) {
        values.append(contentsOf: rows)
        self.outcomes.append(contentsOf: outcomes)
    }

    /// One row's features.
    public func row(_ index: Int) -> ArraySlice<Double> { values[index * columnCount..<(index + 1) * columnCount] }

    /// Mean and population standard deviation of each column, in two passes over fixed chunks.
    func moments(_ chunks: ParallelChunks) -> (means: [Double], deviations: [Double]) {
        let zero = [Double](repeating: 0, count: columnCount)
        let means = columnMeans(chunks) { value, _ in value }
        let squares = columnMeans(chunks) { value, column in
            let distance = value - means[column]
            return distance * distance
        }
        return count == 0 ? (zero, zero) : (means, squares.map { $0.squareRoot() })
    }

    private func columnMeans(
        _ chunks: ParallelChunks,
        _ figure: @escaping @Sendable (Double, Int) -> Double
    ) -> [Double] {
        let columns = columnCount
        let values = values
        let parts = chunks.map(count, size: RidgeLogistic.chunk) { range in
            var sums = [Double](repeating: 0, count: columns)
            values.withUnsafeBufferPointer { values in
                for row in range {
                    for column in 0..<columns { sums[column] += figure(values[row * columns + column], column) }
                }
            }
            return sums
        }
        var sums = [Double](repeating: 0, count: columns)
        for part in parts {
            for column in 0..<columns { sums[column] += part[column] }
        }
        return sums.map { $0 / Double(count) }
    }
}
