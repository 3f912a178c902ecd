import Testing

@testable import Statistics

/// Against scipy.stats.entropy and numpy.quantile; values by `python3 Tests/StatisticsReference/references.py`.
@Suite struct DiversityTests {
    @Test func entropy() {
        let rows: [([Double], Double, Double)] = [
            ([1, 1, 1, 1], 1.3862943611198906, 4),
            ([5, 3, 2], 1.0296530140645737, 2.8000940728538315),
            ([0.5, 0.25, 0.125, 0.125], 1.2130075659799042, 3.363585661014858),
            ([7], 0, 1),
            ([0, 5, 3, 0, 2], 1.0296530140645737, 2.8000940728538315),
        ]
        for (weights, entropy, effective) in rows {
            let diversity = Diversity(weights: weights)
            #expect(agrees(diversity?.entropy, entropy))
            #expect(agrees(diversity?.effectiveNumber, effective))
        }
        #expect(Diversity(weights: []) == nil)
        #expect(Diversity(weights: [0, 0]) == nil)
    }

    @Test func normalisedByTheCatalogue() throws {
        let even = try #require(Diversity(weights: [1, 1, 1, 1]))
        #expect(agrees(even.normalised(kinds: 4), 1))
        #expect(agrees(even.normalised(kinds: 16), 0.5))
        #expect(even.normalised(kinds: 1) == 0)
        let uneven = try #require(Diversity(weights: [5, 3, 2]))
        #expect(agrees(uneven.millerMadow(observations: 10, kinds: 100), 1.0296530140645737 + 0.1))
        #expect(agrees(even.millerMadow(observations: 10, kinds: 4), even.entropy))
    }

    @Test func effectiveObservationsAndGini() {
        #expect(Diversity.effectiveObservations([2, 2, 2]) == 3)
        #expect(agrees(Diversity.effectiveObservations([3, 1]), 1.6))
        #expect(Diversity.effectiveObservations([]) == 0)
        #expect(agrees(Diversity.gini([1, 1, 1]), 0))
        #expect(agrees(Diversity.gini([0, 0, 0, 8]), 0.75))
        #expect(Diversity.gini([0, 0]) == nil)
    }

    @Test func quantiles() {
        let values: [Double] = [1, 2, 4, 8, 16, 32]
        let references = [(0, 1), (0.1, 1.5), (0.25, 2.5), (0.5, 6), (0.75, 14), (1, 32)]
        for (q, value) in references { #expect(agrees(Quantiles.interpolated(sorted: values, q), value)) }
        #expect(Quantiles.interpolated(sorted: [], 0.5) == nil)
        #expect(Quantiles.nearestRank(sorted: values, 0.5) == 4)
        #expect(Quantiles.nearestRank(sorted: Array(1...10).map(Double.init), 0.9) == 9)
        #expect(Quantiles.nearestRank(sorted: values, 0) == 1)
    }

    /// The 34.4 % of UCI's buyers with one order never fall into two scores.
    @Test func quintilesByValue() throws {
        let frequencies: [Double] = [1, 1, 1, 1, 2, 2, 3, 4, 7, 20]
        let quintiles = try #require(Quintiles(of: frequencies))
        #expect(quintiles.cuts == [1, 1, 2, 4])
        #expect(frequencies.map(quintiles.score) == [1, 1, 1, 1, 3, 3, 4, 4, 5, 5])
        #expect(frequencies.map(quintiles.reversedScore) == [5, 5, 5, 5, 3, 3, 2, 2, 1, 1])
        #expect(Quintiles(of: []) == nil)
        #expect(Quintiles(of: [4])?.cuts == [4, 4, 4, 4])
    }

    @Test func equalValuesHaveEqualScoresInEveryOrder() throws {
        var numbers = NumberSequence()
        for _ in 0..<100 {
            let values = (0..<(1 + numbers.below(60))).map { _ in Double(numbers.below(7)) }
            let quintiles = try #require(Quintiles(of: values))
            #expect(quintiles == Quintiles(of: values.reversed()))
            for value in values {
                #expect((1...5).contains(quintiles.score(value)))
                #expect(quintiles.score(value) + quintiles.reversedScore(value) == 6)
            }
            let sorted = values.sorted().map(quintiles.score)
            #expect(sorted == sorted.sorted())
        }
    }

    @Test func shrunkRates() {
        let prior = ShrunkRate(hits: 20, trials: 100, strength: 10)
        #expect(prior?.rate(hits: 0, trials: 0) == 0.2)
        #expect(agrees(prior?.rate(hits: 10, trials: 10), 0.6))
        #expect(ShrunkRate(hits: 0, trials: 0, strength: 10) == nil)
        #expect(agrees(ShrunkRate.mean(own: 10, count: 1, population: 30, strength: 3), 25))
    }
}
