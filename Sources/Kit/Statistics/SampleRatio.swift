/// The test that a split came out as it was ordered.
public enum SampleRatio {
    /// Below this a campaign gets no verdict: something but chance has sorted the users. The limit is the usual one
    /// (Fabijan et al. 2019, Diagnosing Sample Ratio Mismatch, KDD).
    public static let limit = 0.001

    /// Pearson's chi-square test of counts against expected shares (Pearson 1900), one degree of freedom less than
    /// groups.
    /// - Parameters:
    ///   - counts: users found in each group.
    ///   - shares: what each should get, in any unit.
    /// - Returns: the probability of a split at least so uneven; nil when lengths differ, there are fewer than two
    ///   groups, no user, or a share that is not positive.
    public static func probability(counts: [Int], shares: [Double]) -> Double? {
        guard counts.count == shares.count, counts.count > 1, shares.allSatisfy({ $0 > 0 }) else { return nil }
        let total = Double(counts.reduce(0, +))
        guard total > 0 else { return nil }
        let whole = shares.reduce(0, +)
        var statistic = 0.0
        for (count, share) in zip(counts, shares) {
            let expected = total * share / whole
            statistic += (Double(count) - expected) * (Double(count) - expected) / expected
        }
        return SpecialFunctions.upperIncompleteGamma(Double(counts.count - 1) / 2, statistic / 2)
    }
}
