import Testing

@testable import Statistics

/// Against statsmodels' proportion_confint and confint_proportions_2indep and scipy's chisquare; values by
/// `python3 Tests/StatisticsReference/references.py`.
@Suite struct ProportionTests {
    @Test func wilson() {
        let z95 = NormalDistribution.twoSided(confidence: 0.95)
        let z90 = NormalDistribution.twoSided(confidence: 0.9)
        let rows: [(Double, Double, [Double])] = [
            (0, 10, [0, 0.27753279986288926, 0, 0.21294197008340709]),
            (3, 10, [0.10779126740630104, 0.60322185253885463, 0.12687658390319784, 0.55830020413016501]),
            (10, 10, [0.72246720013711063, 1, 0.78705802991659279, 1]),
            (17, 250, [0.042885918578360334, 0.1061892521857038, 0.046169222682907268, 0.099081027677204336]),
            (1, 1, [0.20654931437723739, 1, 0.26986594878405401, 1]),
        ]
        for (successes, trials, bounds) in rows {
            let proportion = Proportion(successes: successes, trials: trials)
            #expect(agrees(proportion.wilson(z: z95), bounds[0], bounds[1]), "\(successes)/\(trials)")
            #expect(agrees(proportion.wilson(z: z90), bounds[2], bounds[3]), "\(successes)/\(trials)")
        }
        #expect(Proportion(successes: 0, trials: 0).wilson(z: z95) == nil)
    }

    @Test func newcombe() {
        let z = NormalDistribution.twoSided(confidence: 0.95)
        let rows: [(Double, Double, Double, Double, Double, Double)] = [
            (56, 70, 48, 80, 0.052431472402364981, 0.33387265403690614),
            (9, 10, 3, 10, 0.17052272393450291, 0.80901797353548799),
            (0, 20, 0, 10, -0.27753279986288926, 0.16112515805281941),
            (512, 9000, 41, 1000, 0.0010121469052898971, 0.027630967845872829),
        ]
        for (a, b, c, d, lower, upper) in rows {
            let treated = Proportion(successes: a, trials: b)
            let held = Proportion(successes: c, trials: d)
            #expect(agrees(treated.newcombe(minus: held, z: z), lower, upper), "\(a)/\(b) - \(c)/\(d)")
            // The other way round it is the same interval mirrored.
            #expect(agrees(held.newcombe(minus: treated, z: z), -upper, -lower))
        }
    }

    @Test func wilsonHoldsTheRateAndNarrowsWithTrials() {
        var numbers = NumberSequence()
        for _ in 0..<500 {
            let trials = Double(1 + numbers.below(400))
            let proportion = Proportion(successes: trials * numbers.next(), trials: trials)
            let wide = proportion.wilson(z: 1.96)
            let more = Proportion(successes: proportion.successes * 4, trials: trials * 4).wilson(z: 1.96)
            #expect(wide?.contains(proportion.rate ?? .nan) == true)
            guard let wide, let more else { continue }
            #expect(more.upper - more.lower < wide.upper - wide.lower)
            #expect(wide.lower >= 0 && wide.upper <= 1)
        }
    }

    @Test func sampleRatio() {
        #expect(agrees(SampleRatio.probability(counts: [9120, 880], shares: [0.9, 0.1]), 6.3342483666239876e-05))
        #expect(agrees(SampleRatio.probability(counts: [9010, 990], shares: [9, 1]), 0.73888268036352711))
        let four = SampleRatio.probability(counts: [30, 14, 34, 45], shares: [1, 1, 1, 1])
        #expect(agrees(four, 0.0010870997682320264))
        #expect(SampleRatio.probability(counts: [0, 0], shares: [1, 1]) == nil)
        #expect(SampleRatio.probability(counts: [5], shares: [1]) == nil)
        #expect(SampleRatio.probability(counts: [5, 5], shares: [1, 0]) == nil)
    }

    /// 5 % against 6 % at 80 % power needs about 8,160 users an arm.
    @Test func detectableDifference() {
        let users = DetectableDifference.usersPerArm(0.05, 0.06)
        #expect(users.map { abs($0 - 8158) <= 2 } == true, "\(users ?? 0)")
        let found = DetectableDifference.increase(base: 0.05, treated: 8158, untreated: 8158)
        #expect(agrees(found, 0.01, 1e-5))
        let uneven = DetectableDifference.increase(base: 0.05, treated: 9000, untreated: 1000)
        #expect((uneven ?? 0) > 0.02)
        #expect(DetectableDifference.increase(base: 0.9, treated: 2, untreated: 2) == nil)
        #expect(DetectableDifference.increase(base: 0.1, treated: 0, untreated: 9) == nil)
    }
}
