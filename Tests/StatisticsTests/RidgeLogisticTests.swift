import Testing

@testable import Statistics

/// Against scikit-learn's LogisticRegression(C=1) on standardised columns; values by
/// `python3 Tests/StatisticsReference/references.py`.
@Suite struct RidgeLogisticTests {
    /// The 400 rows of the reference.
    private static func rows(columns: Int) -> FeatureRows {
        var numbers = NumberSequence()
        var rows = FeatureRows(columnCount: columns)
        for _ in 0..<400 {
            let raw = numbers.numbers(5)
            let row = [raw[0], raw[1] * 10 + 5, raw[2] * 100 - 50, raw[3] + 3]
            let odds = 3 * raw[0] + 1.5 * raw[1] + 0.3 * raw[2] - 2 * raw[3] - 1
            rows.append(Array(row[..<columns]), outcome: raw[4] < LogOdds.probability(odds))
        }
        return rows
    }

    @Test func agreesWithScikitLearn() throws {
        let card = try RidgeLogistic(exempt: [3]).fit(Self.rows(columns: 4))
        let reference = [
            0.61066719656830626, 0.87680192921162603, 0.32988204975973029, 0.27121216642433316, -0.9486549689327487,
        ]
        for (value, expected) in zip([card.bias] + card.weights, reference) { #expect(agrees(value, expected, 1e-8)) }
    }

    @Test func dropsANegativeWeightAndFitsTheRestAgain() throws {
        let card = try RidgeLogistic().fit(Self.rows(columns: 4))
        let reference = [0.5298832662489904, 0.81295070901746003, 0.32947285125974551, 0.16439816764125503, 0]
        for (value, expected) in zip([card.bias] + card.weights, reference) { #expect(agrees(value, expected, 1e-8)) }
        #expect(card.weights[3] == 0)
    }

    @Test func contributionsSumToTheLogOdds() throws {
        let rows = Self.rows(columns: 4)
        let card = try RidgeLogistic(exempt: [3]).fit(rows)
        for index in 0..<rows.count {
            let sum = card.contributions(rows.row(index)).reduce(card.bias, +)
            #expect(abs(sum - card.logOdds(rows.row(index))) < 1e-12)
        }
    }

    @Test func isTheSameOnAnyNumberOfThreads() throws {
        var numbers = NumberSequence()
        var rows = FeatureRows(columnCount: 2)
        for _ in 0..<9000 {
            let row = numbers.numbers(2)
            rows.append(row, outcome: numbers.next() < row[0])
        }
        let serial = try RidgeLogistic().fit(rows)
        for threads in [2, 4] {
            #expect(try RidgeLogistic().fit(rows, chunks: ParallelChunks(threads: threads)) == serial)
        }
    }

    @Test func separableRowsHaveACard() throws {
        var rows = FeatureRows(columnCount: 1)
        for index in 0..<40 { rows.append([Double(index)], outcome: index >= 20) }
        let card = try RidgeLogistic().fit(rows)
        #expect(card.weights[0] > 1 && card.weights[0] < 20)
        #expect(card.logOdds([0]) < -1 && card.logOdds([39]) > 1)
    }

    @Test func constantColumnsWeighNothing() throws {
        var rows = FeatureRows(columnCount: 3)
        for index in 0..<40 { rows.append([0.1, Double(index % 7), 0], outcome: index % 3 == 0) }
        let card = try RidgeLogistic(exempt: [0, 1, 2]).fit(rows)
        #expect(card.weights[0] == 0 && card.weights[2] == 0)
        var empty = FeatureRows(columnCount: 1)
        for index in 0..<10 { empty.append([0], outcome: index < 3) }
        let none = try RidgeLogistic().fit(empty)
        #expect(none.weights == [0])
        #expect(agrees(none.bias, LogOdds.of(0.3), 1e-9))
    }

    @Test func saysWhyThereIsNoCard() {
        #expect(throws: RidgeLogistic.Failure.noRows) { try RidgeLogistic().fit(FeatureRows(columnCount: 1)) }
        var rows = FeatureRows(columnCount: 1)
        rows.append([1], outcome: true)
        rows.append([2], outcome: true)
        let same = rows
        #expect(throws: RidgeLogistic.Failure.oneOutcome) { try RidgeLogistic().fit(same) }
        rows.append([.nan], outcome: false)
        let broken = rows
        #expect(throws: RidgeLogistic.Failure.notFinite) { try RidgeLogistic().fit(broken) }
        #expect(FeatureRows(columnCount: 2, values: [1, 2, 3], outcomes: [true]) == nil)
    }

    /// Minimum of Lin, Lin and Weng's loss by scipy's Nelder-Mead.
    @Test func platt() throws {
        let rows = Self.rows(columns: 4)
        let card = try RidgeLogistic().fit(rows)
        let odds = (0..<rows.count).map { 2.5 * card.logOdds(rows.row($0)) + 0.4 }
        let expected = [-1.4019049443174327, 2.6577110104799702, 5.9478888079672192, 0.62758512445931425]
        for (value, reference) in zip(odds, expected) { #expect(agrees(value, reference, 1e-7)) }
        let scale = try #require(PlattScale(logOdds: odds, outcomes: rows.outcomes))
        #expect(agrees(scale.slope, 0.40053352122727098, 1e-6))
        #expect(agrees(scale.intercept, -0.16077216470014954, 1e-6))
        let chunked = PlattScale(logOdds: odds, outcomes: rows.outcomes, chunks: ParallelChunks(threads: 2))
        #expect(chunked == scale)
        #expect(PlattScale(logOdds: odds.map { -$0 }, outcomes: rows.outcomes) == nil)
        #expect(PlattScale(logOdds: [1, 2], outcomes: [true, true]) == nil)
    }

    @Test func reliability() throws {
        let perfect = try #require(
            Reliability(probabilities: [0, 1, 0, 1], outcomes: [false, true, false, true], bins: 2)
        )
        #expect(perfect.expectedError == 0)
        #expect(perfect.brier == 0)
        let outcomes = [true, false, true, true, false]
        let sure = try #require(Reliability(probabilities: [0.9, 0.2, 0.6, 0.8, 0.4], outcomes: outcomes, bins: 2))
        #expect(sure.bins.map(\.count) == [3, 2])
        #expect(agrees(sure.bins[0].predicted, 0.4))
        #expect(agrees(sure.bins[0].observed, 1.0 / 3))
        #expect(agrees(sure.expectedError, (abs(0.4 - 1.0 / 3) * 3 + abs(0.85 - 1) * 2) / 5))
        #expect(Reliability(probabilities: [], outcomes: []) == nil)
    }
}
