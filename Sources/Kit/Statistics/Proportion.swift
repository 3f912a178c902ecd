/// A closed range of values that an estimate is believed to lie in.
public struct Interval: Sendable, Equatable {
    /// The lower bound.
    public var lower: Double
    /// The upper bound.
    public var upper: Double

    /// - Precondition: none; a lower bound above the upper one holds nothing.
    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Whether the value lies in it, bounds included.
    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// So many successes of so many trials. Both may be effective numbers, so neither is an integer.
public struct Proportion: Sendable, Equatable {
    /// 0...trials.
    public var successes: Double
    /// At least 0.
    public var trials: Double

    /// Counts outside of 0...trials are moved to the nearest bound.
    public init(successes: Double, trials: Double) {
        self.trials = max(0, trials)
        self.successes = min(max(0, successes), self.trials)
    }

    /// The share; nil without a trial.
    public var rate: Double? { trials > 0 ? successes / trials : nil }

    /// Wilson's score interval (Wilson 1927, JASA 22, 209): (p + z²/2n ∓ z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).
    /// - Parameter z: 1.645 for 90 %, 1.96 for 95 %.
    /// - Returns: nil without a trial.
    public func wilson(z: Double) -> Interval? {
        guard let p = rate else { return nil }
        let n = trials
        let square = z * z
        let centre = p + square / (2 * n)
        let half = z * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
        let scale = 1 + square / n
        return Interval(
            lower: p == 0 ? 0 : max(0, (centre - half) / scale),
            upper: p == 1 ? 1 : min(1, (centre + half) / scale)
        )
    }

    /// Interval of the difference of this rate minus the other's: Newcombe's hybrid score interval, method 10 without
    /// continuity correction (Newcombe 1998, Statistics in Medicine 17, 873), built of two Wilson intervals.
    /// - Returns: nil when either has no trial.
    public func newcombe(minus other: Proportion, z: Double) -> Interval? {
        guard let p = rate, let q = other.rate, let own = wilson(z: z), let its = other.wilson(z: z) else {
            return nil
        }
        let down = (p - own.lower) * (p - own.lower) + (its.upper - q) * (its.upper - q)
        let up = (own.upper - p) * (own.upper - p) + (q - its.lower) * (q - its.lower)
        return Interval(lower: p - q - down.squareRoot(), upper: p - q + up.squareRoot())
    }
}
