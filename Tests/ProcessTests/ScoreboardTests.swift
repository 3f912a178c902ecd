import Glibc
import Process
import Support
import TestSupport
import Testing

@Suite struct ScoreboardTests {
    @Test func aSlotTellsWhatItsWorkerDoes() throws {
        let folder = TestFolder()
        let board = try Scoreboard(path: "\(folder.path)/board", count: 3)
        #expect(board.firstFree == 0)
        let writer = try #require(board.writer(0))
        writer.claim()
        #expect(board.entry(0)?.state == .starting && board.firstFree == 1)
        writer.idle()
        #expect(board.entry(0)?.pid == getpid())
        writer.reading()
        let since = try #require(board.entry(0)).since
        writer.busy(method: "POST", path: "/" + String(repeating: "ä", count: 500), requestID: "abc")
        let entry = try #require(board.entry(0))
        #expect(entry.state == .busy && entry.since == since && entry.requests == 1 && entry.method == "POST")
        #expect(entry.path.utf8.count <= 386 && entry.path.hasPrefix("/ää"))
        #expect(board.entries.count == 1)
        writer.release()
        #expect(board.entries.isEmpty && board.entry(3) == nil && board.writer(-1) == nil)
    }

    @Test func anotherProcessSeesTheSameBoard() throws {
        let folder = TestFolder()
        let board = try Scoreboard(path: "\(folder.path)/board", count: 2)
        let again = try Scoreboard(inherited: dup(board.descriptor.raw))
        board.writer(1)?.idle()
        #expect(again.count == 2 && again.entry(1)?.state == .idle)
        let other = try Files.open("\(folder.path)/other", O_RDWR | O_CREAT)
        try Files.writeAll([UInt8](repeating: 7, count: 600), to: other.raw, "other")
        let raw = dup(other.raw)
        #expect(throws: SystemError.self) { try Scoreboard(inherited: raw) }
    }

    @Test func aReaderNeverSeesHalfAnEntry() throws {
        let folder = TestFolder()
        let board = try Scoreboard(path: "\(folder.path)/board", count: 1)
        let raw = dup(board.descriptor.raw)
        let thread = TestThread {
            guard let writer = try? Scoreboard(inherited: raw).writer(0) else { return }
            for number in 0..<200_000 {
                writer.busy(
                    method: number % 2 == 0 ? "GET" : "DELETE",
                    path: number % 2 == 0 ? "/get" : "/delete",
                    requestID: ""
                )
            }
        }
        var mixed = 0
        for _ in 0..<50_000 {
            guard let entry = board.entry(0), !entry.method.isEmpty else { continue }
            if (entry.method == "GET") != (entry.path == "/get") { mixed += 1 }
        }
        thread.join()
        #expect(mixed == 0)
    }
}
