/// Empirical-Bayes rates: each item's rate is drawn towards the rate of all, the more the fewer its trials (Efron and
/// Morris 1975, JASA 70, 311; with a beta prior of fixed strength).
public struct ShrunkRate: Sendable, Equatable {
    /// The rate of all items together.
    public var global: Double
    /// The prior counts as so many trials.
    public var strength: Double

    /// The prior as given.
    public init(global: Double, strength: Double) {
        self.global = global
        self.strength = strength
    }

    /// The global rate from totals; nil without trials.
    public init?(hits: Double, trials: Double, strength: Double) {
        guard trials > 0 else { return nil }
        self.init(global: hits / trials, strength: strength)
    }

    /// (hits + strength × global) / (trials + strength).
    public func rate(hits: Double, trials: Double) -> Double {
        (hits + strength * global) / (trials + strength)
    }

    /// A mean of n observations drawn towards a mean of many: (n own + strength × population) / (n + strength).
    public static func mean(own: Double, count: Double, population: Double, strength: Double) -> Double {
        (count * own + strength * population) / (count + strength)
    }
}
