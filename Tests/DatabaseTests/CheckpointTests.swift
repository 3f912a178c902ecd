import Database
import Glibc
import Support
import TestSupport
import Testing

@Suite(.serialized) struct CheckpointTests {
    private func fill(_ connection: Connection, rows: Int = 200) throws {
        try connection.write(.normal) {
            for number in 0..<rows {
                try connection.execute(
                    "INSERT INTO note (text) VALUES (\("\(number) \(String(repeating: "x", count: 500))"))"
                )
            }
        }
    }

    @Test func bringsTheLogHome() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        try fill(connection)
        #expect(connection.logBytes > 100_000)
        #expect(try connection.checkpoint())
        #expect(connection.logBytes == 0)
        #expect(Files.size(folder.file("test.db-wal")) == 0)
        // The log is used again from its start: its file's size would tell nothing.
        try fill(connection, rows: 1)
        #expect(connection.logBytes > 0 && connection.logBytes < 100_000)
    }

    @Test func actsWhenTheLogHasGrown() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        try fill(connection)
        let policy = CheckpointPolicy(sharedBytes: 50_000, aloneBytes: 100_000_000)
        try connection.checkpointIfDue(policy, alone: true)
        #expect(connection.logBytes > 100_000)
        try connection.checkpointIfDue(policy, alone: false)
        #expect(connection.logBytes == 0)
    }

    @Test func aReaderDoesNotMakeItWait() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        try fill(connection)
        let reader = try Probe(folder, "snapshot")
        try #require(try reader.waits(for: "reading"))
        try fill(connection)
        let asked = monotonicNanoseconds()
        #expect(try connection.checkpoint() == false)
        #expect((monotonicNanoseconds() - asked) / 1_000_000 < 2000)
        reader.send(SIGKILL)
        let deadline = monotonicNanoseconds() + 5_000_000_000
        while try !connection.checkpoint(), monotonicNanoseconds() < deadline { sleep(milliseconds: 20) }
        #expect(connection.logBytes == 0)
    }

    @Test func neverInsideATransactionAndNeverInMemory() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        try fill(connection)
        let before = connection.logBytes
        #expect(try connection.read { try connection.checkpoint() } == false)
        #expect(try connection.write { try connection.checkpoint() } == false)
        #expect(connection.logBytes >= before)
        #expect(try Connection.inMemory().checkpoint() == false)
        #expect(try Connection.inMemory().logBytes == 0)
    }

    @Test func waitsForTheGate() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        try fill(connection)
        let gate = try #require(connection.gate)
        let other = try WriterGate(databasePath: folder.file("test.db"), deadlineMilliseconds: 100)
        try other.acquire(priority: .interactive)
        #expect(throws: DatabaseError.self) { try connection.checkpoint() }
        other.release()
        #expect(try connection.checkpoint())
        #expect(gate.acquireIfFree(), "the gate was given back")
        gate.release()
    }

    /// The corruption race of SQLite before 3.51.3 needs two processes that write and checkpoint at the same time.
    @Test func writersThatCheckpointLeaveASoundDatabase() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        let probes = try ["interactive", "bulk", "interactive"].map { try Probe(folder, "churn", $0, 3000) }
        for probe in probes { #expect(try #require(Int(try probe.answer().word)) > 0) }
        #expect(try integrity(connection) == "ok")
        #expect(try connection.first("PRAGMA wal_autocheckpoint") { row in row.int(0) } == 0)
    }
}
