import Glibc
import Statistics
import Testing

@testable import Ranking

/// X-Wines Slim (de Azambuja, Morais and Filipe 2023, CC0) as `reco_baselines.py wines` reads it: of what was rated
/// before 2020, which wines never rated before were liked in 2020.
struct Wines: Sendable {
    private(set) var ratings: [[(day: Int32, item: Int32, rating: Double)]] = []
    private(set) var liked: [[Int32]] = []
    private(set) var lastYear: [Double] = []
    private(set) var properties: [ItemContent.Property] = []

    init() {
        let names = readCatalog()
        let bytes = RealData.firstMember(RealData.ratings)
        let (cut, end, recent) = (RealData.day("2020-01-01"), RealData.day("2021-01-01"), RealData.day("2019-01-01"))
        var before: [String: [(day: Int32, item: Int32, rating: Double)]] = [:]
        var after: [String: Set<Int32>] = [:]
        lastYear = [Double](repeating: 0, count: names.count)
        RealData.records(bytes) { fields in
            let text = { (field: Int) in String(decoding: bytes[fields[field]], as: UTF8.self) }
            guard fields.count == 6, let item = names[text(2)], let rating = Double(text(4)) else { return }
            let day = RealData.day(bytes[fields[5]])
            if day < cut {
                before[text(1), default: []].append((day, item, rating))
                if day >= recent { lastYear[Int(item)] += 1 }
            } else if day < end, rating >= 4 {
                after[text(1), default: []].insert(item)
            }
        }
        for user in before.keys.sorted() {
            let rated = (before[user] ?? []).sorted { $0 < $1 }
            ratings.append(rated)
            let new = (after[user] ?? []).subtracting(rated.map(\.item)).sorted()
            liked.append(rated.count >= 5 ? new : [])
        }
    }

    private mutating func readCatalog() -> [String: Int32] {
        guard let file = fopen(RealData.wines, "rb") else { return [:] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        var names: [String: Int32] = [:]
        var sets = [[[String]]](repeating: [], count: 5)
        var body: [Double] = []
        var acidity: [Double] = []
        let bodies = ["Very light-bodied", "Light-bodied", "Medium-bodied", "Full-bodied", "Very full-bodied"]
        let content = bytes
        RealData.records(content) { fields in
            let text = { (field: Int) in String(decoding: content[fields[field]], as: UTF8.self) }
            names[text(0)] = Int32(names.count)
            let grapes = text(4).split { "[]\"',".contains($0) }.map(String.init).filter { $0 != " " }
            for (set, values) in [[text(2)], grapes, [text(9)], [text(11)], [text(13)]].enumerated() {
                sets[set].append(values)
            }
            body.append(Double(bodies.firstIndex(of: text(7)) ?? 0))
            acidity.append(Double(["Low", "Medium", "High"].firstIndex(of: text(8)) ?? 0))
        }
        for set in sets {
            let numbers = Dictionary(
                uniqueKeysWithValues: Set(set.flatMap { $0 }).sorted().enumerated().map { ($1, Int32($0)) }
            )
            properties.append(.sets(set.map { $0.compactMap { numbers[$0] } }))
        }
        properties += [.scale(body, range: 4), .scale(acidity, range: 2)]
        return names
    }
}

@Suite(.enabled(if: RealData.runs(RealData.ratings), RealData.comment(RealData.ratings)))
struct WineTests {
    private static let wines = Wines()

    /// recall@10, hit@3 and coverage@10 of the prototype, to all of its four decimals.
    @Test func discovery() throws {
        let wines = Self.wines
        let users = wines.liked.indices.filter { !wines.liked[$0].isEmpty }
        #expect(wines.ratings.reduce(0) { $0 + $1.count } == 105_143)
        #expect(users.count == 4784)
        let count = wines.lastYear.count
        let lines = wines.ratings.enumerated().flatMap { user, ratings in
            ratings.map { PurchaseHistory.Line(user: Int32(user), day: $0.day, item: $0.item) }
        }
        let history = try #require(PurchaseHistory(lines: lines, userCount: wines.ratings.count, itemCount: count))
        let bought = history.weighted { [Double](repeating: 1, count: $0) }
        let together = CoPurchase(bought, least: 1)
        let content = try #require(ItemContent(wines.properties, itemCount: count))
        let recent = wines.lastYear.map { log1p($0) }
        var lists: [String: [[Int]]] = [:]
        // One rating is one visit for the prototype, whatever its day.
        var popularity = [Double](repeating: 0, count: count)
        for rating in wines.ratings.joined() { popularity[Int(rating.item)] += 1 }
        for user in users {
            let rated = wines.ratings[user]
            let weights = rated.map { 0.2 + max(0, $0.rating - 3) }
            var partners = [Double](repeating: 0, count: count)
            partners.withUnsafeMutableBufferPointer { sums in
                for (rating, weight) in zip(rated, weights) {
                    together.similarity.add(Int(rating.item), times: weight, to: sums)
                }
            }
            let alike = content.scores(of: rated.map(\.item), weights: weights)
            let blend = ScoreBlend.sum([(partners.map { $0.squareRoot() }, 1), (recent, 0.5), (alike, 0.25)])
            let known = Array(bought.columns[bought.range(user)])
            for (name, scores) in [("popular", popularity), ("knn", partners), ("content", alike), ("blend", blend)] {
                let list = RankOrder.top(10, scores: scores, popularity: popularity) {
                    !known.holdsAscending(Int32($0))
                }
                lists[name, default: []].append(list)
            }
        }
        let references = [
            "popular": (0.0918, 0.0577, 0.0169), "knn": (0.1997, 0.1465, 0.3069), "content": (0.0930, 0.0736, 0.7527),
            "blend": (0.2019, 0.1434, 0.2453),
        ]
        for (name, reference) in references.sorted(by: { $0.key < $1.key }) {
            let metrics = RankingMetrics(
                lists: lists[name] ?? [],
                bought: users.map { wines.liked[$0] },
                before: users.map { _ in [] },
                itemCount: count
            )
            let recall = RankingMetrics.mean(metrics.recall) ?? 0
            let hit = RankingMetrics.mean(metrics.hitOfThree) ?? 0
            print(name, "recall", recall, "hit3", hit, "coverage", metrics.coverage)
            #expect(abs(recall - reference.0) < 0.0006, "\(name) recall \(recall)")
            #expect(abs(hit - reference.1) < 0.0006, "\(name) hit \(hit)")
            #expect(abs(metrics.coverage - reference.2) < 0.0011, "\(name) coverage \(metrics.coverage)")
        }
    }
}
