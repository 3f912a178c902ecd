import Glibc
import TestSupport
import Testing

@testable import Statistics

/// Against `lifetimes` 0.11.3; values by
/// `python3 Tests/StatisticsReference/references.py cdnow_customers_summary_with_transactions.csv`.
@Suite struct PurchaseModelTests {
    private static let model = PurchaseModel(r: 0.2426, alpha: 4.4135, a: 0.7929, b: 2.4258)
    private static let money = MonetaryModel(p: 6.249, q: 3.745, v: 15.448)
    private static let users: [(x: Int, tx: Double, age: Double, mean: Double, values: [Double])] = [
        (0, 0, 38.86, 0, [1, 0.069813308621916079, 0.25167302746953163, 35.167414207650268]),
        (1, 1.71, 38.86, 11.77, [0.21222445924803884, 0.074697409666380568, 0.2599047609465544, 18.910971981320877]),
        (2, 30.43, 38.86, 22.35, [0.72660799730015624, 0.45715756938763419, 1.5585840056700448, 24.658194056288131]),
        (29, 37, 38, 40, [0.95024584294295478, 7.6852576884865389, 24.572887354558819, 39.927891849580902]),
        (7, 10, 60, 3.5, [0.00020754397960476677, 0.00028553178980270875, 0.00098571963100440576, 5.3698815178110451]),
    ]

    @Test func usersAgreeWithLifetimes() {
        for user in Self.users {
            let summary = PurchaseSummary(repeats: user.x, recency: user.tx, age: user.age)
            if user.x > 0 { #expect(agrees(Self.model.probabilityAlive(summary), user.values[0])) }
            #expect(agrees(Self.model.expectedOrders(summary, in: 13), user.values[1], 1e-10), "\(user.x)")
            #expect(agrees(Self.model.expectedOrders(summary, in: 52), user.values[2], 1e-10), "\(user.x)")
            #expect(agrees(Self.money.expectedValue(orders: user.x, mean: user.mean), user.values[3]))
        }
    }

    @Test func oneOrderSaysNothingAboutBeingAlive() {
        #expect(Self.model.probabilityAlive(PurchaseSummary(repeats: 0, recency: 0, age: 30)) == nil)
    }

    @Test func manyOrdersDoNotOverflow() throws {
        let busy = PurchaseSummary(repeats: 100_000, recency: 730, age: 730)
        let orders = try #require(Self.model.expectedOrders(busy, in: 90))
        #expect(orders > 11_000 && orders < 12_400, "\(orders)")
        let alive = try #require(Self.model.probabilityAlive(busy))
        #expect(alive > 0 && alive <= 1)
    }

    @Test func theSingularParameterIsSmooth() throws {
        let user = PurchaseSummary(repeats: 3, recency: 20, age: 30)
        let values = [0.9999, 1, 1.0001].map {
            PurchaseModel(r: 0.3, alpha: 4, a: $0, b: 2).expectedOrders(user, in: 10) ?? .nan
        }
        #expect(abs(values[0] + values[2] - 2 * values[1]) < 1e-6)
        #expect(PurchaseModel(r: 0.3, alpha: 4, a: 1.5, b: 2).expectedOrders(user, in: 0) == 0)
    }

    @Test func moreTimeBringsMoreOrders() {
        var numbers = NumberSequence()
        for _ in 0..<200 {
            let age = 10 + 90 * numbers.next()
            let user = PurchaseSummary(repeats: 1 + numbers.below(20), recency: age * numbers.next(), age: age)
            let values = [5.0, 50, 500].compactMap { Self.model.expectedOrders(user, in: $0) }
            #expect(values.count == 3 && values[0] > 0 && values[0] < values[1] && values[1] < values[2])
            let later = PurchaseSummary(repeats: user.repeats, recency: user.recency, age: age + 30)
            #expect((Self.model.probabilityAlive(later) ?? 2) < (Self.model.probabilityAlive(user) ?? 0))
        }
    }

    @Test func saysWhyThereIsNoModel() {
        let single = PurchaseSummary(repeats: 0, recency: 0, age: 30)
        #expect(throws: PurchaseFitFailure.tooFewRepeaters(0)) {
            try PurchaseModel.fit([PurchaseSummary](repeating: single, count: 500))
        }
        #expect(throws: PurchaseFitFailure.invalid(position: 1)) {
            try PurchaseModel.fit([single, PurchaseSummary(repeats: 2, recency: 31, age: 30)])
        }
        #expect(throws: PurchaseFitFailure.tooFewRepeaters(1)) { try MonetaryModel.fit([.init(orders: 2, mean: 5)]) }
        #expect(throws: PurchaseFitFailure.invalid(position: 0)) { try MonetaryModel.fit([.init(orders: 2, mean: 0)]) }
    }

    /// Everybody alike: the spread of rates is not determined, and that is said instead of a number.
    @Test func alikeUsersDetermineNothing() {
        let alike = [PurchaseSummary](repeating: PurchaseSummary(repeats: 4, recency: 40, age: 40), count: 100)
        #expect(throws: PurchaseFitFailure.undetermined) { try PurchaseModel.fit(alike) }
    }

    private static let cdnowFile =
        "\(sharedData ?? "shared data")/cdnow/cdnow_customers_summary_with_transactions.csv"

    /// The CDNOW sample of Fader and Hardie, 2,357 customers.
    @Test(.enabled(if: access(cdnowFile, R_OK) == 0, "needs \(cdnowFile)"))
    func cdnow() throws {
        var users: [PurchaseSummary] = []
        var samples: [MonetaryModel.Sample] = []
        let file = try #require(fopen(Self.cdnowFile, "r"))
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        while fgets(&buffer, 256, file) != nil {
            let text = String(
                decoding: buffer.prefix { $0 >= 32 }.map(UInt8.init(bitPattern:)),
                as: UTF8.self
            )
            let fields = text.split(separator: ",").compactMap { Double($0) }
            guard fields.count == 5 else { continue }
            users.append(PurchaseSummary(repeats: Int(fields[1]), recency: fields[2], age: fields[3]))
            if fields[1] > 0 { samples.append(.init(orders: Int(fields[1]), mean: fields[4])) }
        }
        #expect(users.count == 2357 && samples.count == 946)
        let model = try PurchaseModel.fit(users)
        let orders = [(model.r, 0.2426), (model.alpha, 4.4135), (model.a, 0.7929), (model.b, 2.4258)]
        for (value, reference) in orders { #expect(abs(value - reference) < 1e-4, "\(value)") }
        #expect(abs(model.logLikelihood(users) + 9582.4255605673679) < 1e-4)
        let money = try MonetaryModel.fit(samples)
        let values = [(money.p, 6.249), (money.q, 3.745), (money.v, 15.448)]
        for (value, reference) in values { #expect(abs(value - reference) < 1e-3, "\(value)") }
        #expect(abs(money.logLikelihood(samples) + 4055.92) < 0.01)
        for threads in [2, 4] {
            #expect(try PurchaseModel.fit(users, chunks: ParallelChunks(threads: threads)) == model)
            #expect(try MonetaryModel.fit(samples, chunks: ParallelChunks(threads: threads)) == money)
        }
    }
}
