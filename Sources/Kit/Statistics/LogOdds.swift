import Glibc

/// Probabilities on the additive scale.
public enum LogOdds {
    /// ln(p / (1 - p)); infinite at 0 and 1.
    public static func of(_ probability: Double) -> Double { log(probability / (1 - probability)) }

    /// 1 / (1 + e^-x), without overflow at either end.
    public static func probability(_ logOdds: Double) -> Double {
        if logOdds >= 0 { return 1 / (1 + exp(-logOdds)) }
        let odds = exp(logOdds)
        return odds / (1 + odds)
    }

    /// ln(1 + e^x), without overflow.
    static func softplus(_ x: Double) -> Double { x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)) }
}
