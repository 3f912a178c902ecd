import Database
import Support
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A file's columns say what it holds, where that is clear.
@Suite struct TargetProposalTests {
    private let targets = ImportTargets(.products, [.parcels, .scans])

    private func proposal(_ header: String) throws -> TargetProposal {
        let fixture = try ImportFixture.ofParcels()
        return try TargetProposal.of(header.split(separator: ",").map(String.init), targets, fixture.connection)
    }

    @Test(arguments: ["sku,name,price", "sku,name", "Artikelnummer,Bezeichnung", "a,b,c", "order_code,number"])
    func productsAreMeantWhereNothingFitsBetter(header: String) throws {
        #expect(try proposal(header) == .usual)
    }

    @Test func anotherIsProposedWhereItAloneFits() throws {
        #expect(try proposal("order_code,number,carrier,weight") == .one(.parcels))
        #expect(try proposal("parcel,place,reader") == .one(.scans))
    }

    @Test func severalThatFitAreAskedAbout() throws {
        #expect(try proposal("order_code,number,carrier,value,parcel,place,reader") == .several([.parcels, .scans]))
        #expect(try proposal("sku,name,parcel,place,reader,note") == .several([.products, .scans]))
    }

    @Test func oneTargetIsNoQuestion() throws {
        let fixture = try ImportFixture.ofParcels()
        let headers = ["order_code", "number", "carrier"]
        #expect(try TargetProposal.of(headers, ImportTargets(.products), fixture.connection) == .usual)
    }

    @Test func whatHangsOnTheTargetNamesIt() throws {
        func open(_ pairs: [(String, String)]) -> Bool {
            var values = Fields()
            for (name, value) in pairs { values.append(name, value) }
            return ImportOptions.leavesTargetOpen(values)
        }
        #expect(open([]) && open([("target", ""), ("mode", "create")]))
        #expect(!open([("target", "products")]) && !open([("mapping", "{}")]) && !open([("profile", "none")]))
    }
}
