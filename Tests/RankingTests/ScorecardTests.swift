import Statistics
import Testing

@testable import Ranking

@Suite struct ScorecardTests {
    private static func outcome(_ shop: NoiseShop, seed: UInt64 = 9) -> [[Int32]] {
        let random = CounterRandom(seed: seed)
        return shop.everybody.map { user in
            let habit = (user * 7) % 40
            let any = (0..<3).map { Int32(random.unit(UInt64(user), $0) * 40) }
            return Set(any + (random.unit(UInt64(user), 9) < 0.6 ? [Int32(habit)] : [])).sorted()
        }
    }

    private static func cards(_ shop: NoiseShop, _ chunks: ParallelChunks) throws -> Scorecards {
        let context = ScorecardContext(shop.history, pool: shop.everybody, peerCount: 12, chunks: chunks)
        return try Scorecards(fitting: context, users: shop.everybody, bought: outcome(shop), chunks: chunks)
    }

    @Test func areTheSameOnAnyNumberOfThreadsAndInAnyOrderOfLines() throws {
        let shop = try NoiseShop(5, users: 200)
        let cards = try Self.cards(shop, .serial)
        let context = ScorecardContext(shop.history, pool: shop.everybody, peerCount: 12)
        let scores = cards.scores(context, users: shop.everybody)
        for threads in [2, 4] {
            let chunks = ParallelChunks(threads: threads)
            #expect(try Self.cards(shop, chunks) == cards)
            let again = ScorecardContext(shop.history, pool: shop.everybody, peerCount: 12, chunks: chunks)
            #expect(cards.scores(again, users: shop.everybody, chunks: chunks) == scores)
        }
        #expect(cards.rebuy?.weights.dropLast(2).allSatisfy { $0 >= 0 } == true)
        #expect(cards.discovery?.weights.dropLast(2).allSatisfy { $0 >= 0 } == true)
    }

    @Test func scoresAreContributionsAndItemsAreOfTheirCard() throws {
        let shop = try NoiseShop(6)
        let cards = try Self.cards(shop, .serial)
        let context = ScorecardContext(shop.history, pool: shop.everybody, peerCount: 12)
        let users = shop.everybody.filter { $0 % 2 == 0 }
        for (user, scores) in zip(users, cards.scores(context, users: users)) {
            let seen = context.bought.columns[context.bought.range(user)]
            #expect(scores.rebuy.allSatisfy { seen.holdsAscending(Int32($0.item)) })
            #expect(!scores.discovery.contains { seen.holdsAscending(Int32($0.item)) })
            for item in scores.rebuy {
                let card = try #require(cards.rebuy)
                #expect(abs(card.contributions(item.values).reduce(card.bias, +) - item.logOdds) < 1e-9)
            }
            let best = scores.best(10)
            #expect(best.count == 10)
            #expect(Set(best.map(\.item)).count == 10)
            #expect(zip(best, best.dropFirst()).allSatisfy { $0.isBefore($1) })
        }
    }

    @Test func onlyEligibleItemsAreScored() throws {
        let shop = try NoiseShop(7)
        let cards = try Self.cards(shop, .serial)
        let context = ScorecardContext(shop.history, pool: shop.everybody, peerCount: 12)
        let isEligible = (0..<40).map { $0 % 3 == 0 }
        let scores = cards.scores(context, users: shop.everybody, isEligible: isEligible)
        #expect(scores.contains { !$0.rebuy.isEmpty } && scores.contains { !$0.discovery.isEmpty })
        #expect(scores.allSatisfy { ($0.rebuy + $0.discovery).allSatisfy { isEligible[$0.item] } })
    }

    @Test func aSignalIsAColumnOfTheDiscoveryCard() throws {
        let shop = try NoiseShop(8)
        let likesEven = ItemSignal(name: "even") { user, item in (user + item) % 2 == 0 ? 1 : 0 }
        let context = ScorecardContext(shop.history, pool: shop.everybody, peerCount: 12, signals: [likesEven])
        let bought = shop.everybody.map { user in
            (0..<40).filter { ($0 + user) % 2 == 0 && $0 % 5 != user % 3 }.map { Int32($0) }
        }
        let cards = try Scorecards(fitting: context, users: shop.everybody, bought: bought)
        let names = Scorecards.discoveryNames(signals: ["even"])
        #expect(names.count == cards.discovery?.weights.count)
        let column = try #require(names.firstIndex(of: "even"))
        #expect((cards.discovery?.weights[column] ?? 0) > 0.5)
    }

    @Test func whereNobodyBoughtThereIsNoCard() throws {
        let shop = try NoiseShop(9)
        let context = ScorecardContext(shop.history, pool: shop.everybody, peerCount: 12)
        let none = try Scorecards(fitting: context, users: shop.everybody, bought: shop.everybody.map { _ in [] })
        #expect(none.rebuy == nil && none.discovery == nil)
        #expect(none.scores(context, users: [0]).allSatisfy { $0.best(10).isEmpty })
        let empty = try #require(PurchaseHistory(lines: [], userCount: 0, itemCount: 0))
        let nothing = ScorecardContext(empty, pool: [])
        #expect(try Scorecards(fitting: nothing, users: [], bought: []).rebuy == nil)
    }

    /// A user with one order, and one with none, are scored too.
    @Test func fewOrdersAreEnough() throws {
        let lines = try NoiseShop(10).lines
        let history = try #require(PurchaseHistory(lines: lines, userCount: 61, itemCount: 40))
        let pool = Array(0..<60)
        let context = ScorecardContext(history, pool: pool, peerCount: 12)
        let shop = try NoiseShop(10)
        let cards = try Self.cards(shop, .serial)
        let scores = cards.scores(context, users: [0, 60])
        #expect(scores[0].rebuy.count == 1 && scores[1].rebuy.isEmpty)
        #expect((scores[0].discovery + scores[1].discovery).allSatisfy { $0.logOdds.isFinite })
        #expect(scores[1].discovery.count == 10)
    }
}
