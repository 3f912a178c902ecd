import Glibc

/// How widely weights are spread over categories.
public struct Diversity: Sendable, Equatable {
    /// H = -Σ p ln p over the categories with weight, in nats (Shannon 1948, Bell System Technical Journal 27, 379).
    public var entropy: Double
    /// Categories with weight.
    public var categories: Int

    /// - Parameter weights: at least 0 each; others are ignored.
    /// - Returns: nil without any weight.
    public init?(weights: [Double]) {
        let positive = weights.filter { $0 > 0 && $0.isFinite }
        let total = positive.reduce(0, +)
        guard total > 0 else { return nil }
        categories = positive.count
        var sum = 0.0
        for weight in positive { sum -= weight / total * log(weight / total) }
        entropy = max(0, sum)
    }

    /// e^H: so many equally heavy categories are as diverse (Hill 1973, Ecology 54, 427: order 1).
    public var effectiveNumber: Double { exp(entropy) }

    /// J = H / ln K with K the categories of the catalogue, so that users compare (Pielou 1966). 0 where the
    /// catalogue has one category; at most 1.
    public func normalised(kinds: Int) -> Double {
        kinds > 1 ? min(1, entropy / log(Double(kinds))) : 0
    }

    /// H + (m - 1) / 2n, which takes away most of the bias of few observations, at most ln K (Miller 1955, Note on the
    /// bias of information estimates).
    /// - Parameters:
    ///   - observations: n, effective where weights decay; nothing is added for none.
    ///   - kinds: K.
    public func millerMadow(observations: Double, kinds: Int) -> Double {
        guard observations > 0 else { return entropy }
        let corrected = entropy + Double(categories - 1) / (2 * observations)
        return min(corrected, max(entropy, log(Double(max(1, kinds)))))
    }

    /// (Σ w)² / Σ w²: as many equally weighted observations say as much (Kish 1965, Survey Sampling). 0 for none.
    public static func effectiveObservations(_ weights: [Double]) -> Double {
        let sum = weights.reduce(0, +)
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        return squares > 0 ? sum * sum / squares : 0
    }

    /// Gini's coefficient of shares: 0 when all are equal, towards 1 when one has everything (Gini 1912). With x sorted
    /// ascending: 2 Σ i x_i / (n Σ x) - (n + 1) / n.
    /// - Returns: nil when nothing is shared.
    public static func gini(_ values: [Double]) -> Double? {
        let total = values.reduce(0, +)
        guard total > 0 else { return nil }
        let n = Double(values.count)
        var weighted = 0.0
        for (index, value) in values.sorted().enumerated() { weighted += Double(index + 1) * value }
        return 2 * weighted / (n * total) - (n + 1) / n
    }
}
