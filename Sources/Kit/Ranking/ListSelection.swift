/// Picks the few items of a list from candidates that are all allowed.
public struct ListSelection: Sendable, Equatable {
    /// One item that might be recommended.
    public struct Candidate: Sendable, Equatable {
        /// Position of the item; the last tie break.
        public var item: Int
        /// Aliases of one product have one number.
        public var identity: Int
        /// Items without a family never crowd each other out.
        public var family: Int?
        /// Calibrated.
        public var probability: Double
        /// Orders that hold it; breaks ties of the probability.
        public var popularity: Double

        /// A candidate.
        public init(item: Int, identity: Int, family: Int?, probability: Double, popularity: Double) {
            self.item = item
            self.identity = identity
            self.family = family
            self.probability = probability
            self.popularity = popularity
        }
    }

    /// Ranks 1...length.
    public var length: Int
    /// Items of one family at most.
    public var perFamily: Int

    /// Three ranks, two of a family, by default.
    public init(length: Int = 3, perFamily: Int = 2) {
        self.length = length
        self.perFamily = perFamily
    }

    /// Greedy by probability rounded to 12 decimals, popularity and position: at most `perFamily` of a family, one of a
    /// product. The order of the candidates does not matter.
    public func select(_ candidates: [Candidate]) -> [Candidate] {
        var list: [Candidate] = []
        for candidate in candidates.sorted(by: Self.isBefore) {
            guard list.count < length else { break }
            if list.contains(where: { $0.identity == candidate.identity }) { continue }
            if let family = candidate.family, list.count(where: { $0.family == family }) >= perFamily { continue }
            list.append(candidate)
        }
        return list
    }

    private static func isBefore(_ left: Candidate, _ right: Candidate) -> Bool {
        let (p, q) = (RankOrder.rounded(left.probability), RankOrder.rounded(right.probability))
        if p != q { return p > q }
        if left.popularity != right.popularity { return left.popularity > right.popularity }
        return left.item < right.item
    }
}
