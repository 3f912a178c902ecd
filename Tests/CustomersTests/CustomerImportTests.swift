import Database
import ImportEngine
import IdentityTestSupport
import Jobs
import RecordKit
import Records
import Support
import TestSupport
import Testing
import Web

@testable import Customers

@Suite("Imports of customers") struct CustomerImportTests {
    private static let header = "customer_code,first_name,last_name,email,phone,country,language,optout\n"

    private func rows(_ house: CustomerHouse) throws -> [String] {
        try house.database.all(
            """
            SELECT customer_code, first_name, email, phone, country, language, bounced, optout, contactable, version
            FROM customer ORDER BY id
            """
        ) { row in (0..<10).map { row.isNull(Int32($0)) ? "-" : row.text(Int32($0)) }.joined(separator: " ") }
    }

    @Test func aFileBecomesPeople() throws {
        let house = try CustomerHouse()
        let file =
            Self.header + """
                C-1,Marta,Oliveira,Marta@Example.COM,+351 21 000-0000,portugal,pt_br,no
                C-2,,,,0049 (30) 123456,de,DE,yes

                """
        let job = try house.run(file)
        #expect(job.status == .completed && job.books.created == 2, "\(job.errorMessage ?? "")")
        #expect(
            try rows(house) == [
                "C-1 Marta marta@example.com +351210000000 PT pt-BR 0 0 1 1", "C-2 - - +4930123456 DE de 0 1 1 1",
            ]
        )
        let again = try house.run(file)
        #expect(again.books.unchanged == 2 && again.books.processed == 2)
    }

    @Test func whatIsWrongIsNamedByItsField() throws {
        let house = try CustomerHouse()
        let job = try house.run(
            Self.header + """
                ,A,B,,,,,
                C-2,A,B,a@,,,,
                C-3,A,B,,12,Atlantis,klingon,perhaps
                c-4,A,B,a@b.example,,,,
                C-4,A,C,a@b.example,,,,

                """
        )
        #expect(job.books.created == 1 && job.books.failed == 3 && job.books.skipped == 1)
        #expect(
            try house.codes(job).sorted() == [
                "1 no_customer_code customer_code", "2 bad_email email", "3 bad_country country",
                "3 bad_language language", "3 bad_optout optout", "3 bad_phone phone",
            ]
        )
        for code in ["bad_email", "bad_country", "bad_language", "bad_phone", "optout_reversed"] {
            #expect(ImportMessage.all[code] != nil, "\(code)")
        }
    }

    @Test func aFileTakesNoOptOutBackUnlessItMay() throws {
        let house = try CustomerHouse()
        _ = try house.run("customer_code,city,optout\nC-1,Porto,yes\nC-2,Porto,no\n")
        let file = "customer_code,city,optout\nC-1,Lisboa,no\nC-2,Lisboa,yes\n"
        let refused = try house.run(file)
        #expect(refused.books.failed == 1 && refused.books.updated == 1)
        #expect(try house.codes(refused) == ["1 optout_reversed optout"])
        let columns: SQL = "SELECT city || optout FROM customer ORDER BY id"
        #expect(try house.database.all(columns) { $0.text(0) } == ["Porto1", "Lisboa1"])
        // A blank cell says nothing, and a file that may takes it back.
        #expect(try house.run("customer_code,city,optout\nC-1,Braga,\n").books.updated == 1)
        let allowed = try house.run(file) { $0.allowsReversal = true }
        #expect(allowed.books.updated == 1 && allowed.books.unchanged == 1)
        #expect(try house.database.all(columns) { $0.text(0) } == ["Lisboa0", "Lisboa1"])
    }

    @Test(arguments: seeds(6, long: 60))
    func undoAndRedoGiveTheSamePeople(seed: Int) throws {
        var random = SeededRandom(seed)
        let house = try CustomerHouse()
        func file() -> String {
            Self.header
                + (0..<40).map { _ in
                    """
                    C-\(random.below(20)),\(random.pick(["Ana", "Rui", ""])),\(random.pick(["Silva", ""])),\
                    \(random.pick(["a@b.example", ""])),,\(random.pick(["PT", "ES", ""])),,\(random.pick(["yes", ""]))

                    """
                }.joined()
        }
        func digest() throws -> [String] { try rows(house).map { String($0.dropLast(2)) } }
        _ = try house.run(file()) { $0.blank = .clear }
        let before = try digest()
        let job = try house.run(file()) { ($0.blank, $0.isGuarded, $0.allowsReversal) = (.clear, false, true) }
        #expect(job.status == .completed, "\(job.errorMessage ?? "")")
        let after = try digest()
        guard job.books.created + job.books.updated > 0 else { return }
        let undo = try house.undo(job)
        #expect(undo.status == .completed, "\(undo.errorMessage ?? "")")
        #expect(try digest() == before)
        #expect(try house.undo(undo).status == .completed)
        #expect(try digest().sorted() == after.sorted())
    }

    /// Nothing is kept of a person who was deleted longer ago than histories are kept.
    @Test func theHistoryOfWhoWasDeletedGoesInTime() throws {
        let house = try CustomerHouse()
        _ = try house.run("customer_code,first_name\nC-1,Ines\nC-2,Rui\n")
        _ = try house.run("customer_code\nC-1\n") { $0.mode = .delete }
        let retention = HistoryRetention(house.database, Customer.table, days: { 30 })
        func left() throws -> [Int64] {
            while try retention.step(house.house.clock.now) {}
            return try house.database.all("SELECT customer_id FROM customer_revision ORDER BY id") { row in row.int(0) }
        }
        #expect(try left().contains(1))
        house.house.clock.advance(seconds: 31 * 86_400)
        #expect(try left() == [2])
    }
}
