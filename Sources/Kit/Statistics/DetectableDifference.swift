/// What a comparison of two rates can show at all.
public enum DetectableDifference {
    /// The smallest increase over the base rate that a two-sided test of two proportions finds with the given power:
    /// the d that solves d = z(1 - α/2) √(p̄(1 - p̄)(1/n₁ + 1/n₂)) + z(power) √(p₁(1 - p₁)/n₁ + p₀(1 - p₀)/n₂), with
    /// p₁ = p₀ + d and p̄ the pooled rate (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions,
    /// chapter 4).
    /// - Parameters:
    ///   - base: the rate of the untreated, 0..<1.
    ///   - treated: users treated.
    ///   - untreated: users held out.
    /// - Returns: nil when an arm is empty, or when not even a rate of 1 would be found.
    public static func increase(
        base: Double,
        treated: Int,
        untreated: Int,
        significance: Double = 0.05,
        power: Double = 0.8
    ) -> Double? {
        guard treated > 0, untreated > 0, base >= 0, base < 1 else { return nil }
        let n1 = Double(treated)
        let n0 = Double(untreated)
        let alpha = NormalDistribution.quantile(1 - significance / 2)
        let beta = NormalDistribution.quantile(power)
        let excess = { (d: Double) -> Double in
            let p1 = base + d
            let pooled = (p1 * n1 + base * n0) / (n1 + n0)
            let null = (pooled * (1 - pooled) * (1 / n1 + 1 / n0)).squareRoot()
            let actual = (p1 * (1 - p1) / n1 + base * (1 - base) / n0).squareRoot()
            return d - alpha * null - beta * actual
        }
        var low = 0.0
        var high = 1 - base
        guard excess(high) >= 0 else { return nil }
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if excess(middle) >= 0 { high = middle } else { low = middle }
        }
        return high
    }

    /// Users an arm of two equal ones that find the difference of two rates; the inverse of `increase`.
    /// - Returns: nil for equal rates.
    public static func usersPerArm(
        _ first: Double,
        _ second: Double,
        significance: Double = 0.05,
        power: Double = 0.8
    ) -> Int? {
        guard first != second else { return nil }
        let mean = (first + second) / 2
        let null = (2 * mean * (1 - mean)).squareRoot()
        let actual = (first * (1 - first) + second * (1 - second)).squareRoot()
        let alpha = NormalDistribution.quantile(1 - significance / 2)
        let root = (alpha * null + NormalDistribution.quantile(power) * actual) / (first - second)
        let users = (root * root).rounded(.up)
        return users < 1e15 ? Int(users) : nil
    }
}
