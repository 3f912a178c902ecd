import Glibc
public import Statistics

/// TIFU-KNN: temporal item frequencies of a user mixed with those of peers (Hu, He, Gao and Zhang 2020, SIGIR).
public struct TIFU: Sendable, Equatable {
    /// m: groups that a history is cut into.
    public var groups: Int
    /// r_b: decay from order to order. As in the released code it runs over the whole history.
    public var orderDecay: Double
    /// r_g: decay from group to group.
    public var groupDecay: Double
    /// k.
    public var peers: Int
    /// alpha: share of the user's own vector.
    public var own: Double

    /// The published parameters for Ta-Feng by default.
    public init(
        groups: Int = 7,
        orderDecay: Double = 0.9,
        groupDecay: Double = 0.7,
        peers: Int = 300,
        own: Double = 0.7
    ) {
        self.groups = groups
        self.orderDecay = orderDecay
        self.groupDecay = groupDecay
        self.peers = peers
        self.own = own
    }

    /// The weights of n orders, oldest first.
    public func weights(_ count: Int) -> [Double] {
        let sizes = Self.groupSizes(count, groups)
        var weights: [Double] = []
        weights.reserveCapacity(count)
        for (group, size) in sizes.enumerated() {
            for _ in 0..<size {
                let decay = pow(orderDecay, Double(count - 1 - weights.count))
                let weight = decay * pow(groupDecay, Double(groups - 1 - group)) / Double(size)
                weights.append(weight / Double(sizes.count))
            }
        }
        return weights
    }

    /// Fewer orders than groups: one a group. Otherwise equal groups, the later ones longer by one.
    static func groupSizes(_ count: Int, _ groups: Int) -> [Int] {
        guard count >= groups else { return [Int](repeating: 1, count: count) }
        let base = count / groups
        let longer = count % groups
        return (0..<groups).map { $0 < groups - longer ? base : base + 1 }
    }

    /// Users' vectors as rows.
    public func vectors(_ history: PurchaseHistory) -> SparseMatrix { history.weighted(weights) }

    /// Ten items, or as many as asked for, of each user.
    public func lists(
        _ history: PurchaseHistory,
        users: [Int],
        pool: [Int],
        count: Int = 10,
        chunks: ParallelChunks = .serial
    ) -> [[Int]] {
        let vectors = vectors(history)
        let nearest = NearestPeers(vectors, pool: pool)
        let popularity = history.popularity()
        let (k, own) = (peers, own)
        return chunks.map(users.count, size: 32) { range in
            var scores = [Double](repeating: 0, count: vectors.columnCount)
            return range.map { index in
                let user = users[index]
                let peers = nearest.peers(of: user, k)
                scores.withUnsafeMutableBufferPointer { scores in
                    scores.update(repeating: 0)
                    nearest.addMean(of: vectors, peers: peers, times: 1 - own, to: scores)
                    vectors.add(user, times: own, to: scores)
                }
                return RankOrder.top(count, scores: scores, popularity: popularity)
            }
        }.flatMap { $0 }
    }
}
