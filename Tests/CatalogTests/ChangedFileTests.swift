import Database
import Glibc
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A file that is somebody's own may change while its import rests: the import goes on with the same bytes or not at
/// all.
@Suite(.serialized) struct ChangedFileTests {
    enum Change: CaseIterable {
        case shorter, longer, otherBytesInThePartRead, otherBytesBehindIt, replaced
    }

    private static let rows = 2000

    private func text(_ rows: ClosedRange<Int>, _ name: String = "Name") -> String {
        "sku,name\n" + rows.map { "Item-\($0),\(name) \($0)\n" }.joined()
    }

    private func path(_ fixture: ImportFixture, _ job: Job) -> String {
        fixture.folder.file(job.parameters["path"]?.stringValue ?? "")
    }

    /// Changes the file in place, but for `replaced`: then another one takes its name.
    private func alter(_ fixture: ImportFixture, _ job: Job, _ change: Change) throws {
        let whole = text(1...Self.rows)
        let cut = text(1...300).utf8.count
        switch change {
        case .shorter: try overwrite(fixture, job, String(whole.prefix(whole.count / 2)))
        case .longer: try overwrite(fixture, job, whole + "Item-1,Again\n")
        case .otherBytesInThePartRead:
            // Rows that are in the catalogue already come under other SKUs, and the file is as long as before.
            try overwrite(fixture, job, whole.replacing("Item-15,", with: "Item-51,"))
        case .otherBytesBehindIt:
            #expect(cut < whole.utf8.count)
            try overwrite(fixture, job, whole.replacing("Item-1999,", with: "Item-0007,"))
        case .replaced:
            try Files.replace(path(fixture, job), with: Array(text(1...Self.rows, "Eman").utf8))
        }
    }

    private func overwrite(_ fixture: ImportFixture, _ job: Job, _ text: String) throws {
        let file = try Files.open(path(fixture, job), O_WRONLY | O_TRUNC)
        try Files.writeAll(Array(text.utf8), to: file.raw, "a file")
    }

    /// Works in small batches until the job is taken away behind some hundred rows, as by kill -9.
    private func workUntilLost(_ fixture: ImportFixture, _ job: Job, _ meanwhile: () throws -> Void = {}) throws -> Job
    {
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", O_RDWR)
        fixture.clock.makeBatchesSmall(gate)
        var next: Job?
        _ = try fixture.work(job) { run in
            run.observe = { state in
                fixture.clock.rest()
                guard state.stage == "importing", state.books.processed > 300, next == nil else { return }
                next = try? fixture.claimAgain(job)
            }
        }
        fixture.clock.makeBatchesBig()
        return try #require(next)
    }

    private func expectRefused(_ fixture: ImportFixture, _ ended: Job, done: Int64) throws {
        #expect(ended.status == .failed)
        let message = ended.errorMessage ?? ""
        #expect(message.contains("file has changed"), "\(message)")
        #expect(message.contains("stays") && message.contains("undo"), "\(message)")
        #expect(ended.books.processed == done && ended.books.balances)
        let found = try fixture.connection.first("SELECT COUNT(*), COUNT(DISTINCT sku_norm) FROM product") { row in
            [row.int(0), row.int(1)]
        }
        #expect(found == [done, done])
        #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
    }

    /// - Parameter deferred: whether the load goes without its indexes.
    @Test(arguments: Change.allCases, [true, false])
    func aFirstLoadDoesNotGoOnWithAChangedFile(change: Change, deferred: Bool) throws {
        let fixture = try ImportFixture()
        fixture.tuning.deferredIndexRows = deferred ? 1 : .max
        let job = try fixture.order(Array(text(1...Self.rows).utf8))
        let next = try workUntilLost(fixture, job)
        try alter(fixture, job, change)
        let ended = try fixture.work(next)
        try expectRefused(fixture, ended, done: next.books.processed)

        // What was applied can be taken back.
        let undo = try fixture.undo(ended)
        #expect(undo.status == .completed && undo.books.updated == ended.books.created)
        #expect(try fixture.table().isEmpty)
    }

    @Test(arguments: Change.allCases)
    func aPlannedImportDoesNotGoOnWithAChangedFile(change: Change) throws {
        let fixture = try ImportFixture()
        _ = try fixture.products.insert(Product(sku: "Item-5000", name: "There"), fixture.context)
        let job = try fixture.order(Array(text(1...Self.rows).utf8))
        let next = try workUntilLost(fixture, job)
        try alter(fixture, job, change)
        let ended = try fixture.work(next)
        #expect(ended.status == .failed)
        #expect(ended.errorMessage?.contains("file has changed") == true, "\(ended.errorMessage ?? "")")
        #expect(ended.books.processed == next.books.processed)
        #expect(try fixture.table().count == Int(next.books.created) + 1)
        let undo = try fixture.undo(ended)
        #expect(undo.status == .completed)
        #expect(try fixture.table().count == 1)
    }

    @Test(arguments: Change.allCases)
    func aConfirmedPlanIsNotCarriedOutWithAChangedFile(change: Change) throws {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.review = true
        let job = try fixture.run(Array(text(1...Self.rows).utf8), options)
        #expect(job.status == .awaitingConfirmation)
        try alter(fixture, job, change)
        let ended = try fixture.confirm(job)
        #expect(ended.status == .failed)
        let message = ended.errorMessage ?? ""
        #expect(message.contains("file has changed") && message.contains("Nothing was imported"), "\(message)")
        #expect(try fixture.table().isEmpty)
    }

    @Test(arguments: [true, false])
    func aFileThatOnlyLooksChangedGoesOn(isNew: Bool) throws {
        let fixture = try ImportFixture()
        fixture.tuning.deferredIndexRows = 1
        let job = try fixture.order(Array(text(1...Self.rows).utf8))
        let next = try workUntilLost(fixture, job)
        if isNew {
            try Files.replace(path(fixture, job), with: Array(text(1...Self.rows).utf8))
        } else {
            var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 7)]
            #expect(utimensat(AT_FDCWD, path(fixture, job), &times, 0) == 0)
        }
        let ended = try fixture.work(next)
        #expect(ended.books == books(2000, created: 2000))
        #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
    }

    @Test func aFileThatChangesUnderItsImportStopsIt() throws {
        let fixture = try ImportFixture()
        fixture.tuning.deferredIndexRows = 1
        // Longer than what is read at a time.
        let whole = text(1...40_000)
        let job = try fixture.order(Array(whole.utf8))
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", O_RDWR)
        fixture.clock.makeBatchesSmall(gate)
        var isChanged = false
        let ended = try fixture.work(job) { run in
            run.observe = { state in
                fixture.clock.rest()
                guard state.stage == "importing", state.books.processed > 300, !isChanged else { return }
                isChanged = true
                // The last rows now say what the first ones did.
                try? overwrite(fixture, job, whole.replacing("Item-39", with: "Item-01"))
            }
        }
        fixture.clock.makeBatchesBig()
        try expectRefused(fixture, ended, done: ended.books.processed)
        #expect(ended.books.processed > 300 && ended.books.processed < 40_000)
    }
}
