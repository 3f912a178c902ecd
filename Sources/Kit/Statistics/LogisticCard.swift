/// A fitted additive score: bias + Σ weight × (value - mean) / deviation is the log-odds.
public struct LogisticCard: Sendable, Equatable {
    /// Log-odds of a row whose every value is the mean.
    public var bias: Double
    /// Of the standardised values; 0 for a dropped or constant column.
    public var weights: [Double]
    /// Of each column over the rows of the fit.
    public var means: [Double]
    /// Of each column; 1 for a constant one.
    public var deviations: [Double]

    /// A card as it was stored.
    public init(bias: Double, weights: [Double], means: [Double], deviations: [Double]) {
        self.bias = bias
        self.weights = weights
        self.means = means
        self.deviations = deviations
    }

    /// What one column adds to the log-odds.
    @inlinable
    public func contribution(_ value: Double, column: Int) -> Double {
        weights[column] * ((value - means[column]) / deviations[column])
    }

    /// What each column adds; `logOdds` is the bias plus these, added in this order.
    public func contributions(_ row: some Collection<Double>) -> [Double] {
        row.enumerated().map { contribution($1, column: $0) }
    }

    /// The log-odds of a row.
    public func logOdds(_ row: some Collection<Double>) -> Double {
        var sum = bias
        for (column, value) in row.enumerated() { sum += contribution(value, column: column) }
        return sum
    }
}
