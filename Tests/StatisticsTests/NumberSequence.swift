@testable import Statistics

/// The linear congruential numbers that `StatisticsReference/references.py` makes as well.
struct NumberSequence {
    private var state: UInt64 = 12345

    /// In 0..<1.
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }

    mutating func numbers(_ count: Int) -> [Double] { (0..<count).map { _ in next() } }

    mutating func below(_ limit: Int) -> Int { Int(next() * Double(limit)) }
}

/// Whether two numbers agree to a share of the greater of 1 and their size.
func agrees(_ value: Double?, _ reference: Double, _ tolerance: Double = 1e-12) -> Bool {
    guard let value else { return false }
    return abs(value - reference) <= tolerance * max(1, abs(reference))
}

func agrees(_ interval: Interval?, _ lower: Double, _ upper: Double, _ tolerance: Double = 1e-12) -> Bool {
    agrees(interval?.lower, lower, tolerance) && agrees(interval?.upper, upper, tolerance)
}
