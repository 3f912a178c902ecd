import Glibc

/// Functions of mathematical physics that the models need, computed here so that their bytes do not depend on the C
/// library. Formula numbers are those of the NIST Digital Library of Mathematical Functions (https://dlmf.nist.gov).
public enum SpecialFunctions {
    /// ln Γ(x) for x > 0, by Stirling's series (DLMF 5.11.1) above 10 and the recurrence (5.5.1) below.
    /// Error below 1e-14 times the greater of 1 and the value. NaN for x <= 0.
    public static func logGamma(_ x: Double) -> Double {
        guard x > 0 else { return .nan }
        guard x < .infinity else { return .infinity }
        var shifted = x
        var factors = 1.0
        while shifted < 10 {
            factors *= shifted
            shifted += 1
        }
        let inverse = 1 / shifted
        let square = inverse * inverse
        var series = 1.0 / 156
        for term in [-691.0 / 360_360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12] {
            series = series * square + term
        }
        return (shifted - 0.5) * log(shifted) - shifted + halfLogTwoPi + series * inverse - log(factors)
    }

    /// ψ(x) = d/dx ln Γ(x) for x > 0 (DLMF 5.11.2, 5.5.2). NaN for x <= 0.
    public static func digamma(_ x: Double) -> Double {
        guard x > 0 else { return .nan }
        var shifted = x
        var sum = 0.0
        while shifted < 10 {
            sum -= 1 / shifted
            shifted += 1
        }
        let inverse = 1 / shifted
        let square = inverse * inverse
        var series = -1.0 / 12
        for term in [691.0 / 32_760, -1.0 / 132, 1.0 / 240, -1.0 / 252, 1.0 / 120, -1.0 / 12] {
            series = series * square + term
        }
        return sum + log(shifted) - 0.5 * inverse + series * square
    }

    /// ψ'(x) for x > 0 (DLMF 5.15.8, 5.15.5). NaN for x <= 0.
    public static func trigamma(_ x: Double) -> Double {
        guard x > 0 else { return .nan }
        var shifted = x
        var sum = 0.0
        while shifted < 12 {
            sum += 1 / (shifted * shifted)
            shifted += 1
        }
        let inverse = 1 / shifted
        let square = inverse * inverse
        var series = 7.0 / 6
        for term in [-691.0 / 2730, 5.0 / 66, -1.0 / 30, 1.0 / 42, -1.0 / 30, 1.0 / 6] {
            series = series * square + term
        }
        return sum + inverse + 0.5 * square + series * square * inverse
    }

    /// Gauss's ₂F₁(a, b; c; z) for 0 <= z < 1 and c > 0, by its series (DLMF 15.2.1); where a + b > c after Euler's
    /// transformation (15.8.1), whose series converges faster. Nil outside that range, or when it does not converge.
    public static func hypergeometric(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double? {
        guard z >= 0, z < 1, c > 0 else { return nil }
        guard a + b > c else { return hypergeometricSeries(a, b, c, z) }
        return hypergeometricSeries(c - a, c - b, c, z).map { pow(1 - z, c - a - b) * $0 }
    }

    static func hypergeometricSeries(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double? {
        var term = 1.0
        var sum = 1.0
        for index in 0..<1_000_000 {
            let n = Double(index)
            term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
            sum += term
            guard sum.isFinite else { return nil }
            // Terms may first grow: only when the ratio is below 1 does a small term end the series.
            let ratio = abs((a + n + 1) * (b + n + 1) / ((c + n + 1) * (n + 2)) * z)
            if ratio < 1, abs(term) * ratio <= 1e-17 * abs(sum) * (1 - ratio) { return sum }
        }
        return nil
    }

    /// Q(s, x) = Γ(s, x) / Γ(s) for s > 0 and x >= 0: the series of the lower function (DLMF 8.7.1) below s + 1, the
    /// continued fraction (8.9.2, by Lentz's method) above.
    public static func upperIncompleteGamma(_ s: Double, _ x: Double) -> Double {
        guard s > 0, x >= 0 else { return .nan }
        guard x > 0 else { return 1 }
        let front = exp(s * log(x) - x - logGamma(s))
        return x < s + 1 ? 1 - front * lowerSeries(s, x) : front * upperFraction(s, x)
    }

    private static func lowerSeries(_ s: Double, _ x: Double) -> Double {
        var term = 1 / s
        var sum = term
        var n = s
        for _ in 0..<100_000 {
            n += 1
            term *= x / n
            sum += term
            if term < sum * 1e-17 { break }
        }
        return sum
    }

    private static func upperFraction(_ s: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - s
        var c = 1 / tiny
        var d = 1 / b
        var value = d
        for index in 1..<100_000 {
            let a = -Double(index) * (Double(index) - s)
            b += 2
            d = a * d + b
            if abs(d) < tiny { d = tiny }
            c = b + a / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let factor = d * c
            value *= factor
            if abs(factor - 1) < 1e-16 { break }
        }
        return value
    }

    private static let halfLogTwoPi = 0.918_938_533_204_672_741_78
}
