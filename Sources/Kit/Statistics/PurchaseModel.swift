import Glibc

/// What BG/NBD knows of a user.
public struct PurchaseSummary: Sendable, Equatable {
    /// x: orders after the first one.
    public var repeats: Int
    /// t_x: from the first order to the last, in the unit of `age`.
    public var recency: Double
    /// T: from the first order to the day of the summary.
    public var age: Double

    /// - Precondition of the model: 0 <= recency <= age, and recency 0 without a repeat.
    public init(repeats: Int, recency: Double, age: Double) {
        self.repeats = repeats
        self.recency = recency
        self.age = age
    }
}

/// BG/NBD: users order at random while alive and may leave after any order (Fader, Hardie and Lee 2005, "Counting
/// your customers" the easy way, Marketing Science 24, 275). Times are in the unit of the summaries.
public struct PurchaseModel: Sendable, Equatable {
    /// Shape of the distribution of order rates.
    public var r: Double
    /// Its rate.
    public var alpha: Double
    /// First parameter of the distribution of leaving.
    public var a: Double
    /// Its second.
    public var b: Double

    /// A model as it was stored; all parameters above 0.
    public init(r: Double, alpha: Double, a: Double, b: Double) {
        self.r = r
        self.alpha = alpha
        self.a = a
        self.b = b
    }

    /// P(alive) = 1 / (1 + a / (b + x - 1) × ((alpha + T) / (alpha + t_x))^(r + x)), Fader, Hardie and Lee's formula.
    /// - Returns: nil without a repeat: the model holds everybody alive until their second order, which says nothing.
    public func probabilityAlive(_ user: PurchaseSummary) -> Double? {
        guard user.repeats > 0 else { return nil }
        return 1 / (1 + deadOdds(user))
    }

    /// Expected orders in the next `time`, formula 10 of the paper, with Euler's transformation of ₂F₁ worked in: the
    /// powers of the paper's form overflow for users with many orders.
    /// - Returns: nil when the series does not converge.
    public func expectedOrders(_ user: PurchaseSummary, in time: Double) -> Double? {
        guard time > 0 else { return 0 }
        // a = 1 is a removable singularity: both sides of it are taken.
        guard abs(a - 1) > 1e-5 else {
            let below = PurchaseModel(r: r, alpha: alpha, a: 1 - 2e-5, b: b).expectedOrders(user, in: time)
            let above = PurchaseModel(r: r, alpha: alpha, a: 1 + 2e-5, b: b).expectedOrders(user, in: time)
            guard let below, let above else { return nil }
            return (below + above) / 2
        }
        let x = Double(user.repeats)
        let z = time / (alpha + user.age + time)
        let c = a + b + x - 1
        guard c > 0 else { return nil }
        guard let series = SpecialFunctions.hypergeometricSeries(c - r - x, a - 1, c, z) else { return nil }
        let living = c / (a - 1) * (1 - pow(1 - z, a - 1) * series)
        return living / (1 + (user.repeats > 0 ? deadOdds(user) : 0))
    }

    private func deadOdds(_ user: PurchaseSummary) -> Double {
        let x = Double(user.repeats)
        let ratio = (alpha + user.age) / (alpha + user.recency)
        return a / (b + x - 1) * exp((r + x) * log(ratio))
    }
}

/// Gamma-Gamma: what an order of a user is worth (Fader and Hardie 2013, The Gamma-Gamma model of monetary value,
/// technical note).
public struct MonetaryModel: Sendable, Equatable {
    /// Shape of the values of one user's orders.
    public var p: Double
    /// Shape of the distribution of their scale.
    public var q: Double
    /// Scale of that distribution.
    public var v: Double

    /// A model as it was stored; all parameters above 0.
    public init(p: Double, q: Double, v: Double) {
        self.p = p
        self.q = q
        self.v = v
    }

    /// Expected value of a future order: p (v + x z) / (p x + q - 1), formula 5 of the note.
    /// - Parameters:
    ///   - orders: x, how many orders the mean is of; 0 gives the population's mean.
    ///   - mean: z, their mean value.
    /// - Returns: nil when the mean is infinite (p x + q <= 1).
    public func expectedValue(orders: Int, mean: Double) -> Double? {
        let x = Double(orders)
        let below = p * x + q - 1
        return below > 0 ? p * (v + x * mean) / below : nil
    }
}
