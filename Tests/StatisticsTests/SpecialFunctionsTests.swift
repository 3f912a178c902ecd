import Testing

@testable import Statistics

/// Against scipy.special; values by `python3 Tests/StatisticsReference/references.py`.
@Suite struct SpecialFunctionsTests {
    private static let gammaRows: [(x: Double, log: Double, first: Double, second: Double)] = [
        (0.01, 4.5994798780420219, -100.56088545786868, 10001.621213528311),
        (0.5, 0.57236494292469997, -1.9635100260214235, 4.9348022005446799),
        (1, 0, -0.57721566490153287, 1.6449340668482266),
        (1.5, -0.12078223763524526, 0.03648997397857652, 0.93480220054467933),
        (2, 0, 0.42278433509846713, 0.64493406684822663),
        (3.7, 1.4280723266653881, 1.1671535393615113, 0.31003785767003833),
        (9.99, 12.779315214350195, 2.2507003728312012, 0.10527695014824176),
        (10, 12.801827480081469, 2.2517525890667209, 0.10516633568168576),
        (55.5, 166.32150615984037, 4.0073469585404435, 0.018181317363221761),
        (1e6, 12815504.569147611, 13.81551005796419, 1.0000005000001667e-06),
    ]

    @Test(arguments: gammaRows)
    func gamma(_ row: (x: Double, log: Double, first: Double, second: Double)) {
        #expect(agrees(SpecialFunctions.logGamma(row.x), row.log, 2e-14))
        #expect(agrees(SpecialFunctions.digamma(row.x), row.first, 2e-14))
        #expect(agrees(SpecialFunctions.trigamma(row.x), row.second, 2e-14))
    }

    @Test func gammaOutsideOfItsRange() {
        for x in [0, -1, -Double.infinity, .nan] {
            #expect(SpecialFunctions.logGamma(x).isNaN)
            #expect(SpecialFunctions.digamma(x).isNaN)
            #expect(SpecialFunctions.trigamma(x).isNaN)
        }
    }

    @Test func hypergeometric() {
        #expect(agrees(SpecialFunctions.hypergeometric(0.5, 1.5, 2.5, 0.3), 1.1080625510569324))
        #expect(agrees(SpecialFunctions.hypergeometric(2.24, 4.4, 4.2, 0.6), 8.7343868053127913))
        #expect(agrees(SpecialFunctions.hypergeometric(7.2, 9.4, 9.2, 0.9), 24004036.058387268))
        #expect(agrees(SpecialFunctions.hypergeometric(0.2, 0.3, 3.0, 0.95), 1.0247062392977839))
        #expect(SpecialFunctions.hypergeometric(0.2, 0.3, 3, 0) == 1)
        #expect(SpecialFunctions.hypergeometric(0.2, 0.3, 3, 1) == nil)
        #expect(SpecialFunctions.hypergeometric(0.2, 0.3, 3, -0.1) == nil)
    }

    @Test func incompleteGamma() {
        #expect(agrees(SpecialFunctions.upperIncompleteGamma(0.5, 5.414), 0.00099976571958309158))
        #expect(agrees(SpecialFunctions.upperIncompleteGamma(1.5, 0.2), 0.94024249483936073))
        #expect(agrees(SpecialFunctions.upperIncompleteGamma(3, 10), 0.0027693957155115775))
        #expect(agrees(SpecialFunctions.upperIncompleteGamma(0.5, 1e-4), 0.98871658444415034))
        #expect(SpecialFunctions.upperIncompleteGamma(2, 0) == 1)
    }

    @Test func normal() {
        let quantiles = [
            (1e-12, -7.0344838253011313), (0.001, -3.0902323061678132), (0.025, -1.9599639845400545),
            (0.3, -0.52440051270804089), (0.5, 0), (0.8, 0.8416212335729143), (0.95, 1.6448536269514722),
            (0.9999, 3.7190164854557088),
        ]
        for (p, z) in quantiles { #expect(agrees(NormalDistribution.quantile(p), z, 1e-14), "\(p)") }
        let cumulative = [
            (-3.5, 0.00023262907903552502), (-1, 0.15865525393145707), (0, 0.5), (0.3, 0.61791142218895256),
            (2, 0.97724986805182079),
        ]
        for (z, p) in cumulative { #expect(agrees(NormalDistribution.cumulative(z), p, 1e-15), "\(z)") }
        #expect(NormalDistribution.quantile(0) == -.infinity)
        #expect(NormalDistribution.quantile(1) == .infinity)
        #expect(NormalDistribution.quantile(1.1).isNaN)
    }
}
