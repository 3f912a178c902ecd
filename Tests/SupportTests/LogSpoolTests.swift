import Glibc
import Synchronization
import Testing

@testable import Support

@Suite struct LogSpoolTests {
    private let folder = Folder()
    private var path: String { "\(folder.path)/spool" }

    private func log(_ spool: LogSpool) -> Log {
        Log(component: "web", threshold: .error, spool: spool, sink: { _ in })
    }

    @Test func whatIsWrittenIsRead() throws {
        let spool = LogSpool(path)
        #expect(try spool.read(after: nil) == nil)
        try spool.prepare()
        let log = log(spool)
        log.info("one", ["request_id": "r-1", "x": "\u{1E}\n"])
        log.warning("two")
        log.log(.debug, "not for the table")
        let first = try #require(try spool.read(after: nil))
        #expect(first.entries.map(\.message) == ["one", "two"] && first.unreadable == 0 && !first.hasMore)
        #expect(first.entries[0]["request_id"] == "r-1" && first.entries[0]["x"] == "\u{1E}\n")
        log.error("three")
        let second = try #require(try spool.read(after: first.place))
        #expect(second.entries.map(\.message) == ["three"])
        #expect(try spool.read(after: second.place)?.place == second.place, "nothing new")
    }

    @Test func piecesOfAnySizeGiveTheSame() throws {
        let spool = LogSpool(path)
        try spool.prepare()
        let log = log(spool)
        for number in 0..<200 { log.warning("line \(number)", ["x": String(repeating: "y", count: number * 7)]) }
        for limit in [4096, 5000, 65_536] {
            var place: LogSpool.Place?
            var found: [String] = []
            while let batch = try spool.read(after: place, limit: limit), batch.place != place {
                found += batch.entries.map(\.message)
                #expect(batch.unreadable == 0)
                place = batch.place
            }
            #expect(found == (0..<200).map { "line \($0)" })
        }
    }

    /// A full disk cuts a record off; somebody writes nonsense into the file. The others are still read.
    @Test func aBrokenRecordSpoilsNoOther() throws {
        let spool = LogSpool(path)
        try spool.prepare()
        let log = log(spool)
        log.warning("before")
        try append("\u{1E}{\"time\":\"2026-11-25T00:00:00.000Z\",\"level\":\"wa")
        let early = try #require(try spool.read(after: nil))
        #expect(early.entries.map(\.message) == ["before"] && early.unreadable == 0, "it may still be being written")
        log.warning("after")
        try append("\u{1E}[]\n\u{1E}nonsense\n")
        log.warning("last")
        let rest = try #require(try spool.read(after: early.place))
        #expect(rest.entries.map(\.message) == ["after", "last"] && rest.unreadable == 3)
        try Files.replace(path, with: [UInt8](repeating: 0x41, count: 1000))
        log.warning("and on")
        let meddled = try #require(try spool.read(after: rest.place))
        #expect(meddled.entries.map(\.message) == ["and on"] && meddled.unreadable == 1)
    }

    private func append(_ text: String) throws {
        let file = try Files.open(path, O_WRONLY | O_APPEND)
        try Files.writeAll(Array(text.utf8), to: file.raw, path)
    }

    @Test func itIsBoundedAndSaysWhatWasLost() throws {
        let spool = LogSpool(path, limit: 20_000)
        try spool.prepare()
        let log = log(spool)
        for number in 0..<1000 { log.warning("line \(number)") }
        #expect(try #require(Files.size(path)) < 20_000)
        let full = try #require(try spool.read(after: nil))
        #expect(try spool.retire(full.place))
        log.warning("again")
        let next = try #require(try spool.read(after: full.place))
        #expect(next.entries.map(\.message) == ["log lines were dropped", "again"])
        #expect(next.entries[0]["count"] == "\(1000 - full.entries.count)")
    }

    @Test func aFileIsReplacedOnlyWhenAllWasRead() throws {
        let spool = LogSpool(path)
        try spool.prepare()
        let log = log(spool)
        log.warning("one")
        let batch = try #require(try spool.read(after: nil))
        log.warning("two")
        #expect(try !spool.retire(batch.place))
        let rest = try #require(try spool.read(after: batch.place))
        let writer = try Files.open(path, O_WRONLY | O_APPEND)
        #expect(flock(writer.raw, LOCK_SH) == 0)
        #expect(try !spool.retire(rest.place), "somebody is about to write")
        flock(writer.raw, LOCK_UN)
        #expect(try spool.retire(rest.place))
        #expect(Files.names(in: folder.path) == ["spool"])
        let empty = try #require(try spool.read(after: rest.place))
        #expect(empty.entries.isEmpty && empty.place.generation != rest.place.generation)
    }

    @Test func roomForWhatHappensOnAFullDiskIsTaken() throws {
        let spool = LogSpool(path)
        try spool.prepare()
        var info = stat()
        #expect(stat(path, &info) == 0 && info.st_size < 100)
        #expect(Int64(info.st_blocks) * 512 >= LogSpool.reservedBytes)
    }

    /// Writers go on while the reader replaces the file under them, again and again: each line is read once.
    @Test func nothingIsLostOrRepeatedUnderWriters() throws {
        let spool = LogSpool(path)
        try spool.prepare()
        let writers = 4
        let each = 1500
        let left = Atomic(writers)
        let path = path
        for writer in 0..<writers {
            startThread {
                let log = Log(component: "w\(writer)", threshold: .error, spool: LogSpool(path), sink: { _ in })
                for number in 0..<each {
                    log.warning("\(number)")
                    // The reader needs a moment in which it has read everything.
                    if number.isMultiple(of: 5) { usleep(500) }
                }
                left.subtract(1, ordering: .releasing)
            }
        }
        var found: [String: [String]] = [:]
        var dropped = 0
        var replaced = 0
        var place: LogSpool.Place?
        while true {
            let isOver = left.load(ordering: .acquiring) == 0
            guard let batch = try spool.read(after: place) else { break }
            for entry in batch.entries {
                if let count = entry["count"] {
                    dropped += Int(count) ?? 0
                } else {
                    found[entry.logger, default: []].append(entry.message)
                }
            }
            #expect(batch.unreadable == 0)
            if isOver, batch.entries.isEmpty { break }
            place = batch.place
            if try spool.retire(batch.place) {
                place = nil
                replaced += 1
            }
        }
        #expect(replaced > 0)
        let all = found.values.map(\.count).reduce(0, +)
        #expect(all + dropped >= writers * each - writers, "a drop that nobody could tell any more is one at the end")
        #expect(dropped < writers * each / 100)
        for messages in found.values {
            #expect(messages.compactMap { Int($0) } == Set(messages.compactMap { Int($0) }).sorted(), "once, in order")
        }
    }

    /// The cost of a line that goes nowhere near a database: taken, refused because the file is full, refused because
    /// somebody holds it for good.
    @Test func aWriterNeverWaitsLong() throws {
        let spool = LogSpool(path, limit: 1 << 20)
        try spool.prepare()
        let log = log(spool)
        func longest(_ count: Int) -> UInt64 {
            (0..<count).map { _ in
                let start = monotonicNanoseconds()
                log.warning("request failed", ["reason": "database: disk I/O error (10)", "status": "500"])
                return monotonicNanoseconds() - start
            }.sorted()[count * 9 / 10]
        }
        #expect(longest(500) < 2_000_000)
        let holder = try Files.open(path, O_RDONLY)
        #expect(flock(holder.raw, LOCK_EX) == 0)
        #expect(longest(50) < 50_000_000)
        flock(holder.raw, LOCK_UN)
        while try #require(Files.size(path)) < (1 << 20) - 1000 { log.warning(String(repeating: "x", count: 900)) }
        #expect(longest(500) < 2_000_000)
    }
}

/// A folder that goes away with the value: Support's tests have no other module.
private final class Folder: Sendable {
    let path = "/tmp/bodega-test-\(getpid())-\(randomBytes(8).hex)"

    init() { mkdir(path, 0o700) }

    deinit {
        for name in Files.names(in: path) { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    pthread_create(
        &thread,
        nil,
        { raw in
            guard let raw else { return nil }
            Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
            return nil
        },
        Unmanaged.passRetained(Body(body)).toOpaque()
    )
    pthread_detach(thread)
}
