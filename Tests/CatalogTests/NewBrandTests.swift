import Database
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Brands that no product has are announced before they come.
@Suite struct NewBrandTests {
    private func options(_ change: (inout ImportOptions) -> Void = { _ in }) -> ImportOptions {
        var options = ImportOptions()
        options.review = true
        change(&options)
        return options
    }

    private func brands(_ fixture: ImportFixture, _ job: Job) throws -> ImportWarningSummary.NewBrands {
        try ImportWarningSummary(fixture.connection, jobID: job.id).newBrands
    }

    private func fixture() throws -> ImportFixture {
        let fixture = try ImportFixture()
        #expect(try fixture.run("sku,name,brand\na,Apple,Acme\nb,Birch,\nold,Old,Gone\n").books.created == 3)
        return fixture
    }

    @Test func eachNewOneOnceInTheOrderOfTheFile() throws {
        let fixture = try fixture()
        let text = "sku,name,Vendor\nc,Copper, Zeta \nd,Dune,Acme\na,Apple,Beta\nb,Birch,Zeta\n,x,Wrong\ne,Ember,acme\n"
        let job = try fixture.run(Array(text.utf8), options())
        let found = try brands(fixture, job)
        #expect(found.count == 3 && found.names == ["Zeta", "Beta", "acme"])
        let summary = try ImportWarningSummary(fixture.connection, jobID: job.id)
        #expect(summary.entries.isEmpty, "a new brand is nothing odd")
        let text2 = try #require(PlanMessages.text(found))
        #expect(text2 == "new brands: Zeta, Beta, acme")
        // Checked again it is not counted twice, and what was planned can be read when it was done.
        guard case .done(let again) = try JobStore(fixture.connection).replan(job, context: fixture.context) else {
            throw TestFailure("it can be planned again")
        }
        let second = try fixture.work(try fixture.claimAgain(again))
        #expect(try brands(fixture, second) == found)
        let done = try fixture.confirm(second)
        #expect(try brands(fixture, done) == found)
        #expect(try brands(fixture, try fixture.run(Array(text.utf8), options())).count == 0)
    }

    @Test func onlyWhatIsAppliedBringsABrand() throws {
        let fixture = try fixture()
        let text = "sku,name,brand\na,Apple,New one\nz,Zinc,New two\n"
        #expect(
            try brands(fixture, try fixture.run(Array(text.utf8), options { $0.mode = .update })).names == ["New one"]
        )
        #expect(
            try brands(fixture, try fixture.run(Array(text.utf8), options { $0.mode = .create })).names == ["New two"]
        )
        #expect(try brands(fixture, try fixture.run(Array(text.utf8), options { $0.mode = .delete })).count == 0)
        // Of twenty and more only the first are named.
        var many = "sku,name,brand\n"
        for number in 1...25 { many += "m\(number),Many,Brand \(number)\n" }
        let found = try brands(fixture, try fixture.run(Array(many.utf8), options()))
        #expect(found.count == 25 && found.names.count == 20)
        #expect(PlanMessages.text(found)?.hasSuffix("Brand 20 and 5 more") == true)
    }
}
