import Database
import IdentityTestSupport
import ImportEngine
import Jobs
import Records
import Support
import TestSupport
import Testing

@testable import Customers

/// Merges rewrite nothing, and take no way round.
@Suite("Merges of customers") struct CustomerMergeTests {
    /// Merges, unmerges and imports in any order: afterwards everybody is as the imports alone would have left them, and
    /// whom somebody is follows from the merges that stand alone.
    @Test(arguments: seeds(20, long: 10_000))
    func whatIsTakenApartIsAsItWas(seed: Int) throws {
        var random = SeededRandom(seed)
        let house = try CustomerHouse()
        let count = 6
        let codes = (1...count).map { "C-\($0)" }
        _ = try house.run("customer_code,city\n" + codes.map { "\($0),Porto\n" }.joined())
        let store = CustomerMergeStore(house.database)
        var root: [Int64: Int64] = [:]
        var city = [String](repeating: "Porto", count: count)
        for step in 0..<30 {
            let one = Int64(1 + random.below(count))
            let other = Int64(1 + random.below(count))
            switch random.below(5) {
            case 0, 1:
                let isAllowed =
                    one != other && root[one] == nil && root[other] == nil && !root.values.contains(one)
                do {
                    try store.merge(one, into: other, reason: nil, house.house.context)
                    #expect(isAllowed, "\(one) into \(other)")
                    root[one] = other
                } catch is CustomerMergeStore.Refusal {
                    #expect(!isAllowed, "\(one) into \(other)")
                }
            case 2:
                do {
                    try store.unmerge(one, house.house.context)
                    #expect(root.removeValue(forKey: one) != nil)
                } catch is CustomerMergeStore.Refusal {
                    #expect(root[one] == nil)
                }
            default:
                city[Int(one) - 1] = "City \(step)"
                let file = "customer_code,city\n\(codes[Int(one) - 1]),City \(step)\n"
                #expect(try house.run(file).status == .completed)
            }
            #expect(try store.roots((1...Int64(count)).map { $0 }) == root)
        }
        for one in Array(root.keys) { try store.unmerge(one, house.house.context) }
        let stored = try house.database.all("SELECT city FROM customer ORDER BY id") { row in row.text(0) }
        #expect(stored == city)
        #expect(try store.roots((1...Int64(count)).map { $0 }).isEmpty)
    }

    /// Imports and their undo delete customers without asking about merges: these sleep, and wake to no chain.
    @Test func aMergeSleepsWhileOneOfTheTwoIsGone() throws {
        let house = try CustomerHouse()
        let context = house.house.context
        let store = CustomerMergeStore(house.database)
        let first = try house.run("customer_code\nX\n")
        _ = try house.run("customer_code\nY\nZ\n")
        let (x, y, z): (Int64, Int64, Int64) = (1, 2, 3)
        try store.merge(y, into: x, reason: nil, context)
        let undo = try house.undo(first)
        #expect(try store.roots([y]) == [:] && store.standing(y) == nil, "X is gone")
        #expect(try house.undo(undo).status == .completed)
        #expect(try store.roots([y]) == [y: x], "both are there again")
        let gone = try house.run("customer_code\nY\n") { $0.mode = .delete }
        #expect(try gone.status == .completed && store.merged(into: x) == [])
        try store.merge(x, into: z, reason: nil, context)
        #expect(try house.undo(gone).status == .completed)
        #expect(try store.roots([x, y, z]) == [x: z], "Y is itself: X has become another one meanwhile")
    }

    @Test func theQueriesOfDuplicatesUseIndexes() throws {
        let house = try CustomerHouse()
        for field in CustomerDuplicateStore.Field.allCases {
            let plan = try house.database.all(
                """
                EXPLAIN QUERY PLAN SELECT MIN(c.id) FROM customer c WHERE c.\(ident: field.rawValue) IS NOT NULL
                GROUP BY c.\(ident: field.rawValue) HAVING COUNT(*) > 1
                """
            ) { row in row.text(3) }
            #expect(plan.allSatisfy { $0.contains("customer_by_\(field.rawValue)") }, "\(plan)")
        }
    }
}
