import Database
import Jobs
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What products can do, a noun that is nothing but a description can do.
@Suite("Imports of an invented noun") struct ParcelImportTests {
    private static let header = "order_code,number,product_id,weight,carrier,value,is_insured,sent_at,state\n"
    private static let file =
        header + """
            O-1,1,a,1.5,DHL,12.50,yes,2026-11-30T08:00:00Z,sent
            O-1,2,B,0.125,UPS,,no,,
            O-2,1,,,DHL,3,,,lost

            """

    private func options(_ change: (inout ImportOptions) -> Void = { _ in }) -> ImportOptions {
        var options = ImportOptions(target: .parcels)
        change(&options)
        return options
    }

    @Test func aFileBecomesRecordsWithTheirKinds() throws {
        let fixture = try ImportFixture.ofParcels()
        let job = try fixture.run(Self.file, options())
        #expect(job.status == .completed && job.books == books(3, created: 3), "\(job.errorMessage ?? "")")
        #expect(
            try fixture.parcels() == [
                "O-1 1 1 1500 DHL 1250 1 1796025600000 sent 1", "O-1 2 2 125 UPS - 0 - packed 1",
                "O-2 1 - - DHL 300 - - lost 1",
            ]
        )
        #expect(try fixture.run(Self.file, options()).books == books(3, unchanged: 3))
    }

    @Test func whatIsWrongIsNamedByItsField() throws {
        let fixture = try ImportFixture.ofParcels()
        let job = try fixture.run(
            Self.header + """
                ,1,a,1,DHL,1,yes,,
                O-3,0,a,1,DHL,1,yes,,
                O-3,1,zz,1,DHL,1,yes,,
                O-3,2,a,1.2345,DHL,1,yes,,
                O-3,3,a,1,,1,yes,,
                O-3,4,a,1,DHL,1,perhaps,yesterday,gone
                O-3,5,a,1,DHL,1,yes,,

                """,
            options()
        )
        #expect(job.books == books(7, created: 1, failed: 6))
        #expect(
            try fixture.codes(job).sorted() == [
                "1 no_order_code order_code", "2 bad_number number", "3 unknown_product_id product_id",
                "4 bad_weight weight", "5 no_carrier carrier", "6 bad_is_insured is_insured", "6 bad_sent_at sent_at",
                "6 bad_state state",
            ]
        )
    }

    @Test func theLastRowOfAKeyCounts() throws {
        let fixture = try ImportFixture.ofParcels()
        let text = "order_code,number,carrier,weight\nO-1,1,DHL,1\nO-1,2,UPS,2\nO-1,1,GLS,3\n"
        #expect(try fixture.run(text, options()).books == books(3, created: 2, skipped: 1))
        #expect(try fixture.parcelDigest() == ["O-1 1 - 3000 GLS - - - packed", "O-1 2 - 2000 UPS - - - packed"])
    }

    @Test func aPlanIsShownConfirmedAndHeldBack() throws {
        let fixture = try ImportFixture.ofParcels()
        try fixture.run(Self.file, options())
        let change = "order_code,number,carrier\nO-1,1,GLS\nO-1,2,GLS\nO-9,1,GLS\n"
        let job = try fixture.run(Array(change.utf8), options { $0.review = true })
        #expect(job.status == .awaitingConfirmation, "\(job.status)")
        try fixture.connection.write {
            try fixture.connection.execute(
                "UPDATE parcel SET weight = 9, version = version + 1 WHERE order_code = 'O-1' AND number = 2"
            )
        }
        let done = try fixture.confirm(job)
        #expect(done.books == books(3, created: 1, updated: 1, skipped: 1), "\(done.errorMessage ?? "")")
        #expect(done.result?["held_back"] == 1)
    }

    @Test(arguments: seeds(6, long: 60))
    func undoAndRedoGiveTheSameTable(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture.ofParcels()
        func text(_ rows: Int) -> String {
            Self.header
                + (0..<rows).map { _ in
                    """
                    O-\(random.below(12)),\(1 + random.below(4)),\(random.pick(["a", "B", "c", ""])),\
                    \(random.pick(["1.5", "", "0.001"])),\(random.pick(["DHL", "UPS"])),\(random.below(50)),\
                    \(random.pick(["yes", "no", ""])),,\(random.pick(["sent", "", "lost"]))

                    """
                }.joined()
        }
        try fixture.run(text(60), options { $0.blank = .clear })
        let before = try fixture.parcelDigest()
        let mode = random.pick([ImportOptions.Mode.upsert, .update, .delete])
        let job = try fixture.run(text(60), options { ($0.blank, $0.mode, $0.isGuarded) = (.clear, mode, false) })
        #expect(job.status == .completed, "\(job.errorMessage ?? "")")
        let after = try fixture.parcelDigest()
        let undo = try fixture.undo(job)
        #expect(undo.status == .completed, "\(undo.errorMessage ?? "")")
        #expect(try fixture.parcelDigest() == before)
        let redo = try fixture.undo(undo)
        #expect(redo.status == .completed, "\(redo.errorMessage ?? "")")
        #expect(try fixture.parcelDigest() == after)
    }

    @Test func aPlanSaysWhatARunDoes() throws {
        let fixture = try ImportFixture.ofParcels()
        fixture.tuning.matching = .eager
        try fixture.run(Self.file, options())
        let again = Self.file + "O-7,7,c,7,DHL,7,yes,,\n"
        let job = try fixture.run(again, options())
        #expect(job.books == books(4, created: 1, unchanged: 3), "\(job.errorMessage ?? "")")
    }

    @Test func aRemovedProductLeavesNothingThatCanBeNamed() throws {
        let fixture = try ImportFixture.ofParcels()
        let product = try #require(try fixture.products.find(sku: "b"))
        try fixture.products.delete(product.id, fixture.context)
        let job = try fixture.run(Self.file, options())
        #expect(job.books == books(3, created: 2, failed: 1))
        #expect(try fixture.codes(job) == ["2 unknown_product_id product_id"])
    }
}

/// No more than 64 statements are kept, however many sets of fields records change.
@Suite struct UpdateStatementsTests {
    @Test func theLeastUsedGoes() throws {
        let fixture = try ImportFixture.ofParcels()
        var statements = RecordUpdateStore(fixture.connection, Parcel.table)
        let favourite = try statements.statement(1)
        for mask in UInt64(2)..<400 {
            _ = try statements.statement(mask)
            #expect(try statements.statement(1) === favourite)
        }
        #expect(statements.count == RecordUpdateStore.most)
    }
}
