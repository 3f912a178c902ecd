/// The order of every list: score rounded to 12 decimals descending, popularity descending, position ascending.
/// Rounding makes ties of what differs only by the order of a sum; the rest never depends on arrival, hashes or an
/// unstable sort.
public enum RankOrder {
    /// The score in units of its twelfth decimal.
    @inlinable
    public static func rounded(_ score: Double) -> Double { (score * 1e12).rounded(.toNearestOrEven) }

    /// The best items of a dense row of scores.
    /// - Parameters:
    ///   - scores: one an item.
    ///   - popularity: one an item.
    ///   - count: at most so many.
    ///   - isAllowed: items that may be listed; all without.
    public static func top(
        _ count: Int,
        scores: some Collection<Double>,
        popularity: [Double],
        where isAllowed: ((Int) -> Bool)? = nil
    ) -> [Int] {
        let list: [Int]? = scores.withContiguousStorageIfAvailable {
            top(count, buffer: $0, popularity: popularity, isAllowed)
        }
        if let list { return list }
        return Array(scores).withUnsafeBufferPointer { top(count, buffer: $0, popularity: popularity, isAllowed) }
    }

    private static func top(
        _ count: Int,
        buffer scores: UnsafeBufferPointer<Double>,
        popularity: [Double],
        _ isAllowed: ((Int) -> Bool)?
    ) -> [Int] {
        guard count > 0 else { return [] }
        // Items ascend, so an item goes behind all that are not worse than itself; the list is short.
        var best: [(item: Int, score: Double, popularity: Double)] = []
        best.reserveCapacity(count + 1)
        popularity.withUnsafeBufferPointer { popularity in
            for item in 0..<scores.count {
                let score = rounded(scores[item])
                if best.count == count, let last = best.last {
                    if score < last.score || score == last.score && popularity[item] <= last.popularity { continue }
                }
                if let isAllowed, !isAllowed(item) { continue }
                var place = best.count
                while place > 0 {
                    let other = best[place - 1]
                    if other.score > score || other.score == score && other.popularity >= popularity[item] { break }
                    place -= 1
                }
                best.insert((item, score, popularity[item]), at: place)
                if best.count > count { best.removeLast() }
            }
        }
        return best.map(\.item)
    }

    /// Positions of the best of a few candidates.
    static func order(_ count: Int, candidates: [Int32], scores: [Double], popularity: [Double]) -> [Int] {
        let order = candidates.indices.sorted { left, right in
            let (a, b) = (rounded(scores[left]), rounded(scores[right]))
            if a != b { return a > b }
            let (p, q) = (popularity[Int(candidates[left])], popularity[Int(candidates[right])])
            return p != q ? p > q : candidates[left] < candidates[right]
        }
        return Array(order.prefix(count))
    }
}
