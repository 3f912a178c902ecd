/// How alike items are by what is known of them, whoever bought them: the mean of one similarity a property. It carries
/// new items and explains; it does not replace what people buy together.
public struct ItemContent: Sendable {
    /// One property of all items.
    public enum Property: Sendable, Equatable {
        /// Values that an item has, by number, each once: the cosine of the sets (Salton and McGill 1983, Introduction
        /// to Modern Information Retrieval).
        case sets([[Int32]])
        /// A place on a scale: 1 - distance / range.
        case scale([Double], range: Double)
    }

    private let properties: [Property]
    private let itemCount: Int

    /// - Returns: nil when a property does not have one value an item, or a scale no range.
    public init?(_ properties: [Property], itemCount: Int) {
        for property in properties {
            switch property {
            case .sets(let sets): guard sets.count == itemCount else { return nil }
            case .scale(let places, let range): guard places.count == itemCount, range > 0 else { return nil }
            }
        }
        guard !properties.isEmpty else { return nil }
        self.properties = properties
        self.itemCount = itemCount
    }

    /// The weighted mean likeness of every item to the items given; 0 for all where there is no weight.
    /// - Parameters:
    ///   - items: what somebody likes.
    ///   - weights: how much, one an item, at least 0.
    public func scores(of items: [Int32], weights: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: itemCount)
        let total = weights.reduce(0, +)
        guard total > 0 else { return sums }
        let share = 1 / (total * Double(properties.count))
        for property in properties {
            switch property {
            case .sets(let sets): Self.addSets(sets, items, weights, share, to: &sums)
            case .scale(let places, let range): Self.addScale(places, range, items, weights, share, to: &sums)
            }
        }
        return sums
    }

    /// The cosine is linear in either set, so one profile of the items stands for all of them.
    private static func addSets(
        _ sets: [[Int32]],
        _ items: [Int32],
        _ weights: [Double],
        _ share: Double,
        to sums: inout [Double]
    ) {
        let most = sets.reduce(-1) { max($0, $1.max() ?? -1) }
        var profile = [Double](repeating: 0, count: Int(most) + 1)
        for (item, weight) in zip(items, weights) {
            let set = sets[Int(item)]
            for value in set { profile[Int(value)] += weight / Double(set.count).squareRoot() }
        }
        for (item, set) in sets.enumerated() where !set.isEmpty {
            var sum = 0.0
            for value in set { sum += profile[Int(value)] }
            sums[item] += share * sum / Double(set.count).squareRoot()
        }
    }

    private static func addScale(
        _ places: [Double],
        _ range: Double,
        _ items: [Int32],
        _ weights: [Double],
        _ share: Double,
        to sums: inout [Double]
    ) {
        var weightOfPlace: [Double: Double] = [:]
        for (item, weight) in zip(items, weights) { weightOfPlace[places[Int(item)], default: 0] += weight }
        let own = weightOfPlace.sorted { $0.key < $1.key }
        for item in sums.indices {
            for (place, weight) in own { sums[item] += share * weight * (1 - abs(places[item] - place) / range) }
        }
    }
}
