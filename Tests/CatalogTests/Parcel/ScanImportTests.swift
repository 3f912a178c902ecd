import AdminKit
import Database
import Glibc
import Jobs
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Lines without a key of their own: the n-th of several equal ones is the n-th record.
@Suite("Imports of lines without a key") struct ScanImportTests {
    static let header = "parcel,place,weight,product_id,state,reader,note\n"

    static func options(_ change: (inout ImportOptions) -> Void = { _ in }) -> ImportOptions {
        var options = ImportOptions(target: .scans)
        change(&options)
        return options
    }

    /// Lines of a few parcels, many of them equal, some of them wrong.
    static func lines(_ random: inout SeededRandom, _ count: Int, isWrong: Bool = false) -> [String] {
        (0..<count).map { _ in
            let weight = isWrong && random.below(8) == 0 ? "heavy" : random.pick(["1.5", "1,5", "", "0.001"])
            let reader = isWrong && random.below(8) == 0 ? "" : "R"
            return """
                P-\(random.below(6)),\(random.pick(["Hamburg", "Berlin"])),"\(weight)",\
                \(random.pick(["a", "B", ""])),\(random.pick(["seen", "", "lost"])),\(reader),
                """
        }
    }

    static func file(_ lines: some Sequence<String>) -> String { header + lines.map { "\($0)\n" }.joined() }

    @Test(arguments: seeds(6, long: 60))
    func aFileMayComeTwice(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture.ofScans()
        if seed.isMultiple(of: 2) { fixture.tuning.matching = .eager }
        let lines = Self.lines(&random, 120)
        let first = try fixture.run(Self.file(lines), Self.options())
        #expect(first.books == books(120, created: 120), "\(first.errorMessage ?? "")")
        let scans = try fixture.scanDigest()
        #expect(scans.count == 120)
        #expect(try fixture.run(Self.file(lines), Self.options()).books == books(120, unchanged: 120))
        var shuffled = lines
        for index in shuffled.indices.reversed() { shuffled.swapAt(index, random.below(index + 1)) }
        #expect(try fixture.run(Self.file(shuffled), Self.options()).books == books(120, unchanged: 120))
        // In two, at the border of a parcel, and both behind one another.
        let halves = [lines.filter { $0 < "P-3" }, lines.filter { $0 >= "P-3" }]
        for half in halves {
            let count = Int64(half.count)
            #expect(try fixture.run(Self.file(half), Self.options()).books == books(count, unchanged: count))
        }
        let whole = try fixture.run(Self.file(halves.joined()), Self.options())
        #expect(whole.books == books(120, unchanged: 120))
        #expect(try fixture.scanDigest() == scans)
        #expect(try fixture.scanRevisions() == 0, "creations have no revisions")
    }

    @Test func oneMoreOfTheSameIsOneMore() throws {
        let fixture = try ImportFixture.ofScans()
        let line = "P-1,Berlin,1,a,,R,"
        _ = try fixture.run(Self.file([line, line]), Self.options())
        #expect(
            try fixture.run(Self.file([line, line, line]), Self.options()).books == books(3, created: 1, unchanged: 2)
        )
        // What is no part of the key is changed where it stands.
        let job = try fixture.run(Self.file([line, "\(line)bent", line]), Self.options())
        #expect(job.books == books(3, updated: 1, unchanged: 2))
        #expect(try fixture.scans().filter { $0.hasSuffix("bent") }.count == 1)
        let less = try fixture.run(Self.file([line]), Self.options { ($0.mode, $0.isGuarded) = (.delete, false) })
        #expect(less.books == books(1, updated: 1) && less.result?["deleted"] == 1, "\(less.errorMessage ?? "")")
        #expect(try fixture.scans().count == 2)
        #expect(try fixture.run(Self.file([line, line, line]), Self.options()).books.created == 1)
    }

    @Test func theFileMayNumberItsLines() throws {
        let fixture = try ImportFixture.ofScans()
        let text = "parcel,place,reader,number\nP,Berlin,R,1\nP,Berlin,R,7\nP,Berlin,R,7\nP,Berlin,R,\nP,Berlin,R,x\n"
        let job = try fixture.run(text, Self.options())
        #expect(job.books == books(5, created: 2, skipped: 1, failed: 2), "\(job.errorMessage ?? "")")
        #expect(try fixture.codes(job) == ["4 no_number number", "5 bad_number number"])
        let again = try fixture.run("parcel,place,reader\nP,Berlin,R\nP,Berlin,R\n", Self.options())
        #expect(again.books == books(2, created: 1, unchanged: 1))
    }

    @Test func whatNeedNotStandInALineIsNotAskedFor() throws {
        let json = ImportTargetAPI.json(.scans)
        let needed = (json["columns"]?.arrayValue ?? []).filter { $0["needed"] == true }.compactMap {
            $0["name"]?.stringValue
        }
        #expect(needed == ["parcel", "place", "reader"])
        let fixture = try ImportFixture.ofScans()
        #expect(try fixture.run("parcel,place,reader\nP,Berlin,R\n", Self.options()).books.created == 1)
        #expect(throws: ImportColumns.Refusal.self) {
            _ = try ImportColumns(headers: ["parcel", "reader"], mapping: ImportMapping([]), target: .scans)
        }
    }

    /// Wrong lines are none, so that those behind them have the numbers that they have without these.
    @Test func wrongLinesAreNotCounted() throws {
        let fixture = try ImportFixture.ofScans()
        let good = "P,Berlin,1,,,R,"
        let text = Self.file([good, "P,Berlin,1,,,,", good, "P,Berlin,1,zz,,R,", "P,Berlin,heavy,,,R,", good])
        let job = try fixture.run(text, Self.options())
        #expect(job.books == books(6, created: 3, failed: 3), "\(job.errorMessage ?? "")")
        #expect(
            try fixture.codes(job) == ["2 no_reader reader", "4 unknown_product_id product_id", "5 bad_weight weight"]
        )
        #expect(try fixture.run(Self.file([good, good, good]), Self.options()).books == books(3, unchanged: 3))
    }

    /// A line that is corrected into one that stands in the file already is one more of it.
    @Test func aCorrectionMayMakeALineEqualToAnother() throws {
        let fixture = try ImportFixture.ofScans()
        let good = "P,Berlin,1,,,R,"
        let wrong = ["P,Berlin,heavy,,,R,", "P,Berlin,1,,,,", "P,Berlin,1,zz,,R,"]
        let job = try fixture.run(Self.file([good, wrong[0], good, wrong[1], wrong[2]]), Self.options())
        #expect(job.books == books(5, created: 2, failed: 3), "\(job.errorMessage ?? "")")
        let head = "bodega_row,bodega_error,\(Self.header)"
        let first = try fixture.repair(job, "\(head)2,x,\(good)\n4,x,P,Berlin,1,,,,\n")
        #expect(first.books == books(5, created: 3, failed: 2), "\(first.errorMessage ?? "")")
        #expect(try fixture.scans().count == 3)
        // One behind it in a second repair, and one that becomes another line than it was.
        let second = try fixture.repair(first, "\(head)4,x,\(good)\n5,x,P,Hamburg,1,,,R,\n")
        #expect(second.books == books(5, created: 5), "\(second.errorMessage ?? "")")
        #expect(try fixture.scans().count == 5)
        let whole = Self.file([good, good, good, good, "P,Hamburg,1,,,R,"])
        #expect(try fixture.run(whole, Self.options()).books == books(5, unchanged: 5))
        let undo = try fixture.undo(second)
        #expect(undo.books == books(5, updated: 5), "\(undo.errorMessage ?? "")")
        #expect(try fixture.scans().isEmpty)
        _ = try fixture.undo(undo)
        #expect(try fixture.run(whole, Self.options()).books == books(5, unchanged: 5))
    }

    /// Whatever is corrected in however many steps: in the end stands what the corrected file says.
    @Test(arguments: seeds(6, long: 60))
    func correctedStepByStepIsAsTheCorrectedFile(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture.ofScans()
        var lines = Self.lines(&random, 80, isWrong: true)
        var job = try fixture.run(Self.file(lines), Self.options())
        #expect(job.books.failed > 5)
        while job.books.failed > 0 {
            var text = "bodega_row,bodega_error,\(Self.header)"
            let rows = Set(try fixture.errors(job).map(\.row)).sorted()
            for row in rows where random.below(3) > 0 || row == rows.first {
                lines[Int(row) - 1] = Self.lines(&random, 1)[0]
                text += "\(row),x,\(lines[Int(row) - 1])\n"
            }
            job = try fixture.repair(job, text)
            #expect(job.status == .completed, "\(job.errorMessage ?? "")")
        }
        #expect(job.books == books(80, created: 80))
        #expect(try fixture.run(Self.file(lines), Self.options()).books == books(80, unchanged: 80))
        let other = try ImportFixture.ofScans()
        _ = try other.run(Self.file(lines), Self.options())
        #expect(try fixture.scans() == other.scans())
    }

    @Test func aPlanIsShownConfirmedAndHeldBack() throws {
        let fixture = try ImportFixture.ofScans()
        let line = "P,Berlin,1,,,R,"
        _ = try fixture.run(Self.file([line, line]), Self.options())
        let text = Self.file(["\(line)one", "\(line)two", line, "P,Berlin,heavy,,,R,", line])
        let job = try fixture.run(Array(text.utf8), Self.options { $0.review = true })
        #expect(job.status == .awaitingConfirmation, "\(job.errorMessage ?? "")")
        let rows = try #require(
            try PlanRows(
                job,
                fixture.connection,
                ImportTargets(.scans),
                ActorNames(fixture.connection, JobDescriptions([]))
            )
        )
        let shown = try rows.page([.update], from: 0, limit: 10)
        #expect(shown.map { $0.changes.map(\.after) } == [["one"], ["two"]])
        try fixture.connection.write {
            try fixture.connection.execute("UPDATE scan SET note = 'mine', version = version + 1 WHERE number = 2")
        }
        let done = try fixture.confirm(job)
        #expect(done.books == books(5, created: 2, updated: 1, skipped: 1, failed: 1), "\(done.errorMessage ?? "")")
        #expect(done.result?["held_back"] == 1)
        #expect(try fixture.scans().count == 4)
    }
}
