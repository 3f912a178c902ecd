import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Rows with one SKU and different names are warned of, whichever of them counts.
@Suite(.serialized) struct DuplicateNamesTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rows: String
        /// Lines that are warned of, where the last row counts, and where the first does.
        var last: [Int64]
        var first: [Int64]
    }

    private static let cases: [Case] = [
        Case(testDescription: "different", rows: "a,Apple\nb,Birch\na,Ash\n", last: [4], first: [4]),
        Case(testDescription: "the same", rows: "a,Apple\na,apple \n", last: [], first: []),
        Case(testDescription: "no name leaves it", rows: "a,Apple\na,\n", last: [], first: []),
        Case(testDescription: "in case of the SKU", rows: "a,Apple\nA,Ash\n", last: [3], first: [3]),
        Case(testDescription: "three, one other", rows: "a,Apple\na,Ash\na,Apple\n", last: [4], first: [3]),
        Case(testDescription: "two others", rows: "a,Apple\na,Ash\na,Alder\n", last: [4], first: [3, 4]),
        Case(testDescription: "none twice", rows: "a,Apple\nb,Ash\n", last: [], first: []),
    ]

    private func warned(_ fixture: ImportFixture, _ job: Job) throws -> [Int64] {
        let store = RowWarningStore(fixture.connection)
        let found = try store.examples(jobID: job.id, limit: 1000).map(\.warning).filter {
            $0.code == "different_names"
        }
        let count = try store.counts(jobID: job.id).filter { $0.code == "different_names" }.map(\.count).reduce(0, +)
        #expect(count == Int64(found.count))
        #expect(found.allSatisfy { $0.column == "name" && $0.value != nil })
        return found.map(\.line)
    }

    @Test(arguments: cases.indices, [ImportOptions.Duplicates.last, .first])
    func areWarnedOf(index: Int, rule: ImportOptions.Duplicates) throws {
        let known = Self.cases[index]
        for isPlanned in [false, true] {
            let fixture = try ImportFixture()
            if isPlanned { _ = try fixture.run("sku,name\nother,Other\n") }
            var options = ImportOptions()
            options.duplicates = rule
            let job = try fixture.run(Array("sku,name\n\(known.rows)".utf8), options)
            #expect(job.status == .completed)
            #expect(try warned(fixture, job) == (rule == .last ? known.last : known.first), "planned: \(isPlanned)")
        }
    }

    /// A worker that dies between the two rows takes nothing with it.
    @Test func alsoWhenAnotherWorkerGoesOn() throws {
        let rows = (1...3000).map { "s\($0 % 2600),Name \($0)\n" }.joined()
        let whole = try ImportFixture()
        let wanted = try warned(whole, try whole.run("sku,name\n\(rows)"))
        let fixture = try ImportFixture()
        let cancelled = try fixture.workUntilCancelled(try fixture.order(Array("sku,name\n\(rows)".utf8)))
        let ended = try fixture.work(try fixture.claimAgain(cancelled))
        #expect(ended.status == .completed && ended.books == books(3000, created: 2600, skipped: 400))
        #expect(try warned(fixture, ended).sorted() == wanted && wanted.count == 400)
    }
}
