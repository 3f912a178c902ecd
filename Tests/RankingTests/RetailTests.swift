import Statistics
import Testing

@testable import Ranking

/// UCI Online Retail, cut 2011-10-10, 60 days: figures of the prototype, `reco_baselines.py retail`.
@Suite(.enabled(if: RealData.runs(RealData.retail), RealData.comment(RealData.retail)))
struct RetailTests {
    private static let retail = Retail()
    private static let window = retail.window(RealData.day("2011-10-10"), days: 60)
    private static let earlier = retail.window(RealData.day("2011-10-10") - 60, days: 60)
    private let chunks = ParallelChunks(threads: 2)

    /// Prints the figures, and fails where they are below the prototype's.
    private func hold(
        _ name: String,
        _ metrics: RankingMetrics,
        _ floor: [Double],
        since start: ContinuousClock.Instant
    ) {
        let figures = [metrics.recall, metrics.ndcgOfAll, metrics.hitOfThree].map { RankingMetrics.mean($0) ?? .nan }
        let parts = [metrics.ndcg, metrics.repeatRecall, metrics.exploreRecall].map { RankingMetrics.mean($0) ?? .nan }
        print(name, figures, "standard NDCG, repeat, explore", parts, metrics.coverage, ContinuousClock.now - start)
        for (figure, least) in zip(figures, floor) { #expect(figure > least - 5e-5, "\(name): \(figure) < \(least)") }
    }

    @Test func baselines() throws {
        let window = Self.window
        let history = window.history
        #expect(history.userCount == 2170 && window.buyers.count == 1329 && history.itemCount == 3659)
        var start = ContinuousClock.now
        hold(
            "G",
            window.metrics(window.buyers.map { _ in Baselines.popular(history) }),
            [0.0309, 0.0460, 0.3446],
            since: start
        )
        start = .now
        let frequent = Baselines.frequentLists(history, users: window.buyers)
        hold("GP", window.metrics(frequent), [0.1581, 0.2037, 0.6749], since: start)
        start = .now
        let popular = Baselines.frequentLists(history, users: window.buyers, tie: .popularity)
        hold("GP by popularity", window.metrics(popular), [0.1571, 0.2037, 0.6795], since: start)
        start = .now
        let tifu = TIFU().lists(history, users: window.buyers, pool: window.everybody, chunks: chunks)
        hold("TIFU", window.metrics(tifu), [0.1569, 0.2017, 0.6674], since: start)
        start = .now
        let upcf = Baselines.userPopularity(history, users: window.buyers, chunks: chunks)
        hold("UP-CF", window.metrics(upcf), [0.1576, 0.2049, 0.6930], since: start)
        start = .now
        let earlier = Self.earlier
        let tuned = try #require(
            TIFU.tuned(
                history: earlier.history,
                users: earlier.buyers,
                bought: earlier.bought,
                pool: earlier.everybody,
                chunks: chunks
            )
        )
        print(tuned)
        let best = tuned.lists(history, users: window.buyers, pool: window.everybody, chunks: chunks)
        hold("TIFU tuned", window.metrics(best), [0.1595, 0.2069, 0.6825], since: start)
    }

    /// Columns of the earlier window make the weights, the one before that the scale.
    @Test func scorecards() throws {
        let (window, earlier) = (Self.window, Self.earlier)
        let start = ContinuousClock.now
        let (cards, present) = (try fit(earlier), context(window, pool: window.everybody))
        let scores = cards.scores(present, users: window.buyers, chunks: chunks)
        let lists = scores.map { $0.best(10) }
        let metrics = window.metrics(lists.map { $0.map(\.item) })
        hold("scorecards", metrics, [0.1624, 0.2111, 0.6787], since: start)
        print("rebuy", cards.rebuy?.bias ?? 0, cards.rebuy?.weights ?? [])
        print("discovery", cards.discovery?.bias ?? 0, cards.discovery?.weights ?? [])

        let before = Self.retail.window(RealData.day("2011-10-10") - 120, days: 60)
        let past = try fit(before).scores(
            context(earlier, pool: earlier.everybody),
            users: earlier.buyers,
            chunks: chunks
        )
        let (odds, outcomes) = firstThree(past, earlier)
        let scale = try #require(PlattScale(logOdds: odds, outcomes: outcomes))
        let (said, happened) = firstThree(scores, window)
        let raw = try #require(Reliability(probabilities: said.map(LogOdds.probability), outcomes: happened))
        let scaled = try #require(
            Reliability(probabilities: said.map { scale.probability(logOdds: $0) }, outcomes: happened)
        )
        print("ECE", raw.expectedError, "->", scaled.expectedError, "Brier", raw.brier, "->", scaled.brier, scale)
        #expect(scaled.expectedError <= 0.04)
    }

    /// With the column that counts by days.
    @Test func scorecardsWithFading() throws {
        let (window, earlier) = (Self.window, Self.earlier)
        let cut = RealData.day("2011-10-10")
        let start = ContinuousClock.now
        let cards = try fit(earlier, asOf: cut - 60)
        let present = context(window, pool: window.everybody, asOf: cut)
        let lists = cards.scores(present, users: window.buyers, chunks: chunks).map { $0.best(10).map(\.item) }
        let metrics = window.metrics(lists)
        hold("scorecards with fading", metrics, [0.162, 0.211, 0.675], since: start)
        print("rebuy", cards.rebuy?.bias ?? 0, cards.rebuy?.weights ?? [])
        let others = TIFU(groups: 17, orderDecay: 1, groupDecay: 0.9, own: 0.3)
        let tuned = window.metrics(
            others.lists(window.history, users: window.buyers, pool: window.everybody, chunks: chunks)
        )
        let gain = try #require(Bootstrap().paired(metrics.ndcgOfAll, minus: tuned.ndcgOfAll, chunks: chunks))
        print("NDCG over tuned TIFU", gain)
        #expect(gain.lower > 0)
    }

    private func context(_ window: Window, pool: [Int], asOf: Int32? = nil) -> ScorecardContext {
        ScorecardContext(window.history, pool: pool, fading: asOf.map { Fading(asOf: $0) }, chunks: chunks)
    }

    private func fit(_ window: Window, asOf: Int32? = nil) throws -> Scorecards {
        let context = context(window, pool: window.buyers, asOf: asOf)
        return try Scorecards(fitting: context, users: window.buyers, bought: window.bought, chunks: chunks)
    }

    private func firstThree(_ scores: [UserScores], _ window: Window) -> ([Double], [Bool]) {
        var odds: [Double] = []
        var outcomes: [Bool] = []
        for (user, scores) in zip(window.buyers, scores) {
            for item in scores.best(3) {
                odds.append(item.logOdds)
                outcomes.append(window.bought[user].holdsAscending(Int32(item.item)))
            }
        }
        return (odds, outcomes)
    }
}
