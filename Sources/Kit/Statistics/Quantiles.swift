import Glibc

/// Cut points of a distribution.
public enum Quantiles {
    /// The q-quantile by linear interpolation of order statistics: type 7 of Hyndman and Fan (1996, The American
    /// Statistician 50, 361), what NumPy and R do unasked.
    /// - Parameter sorted: ascending, without NaN.
    /// - Returns: nil for no values or q outside of 0...1.
    public static func interpolated(sorted: [Double], _ q: Double) -> Double? {
        guard !sorted.isEmpty, q >= 0, q <= 1 else { return nil }
        let position = q * Double(sorted.count - 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
    }

    /// The ceil(q n)-th smallest value: nearest rank, type 1 of Hyndman and Fan.
    /// - Parameter sorted: ascending.
    public static func nearestRank(sorted: [Double], _ q: Double) -> Double? {
        guard !sorted.isEmpty, q >= 0, q <= 1 else { return nil }
        // 0.9 * 10 is 9.000000000000002 for some q: what is nearly a whole rank is that rank.
        let rank = Int((q * Double(sorted.count) - 1e-9).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}

/// Four cut points by value. Equal values always get equal scores; ties make the fifths uneven, and no order of rows
/// ever splits them.
public struct Quintiles: Sendable, Equatable {
    /// Ascending: the ceil(k n / 5)-th smallest values, k = 1...4.
    public var cuts: [Double]

    /// Configured thresholds, where users are too few to have their own.
    public init(cuts: [Double]) { self.cuts = cuts }

    /// - Returns: nil for no values.
    public init?(of values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        cuts = (1...4).map { sorted[($0 * sorted.count + 4) / 5 - 1] }
    }

    /// 1 + the cuts below the value: 5 is the most, for frequency and money.
    public func score(_ value: Double) -> Int { 1 + above(value) }

    /// 5 - the cuts below the value: 5 is the least, for days since the last order.
    public func reversedScore(_ value: Double) -> Int { cuts.count + 1 - above(value) }

    private func above(_ value: Double) -> Int {
        var count = 0
        for cut in cuts where value > cut { count += 1 }
        return count
    }
}
