public import Statistics

extension TIFU {
    /// The parameters that a report compares with: the published ones are no strong bar.
    public struct Grid: Sendable, Equatable {
        /// m.
        public var groups = [7, 17]
        /// r_b.
        public var orderDecays = [0.9, 1.0]
        /// r_g.
        public var groupDecays = [0.7, 0.9]
        /// alpha.
        public var owns = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9]
        /// k.
        public var peers = 300

        /// The prototype's grid.
        public init() {}
    }

    /// The parameters of a grid with the best mean NDCG@10 (over the ideal of all bought items) on a window that has
    /// closed; of equals the first.
    /// - Parameters:
    ///   - history: before the window.
    ///   - users: who bought in it.
    ///   - bought: of each user of the history, ascending.
    /// - Returns: nil when nobody bought.
    public static func tuned(
        _ grid: Grid = Grid(),
        history: PurchaseHistory,
        users: [Int],
        bought: [[Int32]],
        pool: [Int],
        chunks: ParallelChunks = .serial
    ) -> TIFU? {
        var best: (gain: Double, model: TIFU)?
        for groups in grid.groups {
            for orderDecay in grid.orderDecays {
                for groupDecay in grid.groupDecays {
                    let model = TIFU(groups: groups, orderDecay: orderDecay, groupDecay: groupDecay, peers: grid.peers)
                    let gains = model.gains(grid.owns, history, users, bought, pool, chunks)
                    for (own, gain) in zip(grid.owns, gains) where gain > best?.gain ?? -1 {
                        var chosen = model
                        chosen.own = own
                        best = (gain, chosen)
                    }
                }
            }
        }
        return users.isEmpty ? nil : best?.model
    }

    /// The mean NDCG for each share of the own vector: peers are looked for once.
    private func gains(
        _ owns: [Double],
        _ history: PurchaseHistory,
        _ users: [Int],
        _ bought: [[Int32]],
        _ pool: [Int],
        _ chunks: ParallelChunks
    ) -> [Double] {
        let vectors = vectors(history)
        let nearest = NearestPeers(vectors, pool: pool)
        let popularity = history.popularity()
        let k = peers
        let parts = chunks.map(users.count, size: 32) { range in
            var scores = [Double](repeating: 0, count: vectors.columnCount)
            var lists = [[[Int]]](repeating: [], count: owns.count)
            for index in range {
                let peers = nearest.peers(of: users[index], k)
                for (number, own) in owns.enumerated() {
                    scores.withUnsafeMutableBufferPointer { scores in
                        scores.update(repeating: 0)
                        nearest.addMean(of: vectors, peers: peers, times: 1 - own, to: scores)
                        vectors.add(users[index], times: own, to: scores)
                    }
                    lists[number].append(RankOrder.top(10, scores: scores, popularity: popularity))
                }
            }
            let truth = range.map { bought[users[$0]] }
            return lists.map { list in
                let none = truth.map { _ in [Int32]() }
                let metrics = RankingMetrics(lists: list, bought: truth, before: none, itemCount: history.itemCount)
                return metrics.ndcgOfAll.reduce(0, +)
            }
        }
        var sums = [Double](repeating: 0, count: owns.count)
        for part in parts {
            for number in sums.indices { sums[number] += part[number] }
        }
        return sums.map { $0 / Double(max(1, users.count)) }
    }
}
