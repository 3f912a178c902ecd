import Glibc
public import Statistics

/// What every report is measured against. All lists are in the order of `RankOrder`.
public enum Baselines {
    /// G: what most orders hold, the same for everybody.
    public static func popular(_ history: PurchaseHistory, count: Int = 10) -> [Int] {
        let popularity = history.popularity()
        return RankOrder.top(count, scores: popularity, popularity: popularity)
    }

    /// What breaks ties of equal personal frequency. It alone moves recall by a hundredth.
    public enum TieBreak: Sendable, Equatable {
        /// Bought last first, then popularity.
        case recency
        /// Popularity.
        case popularity
    }

    /// P: what the user bought most often; GP: filled up with the most popular of the rest (Li, Jullien,
    /// Ariannezhad and de Rijke 2023, A next basket recommendation reality check, TOIS 41).
    /// - Parameter fill: the items of G to fill up with; none for P.
    public static func frequent(
        _ history: PurchaseHistory,
        user: Int,
        popularity: [Double],
        tie: TieBreak = .recency,
        fill: [Int] = [],
        count: Int = 10
    ) -> [Int] {
        let orders = history.orders(of: user)
        var bought: [(item: Int32, order: Int32)] = []
        for order in orders {
            for position in history.itemRange(of: order) { bought.append((history.items[position], Int32(order))) }
        }
        bought.sort { $0 < $1 }
        var items: [(item: Int32, times: Int, last: Int32)] = []
        for (item, order) in bought {
            if let last = items.indices.last, items[last].item == item {
                items[last].times += 1
                items[last].last = order
            } else {
                items.append((item, 1, order))
            }
        }
        let known = items.map(\.item)
        items.sort { left, right in
            if left.times != right.times { return left.times > right.times }
            if tie == .recency, left.last != right.last { return left.last > right.last }
            let (p, q) = (popularity[Int(left.item)], popularity[Int(right.item)])
            return p != q ? p > q : left.item < right.item
        }
        var list = items.prefix(count).map { Int($0.item) }
        for item in fill where list.count < count && !contains(known, Int32(item)) { list.append(item) }
        return list
    }

    /// Whether an ascending list holds it.
    private static func contains(_ sorted: [Int32], _ value: Int32) -> Bool {
        var range = 0..<sorted.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if sorted[middle] == value { return true }
            range = sorted[middle] < value ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }

    /// GP of each user.
    public static func frequentLists(
        _ history: PurchaseHistory,
        users: [Int],
        tie: TieBreak = .recency,
        count: Int = 10
    ) -> [[Int]] {
        let popularity = history.popularity()
        let fill = RankOrder.top(1000, scores: popularity, popularity: popularity)
        return users.map {
            frequent(history, user: $0, popularity: popularity, tie: tie, fill: fill, count: count)
        }
    }

    /// UP-CF@r: popularity within the last r orders of users, weighted by the asymmetric cosine of what they ever
    /// bought, to the power of the locality (Faggioli, Polato and Aiolli 2020, Recency aware collaborative filtering
    /// for next basket recommendation, UMAP).
    public static func userPopularity(
        _ history: PurchaseHistory,
        users: [Int],
        recent: Int = 10,
        asymmetry: Double = 0.75,
        locality: Double = 10,
        count: Int = 10,
        chunks: ParallelChunks = .serial
    ) -> [[Int]] {
        let bought = history.weighted { [Double](repeating: 1, count: $0) }.map { _ in 1 }
        let shares = history.weighted { orders in
            let taken = min(orders, recent)
            return (0..<orders).map { $0 < orders - taken ? 0 : 1 / Double(taken) }
        }
        let holders = bought.transposed()
        let degrees = (0..<bought.rowCount).map { Double(bought.range($0).count) }
        let others = degrees.map { pow($0, 1 - asymmetry) }
        let popularity = history.popularity()
        return chunks.map(users.count, size: 32) { range in
            var common = [Double](repeating: 0, count: bought.rowCount)
            var scores = [Double](repeating: 0, count: bought.columnCount)
            return range.map { index in
                let user = users[index]
                let own = pow(degrees[user], asymmetry)
                common.withUnsafeMutableBufferPointer { common in
                    common.update(repeating: 0)
                    for position in bought.range(user) {
                        holders.add(Int(bought.columns[position]), times: 1, to: common)
                    }
                }
                scores.withUnsafeMutableBufferPointer { scores in
                    scores.update(repeating: 0)
                    for other in 0..<bought.rowCount where common[other] > 0 {
                        shares.add(other, times: pow(common[other] / (own * others[other]), locality), to: scores)
                    }
                }
                return RankOrder.top(count, scores: scores, popularity: popularity)
            }
        }.flatMap { $0 }
    }
}
