import Database
import Glibc
import Support
import TestSupport
import Testing

/// Changes that are worked out before the writer gate is taken, and turns of bulk writers.
@Suite struct SettlingTests {
    private let folder: TemporaryFolder
    private let connection: Connection

    init() throws {
        folder = try TemporaryFolder()
        connection = try noteDatabase(folder)
    }

    @Test func whoWasOvertakenWorksItOutAnew() throws {
        var tries = 0
        let done = try connection.untilSettled {
            tries += 1
            return try connection.write {
                if tries < 3 { throw RecordChanged() }
                try connection.execute("INSERT INTO note (text) VALUES (\("try \(tries)"))")
                return tries
            }
        }
        #expect(done == 3)
        #expect(try connection.all("SELECT text FROM note") { row in row.text(0) } == ["try 3"])
        // Everything else goes through at once.
        tries = 0
        #expect(throws: TestFailure.self) {
            try connection.untilSettled {
                tries += 1
                throw TestFailure("other")
            }
        }
        #expect(tries == 1)
    }

    @Test func whoIsOvertakenForeverIsToldToComeBack() throws {
        let error = #expect(throws: DatabaseError.self) { try connection.untilSettled { throw RecordChanged() } }
        #expect(error?.kind == .gate)
    }

    @Test func theGateKnowsItsLongestHold() throws {
        let gate = try #require(connection.gate)
        gate.forgetHolds()
        #expect(gate.longestHold == 0)
        try connection.write { usleep(20_000) }
        #expect(gate.longestHold >= 20_000_000)
        let longest = gate.longestHold
        try connection.write {}
        #expect(gate.longestHold >= longest)
        gate.forgetHolds()
        try connection.inOneCommit {
            try connection.write {}
            usleep(5000)
        }
        #expect(gate.longestHold >= 5_000_000)
    }

    @Test func aTurnLooksAfterRowsAndAfterBytes() throws {
        var over = WriterTurn(connection, nanoseconds: 0)
        let rows = (1...600).filter { _ in over.isOver(after: 10) }
        #expect(rows == [256, 512])
        var big = WriterTurn(connection, nanoseconds: 0)
        #expect((1...4).filter { _ in big.isOver(after: 200 << 10) } == [2, 4])
        var long = WriterTurn(connection, nanoseconds: 1_000_000_000_000)
        #expect((1...2000).filter { _ in long.isOver(after: 10) } == [])
        let isWanted = long.isWanted
        #expect(!isWanted)
        let waiting = try Files.open("\(connection.path)-gate-prio", O_RDWR)
        #expect(flock(waiting.raw, LOCK_SH | LOCK_NB) == 0)
        var wanted = WriterTurn(connection, nanoseconds: 1_000_000_000_000)
        #expect((1...300).filter { _ in wanted.isOver(after: 10) } == [256])
        let isNowWanted = wanted.isWanted
        #expect(isNowWanted)
    }
}
