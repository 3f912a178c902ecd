import Database
import Glibc
import Jobs
import RecordKit
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite(.serialized) struct RetentionTests {
    private func revisions(_ fixture: ImportFixture) throws -> [String] {
        try fixture.connection.all("SELECT product_id, version, change FROM product_revision ORDER BY id") { row in
            "\(row.int(0)).\(row.int(1)) \(row.text(2))"
        }
    }

    private func prune(_ fixture: ImportFixture, days: Int) throws {
        let retention = HistoryRetention(
            fixture.connection,
            ProductFields.table,
            days: { Int64(days) },
            known: { try ProductSearch(fixture.connection, role: .maintenance).knownUpTo() }
        )
        while try retention.step(fixture.clock.now) {}
    }

    private func index(_ fixture: ImportFixture) throws {
        let search = try ProductSearch(fixture.connection, role: .web)
        while try search.step(limit: 2) > 0 {}
        #expect(try search.lag() == 0)
    }

    @Test func oldVersionsGoButTheNewestAndUndoSaysSo() throws {
        let fixture = try ImportFixture()
        let old = try fixture.run("sku,name\nA,Alder\nB,Birch\nC,Cedar\nD,Damson\n")
        fixture.clock.advance(seconds: 60)
        let second = try fixture.run("sku,name\nA,Acacia\nB,Beech\n")
        try fixture.delete("D")
        fixture.clock.advance(seconds: 20 * 86_400)
        let young = try fixture.run("sku,name\nA,Aspen\n")
        try index(fixture)
        try prune(fixture, days: 30)
        #expect(try revisions(fixture).count == 8, "nothing is old enough")
        fixture.clock.advance(seconds: 15 * 86_400)
        try prune(fixture, days: 30)
        #expect(try revisions(fixture) == ["3.1 create", "1.2 update", "2.2 update", "1.3 update"])
        for job in [old, second] {
            let expired = try fixture.found(job)
            #expect(expired.undo == .expired && !expired.canUndo)
            #expect(ImportUndo.refusal(expired) == .expired)
        }
        // What is young can be undone still, to what it found.
        let undo = try fixture.undo(young)
        #expect(undo.result == ["delete": 0, "restore": 1, "keep": 0], "\(undo.errorMessage ?? "")")
        #expect(try fixture.table()["a"]?.name == "Acacia")
        #expect(try fixture.search("aspen") == [] && fixture.search("acacia") == [1])
    }

    /// An index that is built from a pruned history finds the same as one that followed from the start.
    @Test(arguments: seeds(4, long: 60))
    func theIndexIsBuiltAnewFromAPrunedHistory(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        for _ in 0..<random.below(12) + 4 {
            fixture.clock.advance(seconds: Int64(random.below(10)) * 86_400)
            var text = "sku,name\n"
            for _ in 0...random.below(5) {
                text += "S\(random.below(9)),\(random.pick(["oak", "elm", "ash"])) \(random.below(99))\n"
            }
            let job = try fixture.run(text)
            if random.chance(1, in: 4), job.canUndo { try fixture.undo(job) }
            if random.chance(1, in: 4) { _ = try fixture.deleteMany(sku: "s\(random.below(3))") }
            if random.chance(1, in: 3) {
                try index(fixture)
                try prune(fixture, days: 10)
            }
        }
        try index(fixture)
        let words = ["oak", "elm", "ash", "s1", "1", "2"]
        let followed = try words.map { try fixture.search($0) }
        let file = ProductSearch.path(besides: fixture.connection.path)
        for suffix in ["", "-wal", "-shm"] { unlink("\(file)\(suffix)") }
        try index(fixture)
        #expect(try words.map { try fixture.search($0) } == followed)
        let products = try fixture.table().values.filter { $0.name.contains("oak") }.map(\.id).sorted()
        #expect(followed[0] == products)
        // And it can be changed without leaving anything behind.
        for product in try fixture.table().values { try fixture.edit(product.sku) { $0.name = "pine" } }
        try index(fixture)
        #expect(try fixture.search("oak") == [] && fixture.search("elm") == [])
    }

    @Test func whatKilledWorkersLeftGoesWithTheEndOfTheJob() throws {
        let fixture = try ImportFixture()
        let (uploads, scratch) = ("\(fixture.folder.path)/uploads", "\(fixture.folder.path)/scratch")
        for folder in [uploads, scratch] { try Files.makeFolder(folder) }
        let done = try fixture.run("sku,name\nA,Alder\n").publicID
        let running = try fixture.order(Array("sku,name\nB,Birch\n".utf8)).publicID
        let passing = [".repair", ".0190.repair", ".0190.repair.table", ".plan.2", ".table.3.new", ".plan.77.new"]
        let lasting = ["", ".file", ".plan", ".table"]
        for name in passing { #expect(UploadRetention.isPassing("0190\(name)")) }
        for id in [done, running] {
            for suffix in lasting + passing { try Files.replace("\(uploads)/\(id)\(suffix)", with: [0x61]) }
            try Files.replace("\(scratch)/\(id).plan.1", with: [0x61])
        }
        let retention = UploadRetention(fixture.connection, folder: uploads, scratch: scratch) { 30 }
        let now = Timestamp.now()
        while try retention.step(now) {}
        #expect(Files.names(in: uploads).count == 20, "a repair may be bringing its file just now")
        while try retention.step(now.adding(seconds: 3700)) {}
        #expect(Files.names(in: uploads).filter { $0.hasPrefix(done) } == lasting.map { "\(done)\($0)" })
        #expect(Files.names(in: uploads).filter { $0.hasPrefix(running) }.count == 10)
        #expect(Files.names(in: scratch) == ["\(running).plan.1"])
    }

    @Test func uploadsGoWhenTheirTimeIsOverAndOrphansAfterADay() throws {
        let fixture = try ImportFixture()
        let uploads = "\(fixture.folder.path)/uploads"
        let scratch = "\(fixture.folder.path)/scratch"
        for folder in [uploads, scratch] { try Files.makeFolder(folder) }
        func put(_ name: String, in folder: String? = nil) throws {
            try Files.replace("\(folder ?? uploads)/\(name)", with: [0x61])
        }
        let done = try fixture.run("sku,name\nA,Alder\n")
        let running = try fixture.order(Array("sku,name\nB,Birch\n".utf8))
        for job in [done, running] {
            for suffix in ["", ".table", ".plan", ".file"] { try put("\(job.publicID)\(suffix)") }
        }
        try fixture.connection.write { try fixture.connection.execute("UPDATE job SET file_kept = 1") }
        try put("0190-nobody")
        for name in ["\(done.publicID).plan", "\(running.publicID).table", "bodega-temporary-1-a"] {
            try put(name, in: scratch)
        }
        var counter: UInt64 = 0
        let retention = UploadRetention(
            fixture.connection,
            folder: uploads,
            scratch: scratch,
            counter: { counter },
            days: { 30 }
        )
        // The clock of the tests stands elsewhere than that of the files.
        let now = Timestamp.now()
        while try retention.step(fixture.clock.now) {}
        #expect(Files.names(in: uploads).count == 9)
        fixture.clock.advance(seconds: 31 * 86_400)
        while try retention.step(fixture.clock.now) {}
        let left = Files.names(in: uploads).filter { $0.hasPrefix(done.publicID) }
        #expect(left.isEmpty)
        #expect(try !fixture.found(done).keepsFile)
        #expect(Files.names(in: uploads).filter { $0.hasPrefix(running.publicID) }.count == 4)
        while try retention.step(now.adding(seconds: 60 * 86_400)) {}
        #expect(Files.names(in: uploads).contains("0190-nobody"), "the clock may have been wrong when it was written")
        counter += 3600 * 1_000_000_000
        while try retention.step(now.adding(seconds: 60 * 86_400)) {}
        #expect(!Files.names(in: uploads).contains("0190-nobody"))
        #expect(Files.names(in: scratch) == ["\(running.publicID).table"])
        #expect(try fixture.found(running).keepsFile)
    }
}
