import Statistics
import Testing

@testable import Ranking

/// A shop of noise with a few habits: 60 users, 40 items, 90 days.
struct NoiseShop {
    private(set) var lines: [PurchaseHistory.Line] = []
    let history: PurchaseHistory

    init(_ seed: UInt64, users: Int = 60, items: Int = 40) throws {
        let random = CounterRandom(seed: seed)
        for user in 0..<users {
            for visit in 0..<UInt64(1 + user % 7) {
                for line in 0..<UInt64(1 + user % 4) {
                    let habit = random.unit(UInt64(user), visit * 10 + line)
                    let any = random.unit(UInt64(user) + 1000, visit * 10 + line)
                    let item = habit < 0.4 ? (user * 7) % items : Int(any * any * Double(items))
                    lines.append(.init(user: Int32(user), day: Int32(visit * 13), item: Int32(item)))
                }
            }
        }
        history = try #require(PurchaseHistory(lines: lines, userCount: users, itemCount: items))
    }

    var everybody: [Int] { Array(0..<history.userCount) }
}

@Suite struct RankingTests {
    @Test func historySortsLinesIntoOrders() throws {
        let lines: [PurchaseHistory.Line] = [
            .init(user: 1, day: 9, item: 2), .init(user: 0, day: 5, item: 3), .init(user: 0, day: -2, item: 1),
            .init(user: 0, day: 5, item: 0), .init(user: 0, day: 5, item: 3),
        ]
        let history = try #require(PurchaseHistory(lines: lines, userCount: 3, itemCount: 4))
        #expect(history.userStarts == [0, 2, 3, 3])
        #expect(history.days == [-2, 5, 9])
        #expect(history.items == [1, 0, 3, 2])
        #expect(history.orderStarts == [0, 1, 3, 4])
        #expect(history.popularity() == [1, 1, 1, 1])
        #expect(PurchaseHistory(lines: lines, userCount: 1, itemCount: 4) == nil)
        #expect(PurchaseHistory(lines: lines, userCount: 3, itemCount: 3) == nil)
        let weighted = history.weighted { (0..<$0).map { Double($0) } }
        #expect(weighted.columns == [0, 3])
    }

    @Test func theOrderOfLinesDoesNotMatter() throws {
        let shop = try NoiseShop(1)
        let shuffled = PurchaseHistory(lines: shop.lines.reversed(), userCount: 60, itemCount: 40)
        #expect(shuffled == shop.history)
    }

    @Test func topIsByScorePopularityAndPosition() {
        let popularity: [Double] = [5, 9, 5, 1, 9]
        #expect(RankOrder.top(5, scores: [1, 1, 1, 2, 1], popularity: popularity) == [3, 1, 4, 0, 2])
        // What differs in the 13th decimal is a tie.
        #expect(RankOrder.top(2, scores: [0.3 + 1e-14, 0.3, 0, 0, 0], popularity: popularity) == [1, 0])
        #expect(RankOrder.top(2, scores: [1, 1, 1, 2, 1], popularity: popularity) { $0 != 3 } == [1, 4])
        #expect(RankOrder.top(0, scores: [1], popularity: [1]).isEmpty)
    }

    @Test func topAgreesWithASort() {
        let random = CounterRandom(seed: 3)
        for round in 0..<100 as Range<UInt64> {
            let scores = (0..<30).map { (random.unit(round, $0) * 6).rounded() }
            let popularity = (0..<30).map { (random.unit(round, $0 + 100) * 4).rounded() }
            let sorted = (0..<30).sorted {
                (-scores[$0], -popularity[$0], $0) < (-scores[$1], -popularity[$1], $1)
            }
            #expect(RankOrder.top(7, scores: scores, popularity: popularity) == Array(sorted.prefix(7)))
        }
    }

    @Test func peersAgreeWithASortOfAllDistances() throws {
        let shop = try NoiseShop(2)
        let vectors = TIFU().vectors(shop.history)
        let dense = (0..<vectors.rowCount).map { row in
            var values = [Double](repeating: 0, count: vectors.columnCount)
            for position in vectors.range(row) { values[Int(vectors.columns[position])] = vectors.values[position] }
            return values
        }
        let pool = shop.everybody.filter { $0 % 3 != 1 }
        let nearest = NearestPeers(vectors, pool: pool)
        for user in shop.everybody {
            let distances = pool.map { other in
                zip(dense[user], dense[other]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            let sorted = pool.indices.filter { pool[$0] != user }.sorted {
                (RankOrder.rounded(distances[$0]), $0) < (RankOrder.rounded(distances[$1]), $1)
            }
            #expect(nearest.peers(of: user, 9) == sorted.prefix(9).map { pool[$0] })
        }
        #expect(nearest.peers(of: 0, 1000).count == pool.count - 1)
    }

    /// Values of `tifu_weights` of the prototype.
    @Test func tifuWeights() {
        let close = { (left: [Double], right: [Double]) in
            left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < 1e-15 }
        }
        #expect(TIFU.groupSizes(10, 7) == [1, 1, 1, 1, 2, 2, 2])
        #expect(TIFU.groupSizes(3, 7) == [1, 1, 1])
        #expect(TIFU.groupSizes(14, 7) == [2, 2, 2, 2, 2, 2, 2])
        let tifu = TIFU(groups: 2, orderDecay: 0.5, groupDecay: 0.1)
        #expect(close(tifu.weights(3), [0.25 * 0.1 / 2, 0.5 / 4, 1.0 / 4]))
        #expect(close(tifu.weights(1), [0.1]))
        #expect(tifu.weights(0).isEmpty)
    }

    @Test func coPurchaseAgreesWithCounting() throws {
        let shop = try NoiseShop(4)
        let orders = shop.history.orderMatrix()
        let similarity = CoPurchase(orders).similarity
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 40), count: 40)
        for order in 0..<orders.rowCount {
            for first in orders.range(order) {
                for second in orders.range(order) {
                    counts[Int(orders.columns[first])][Int(orders.columns[second])] += 1
                }
            }
        }
        for item in 0..<40 {
            var partners: [Int32] = []
            for partner in 0..<40 where partner != item && counts[item][partner] >= 2 {
                partners.append(Int32(partner))
            }
            let range = similarity.range(item)
            #expect(Array(similarity.columns[range]) == partners)
            for position in range {
                let partner = Int(similarity.columns[position])
                let scale = Double(counts[item][item] * counts[partner][partner]).squareRoot() + 10
                #expect(abs(similarity.values[position] - Double(counts[item][partner]) / scale) < 1e-15)
            }
        }
    }

    @Test func frequentFillsUpWithThePopular() throws {
        let lines: [PurchaseHistory.Line] = [
            .init(user: 0, day: 1, item: 4), .init(user: 0, day: 2, item: 3), .init(user: 0, day: 3, item: 3),
            .init(user: 0, day: 3, item: 2), .init(user: 1, day: 1, item: 0), .init(user: 1, day: 2, item: 0),
            .init(user: 1, day: 2, item: 4),
        ]
        let history = try #require(PurchaseHistory(lines: lines, userCount: 2, itemCount: 5))
        #expect(Baselines.popular(history, count: 2) == [0, 3])
        let lists = Baselines.frequentLists(history, users: [0, 1], count: 4)
        #expect(lists == [[3, 2, 4, 0], [0, 4, 3, 2]])
        let byPopularity = Baselines.frequentLists(history, users: [0], tie: .popularity, count: 3)
        #expect(byPopularity == [[3, 4, 2]])
        let personal = Baselines.frequent(history, user: 1, popularity: history.popularity(), count: 4)
        #expect(personal == [0, 4])
    }

    @Test func metricsOfAKnownList() throws {
        let metrics = RankingMetrics(
            lists: [[5, 1, 9, 2], [1, 2, 3, 4], [0]],
            bought: [[1, 2, 7], [8], []],
            before: [[1], [], []],
            itemCount: 10,
            length: 4
        )
        #expect(metrics.recall == [2.0 / 3, 0])
        #expect(metrics.hit == [1, 0] && metrics.hitOfThree == [1, 0])
        #expect(metrics.precisionOfThree == [1.0 / 3, 0])
        #expect(metrics.repeatRecall == [1])
        #expect(metrics.exploreRecall == [0.5, 0])
        let gain = 0.6309297535714575 + 0.43067655807339306
        let ideal = 1 + 0.6309297535714575 + 0.5
        #expect(abs(metrics.ndcg[0] - gain / ideal) < 1e-12)
        #expect(metrics.coverage == 0.6)
        #expect(RankingMetrics.mean([]) == nil)
        #expect(RankingMetrics.intraListDiversity([[1, 0], [0, 1], [1, 0]]) == 2.0 / 3)
        #expect(RankingMetrics.intraListDiversity([[1, 0]]) == nil)
    }

    @Test func selectionTakesTwoOfAFamilyAndOneAlias() {
        let candidate = { (item: Int, identity: Int, family: Int?, probability: Double) in
            ListSelection.Candidate(
                item: item,
                identity: identity,
                family: family,
                probability: probability,
                popularity: Double(item % 2)
            )
        }
        let candidates = [
            candidate(1, 1, 7, 0.9), candidate(2, 1, 8, 0.8), candidate(3, 3, 7, 0.7), candidate(4, 4, 7, 0.6),
            candidate(5, 5, nil, 0.5), candidate(6, 6, nil, 0.5),
        ]
        let list = ListSelection().select(candidates)
        #expect(list.map(\.item) == [1, 3, 5])
        #expect(ListSelection().select(candidates.reversed()) == list)
        #expect(ListSelection(length: 9).select(candidates).map(\.item) == [1, 3, 5, 6])
        #expect(ListSelection().select([]).isEmpty)
    }

    @Test func contentIsTheMeanOfItsProperties() throws {
        let content = try #require(
            ItemContent([.sets([[0], [0, 1], [1], []]), .scale([0, 1, 2, 2], range: 2)], itemCount: 4)
        )
        let scores = content.scores(of: [0], weights: [3])
        let expected = [1, (0.5.squareRoot() + 0.5) / 2, 0, 0]
        for (score, value) in zip(scores, expected) { #expect(abs(score - value) < 1e-15) }
        #expect(content.scores(of: [], weights: []) == [0, 0, 0, 0])
        #expect(ItemContent([], itemCount: 4) == nil)
        #expect(ItemContent([.scale([1], range: 2)], itemCount: 4) == nil)
        #expect(ScoreBlend.sum([([5, 5], 1), ([0, 2], 0.5)]).map { ($0 * 1e6).rounded() / 1e6 } == [-0.5, 0.5])
    }
}
