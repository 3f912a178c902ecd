import Glibc
import Statistics

/// How good lists were, a figure a user, so that two methods can be compared user by user.
public struct RankingMetrics: Sendable, Equatable {
    /// Share of what was bought that the list holds.
    public private(set) var recall: [Double] = []
    /// DCG over that of the best list of all bought items, however many: what the published codes of TIFU-KNN compute.
    public private(set) var ndcgOfAll: [Double] = []
    /// DCG over that of the best list of the same length (Järvelin and Kekäläinen 2002, ACM TOIS 20, 422).
    public private(set) var ndcg: [Double] = []
    /// 1 when any item of the list was bought.
    public private(set) var hit: [Double] = []
    /// 1 when any of the first three was.
    public private(set) var hitOfThree: [Double] = []
    /// Share of the first three that was; missing ones count as not.
    public private(set) var precisionOfThree: [Double] = []
    /// Recall of what the user had bought before; only of users who bought such.
    public private(set) var repeatRecall: [Double] = []
    /// Recall of what the user had never bought; only of users who bought such.
    public private(set) var exploreRecall: [Double] = []
    /// How many lists hold each item.
    public private(set) var exposure: [Double]

    /// Compares lists with what happened.
    /// - Parameters:
    ///   - lists: one a user, best first.
    ///   - bought: what each bought in the window, ascending, each once. Users who bought nothing are left out.
    ///   - before: what each had bought before, ascending.
    ///   - length: the k of recall@k, NDCG@k and hit@k.
    public init(lists: [[Int]], bought: [[Int32]], before: [[Int32]], itemCount: Int, length: Int = 10) {
        exposure = [Double](repeating: 0, count: itemCount)
        for index in lists.indices where !bought[index].isEmpty {
            add(Array(lists[index].prefix(length)), Set(bought[index]), Set(before[index]), length)
        }
    }

    private mutating func add(_ list: [Int], _ bought: Set<Int32>, _ before: Set<Int32>, _ length: Int) {
        let isHit = list.map { bought.contains(Int32($0)) }
        var gain = 0.0
        for (rank, isHit) in isHit.enumerated() {
            exposure[list[rank]] += 1
            if isHit { gain += Self.discount(rank) }
        }
        let hits = isHit.count { $0 }
        recall.append(Double(hits) / Double(bought.count))
        ndcgOfAll.append(gain / Self.idealGain(bought.count))
        ndcg.append(gain / Self.idealGain(min(length, bought.count)))
        hit.append(hits > 0 ? 1 : 0)
        let ofThree = isHit.prefix(3).count { $0 }
        hitOfThree.append(ofThree > 0 ? 1 : 0)
        precisionOfThree.append(Double(ofThree) / 3)
        let known = bought.count { before.contains($0) }
        let knownHits = zip(list, isHit).count { $1 && before.contains(Int32($0)) }
        if known > 0 { repeatRecall.append(Double(knownHits) / Double(known)) }
        if known < bought.count { exploreRecall.append(Double(hits - knownHits) / Double(bought.count - known)) }
    }

    private static func discount(_ rank: Int) -> Double { 1 / log2(Double(rank + 2)) }

    private static func idealGain(_ count: Int) -> Double {
        var sum = 0.0
        for rank in 0..<count { sum += discount(rank) }
        return sum
    }

    /// The mean of a figure; nil without users.
    public static func mean(_ figures: [Double]) -> Double? {
        figures.isEmpty ? nil : figures.reduce(0, +) / Double(figures.count)
    }

    /// Share of the catalogue that any list holds.
    public var coverage: Double {
        exposure.isEmpty ? 0 : Double(exposure.count { $0 > 0 }) / Double(exposure.count)
    }

    /// Gini's coefficient of the exposure; nil when nothing was listed.
    public var exposureGini: Double? { Diversity.gini(exposure) }

    /// 1 - cosine of two vectors, averaged over all pairs of a list (Ziegler, McNee, Konstan and Lausen 2005, WWW).
    /// - Returns: nil for fewer than two vectors.
    public static func intraListDiversity(_ vectors: [[Double]]) -> Double? {
        guard vectors.count > 1 else { return nil }
        var sum = 0.0
        for first in vectors.indices {
            for second in 0..<first { sum += 1 - cosine(vectors[first], vectors[second]) }
        }
        return 2 * sum / Double(vectors.count * (vectors.count - 1))
    }

    private static func cosine(_ first: [Double], _ second: [Double]) -> Double {
        var (dot, square, other) = (0.0, 0.0, 0.0)
        for (x, y) in zip(first, second) {
            dot += x * y
            square += x * x
            other += y * y
        }
        return square > 0 && other > 0 ? dot / (square * other).squareRoot() : 0
    }
}
