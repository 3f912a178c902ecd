import Database
import Glibc
import Support
import TestSupport
import Testing

/// The gate with real processes. One after the other, because they measure time.
@Suite(.serialized) struct WriterGateTests {
    @Test(arguments: [2, 8])
    func interactiveAndBulkWritersBothProgress(writers: Int) throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        let milliseconds = 4000
        let bulk = try Probe(folder, "write", "bulk", milliseconds)
        let others = try (0..<writers).map { _ in try Probe(folder, "write", "interactive", milliseconds) }
        let bulkCount = try #require(Int(try bulk.answer().word))
        // Every 300 ms it goes ahead regardless; without that bound it had 3 turns in 6 s.
        #expect(bulkCount >= 5)
        for other in others {
            let (count, longest) = try other.answer()
            // An even share would be hundreds.
            #expect(try #require(Int(count)) >= 20)
            #expect(longest < 1500)
        }
        #expect(try integrity(connection) == "ok")
    }

    /// What began before locks the same file as what begins after.
    @Test func removedFilesAreMadeAnew() throws {
        let folder = try TemporaryFolder()
        _ = try noteDatabase(folder)
        let path = folder.file("test.db")
        let earlier = try WriterGate(databasePath: path, deadlineMilliseconds: 100)
        for file in WriterGate.paths(of: path) { #expect(unlink(file) == 0) }
        let later = try WriterGate(databasePath: path, deadlineMilliseconds: 100)
        try later.acquire(priority: .bulk)
        #expect(throws: DatabaseError.self) { try earlier.acquire(priority: .interactive) }
        #expect(!earlier.acquireIfFree())
        later.release()
        #expect(earlier.acquireIfFree())
        #expect(!later.acquireIfFree())
        earlier.release()
    }

    @Test func aStoppedHolderMakesTheOthersGiveUpAtTheirDeadline() throws {
        let folder = try TemporaryFolder()
        _ = try noteDatabase(folder)
        let holder = try Probe(folder, "hold")
        try #require(try holder.waits(for: "held"))
        holder.send(SIGSTOP)
        let waiters = try ["interactive", "bulk"].map { try Probe(folder, "acquire", $0, 400) }
        for waiter in waiters {
            let (outcome, waited) = try waiter.answer()
            #expect(outcome == "late")
            #expect(waited >= 400 && waited < 3000)
        }
        // The next one waits longer; it goes on when the holder does and is done.
        let patient = try Probe(folder, "acquire", "interactive", 20_000)
        holder.send(SIGCONT)
        holder.send(SIGTERM)
        #expect(try patient.answer().word == "taken")
    }

    @Test(arguments: ["interactive", "bulk"])
    func aKilledHolderLetsTheNextInAtOnceAndLosesItsTransaction(role: String) throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        let holder = try Probe(folder, "hold", role)
        try #require(try holder.waits(for: "held"))
        let waiters = try ["interactive", "bulk"].map { try Probe(folder, "acquire", $0, 20_000) }
        sleep(milliseconds: 100)
        holder.send(SIGKILL)
        for waiter in waiters {
            let (outcome, waited) = try waiter.answer()
            #expect(outcome == "taken")
            #expect(waited < 5000)
        }
        try connection.write { try connection.execute("INSERT INTO note (text) VALUES ('after')") }
        #expect(try connection.all("SELECT text FROM note") { row in row.text(0) } == ["after"])
        #expect(try integrity(connection) == "ok")
    }

    @Test func aStoppedWaiterHoldsABulkWriterUpOnlyForAMoment() throws {
        let folder = try TemporaryFolder()
        _ = try noteDatabase(folder)
        let holder = try Probe(folder, "hold")
        try #require(try holder.waits(for: "held"))
        let stopped = try Probe(folder, "acquire", "interactive", 20_000)
        sleep(milliseconds: 300)
        stopped.send(SIGSTOP)
        holder.send(SIGKILL)
        // It still says that it waits, for good; the bound makes the bulk writer go ahead.
        let (outcome, waited) = try Probe(folder, "acquire", "bulk", 10_000).answer()
        #expect(outcome == "taken")
        #expect(waited >= 200 && waited < 3000)
    }

    @Test func aNoteThatMayBeDroppedDoesNotWait() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        let holder = try Probe(folder, "hold")
        try #require(try holder.waits(for: "held"))
        #expect(try connection.writeIfFree { true } == nil)
        #expect(!connection.isInTransaction)
        #expect(try connection.first("SELECT COUNT(*) FROM note") { row in row.int(0) } == 0, "readers do not wait")
        holder.send(SIGKILL)
        _ = try Probe(folder, "acquire", "interactive", 5000).answer()
        #expect(try connection.writeIfFree { true } == true)
    }

    @Test func theErrorNamesTheHolder() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("test.db")
        let holder = try WriterGate(databasePath: path, deadlineMilliseconds: 100)
        try holder.acquire(priority: .interactive)
        let other = try WriterGate(databasePath: path, deadlineMilliseconds: 50)
        #expect(!other.acquireIfFree())
        #expect(!other.isWanted)
        do throws(DatabaseError) {
            try other.acquire(priority: .interactive)
            Issue.record("got through")
        } catch {
            #expect(error.kind == .gate)
            #expect(error.message.contains("process \(getpid()) "))
        }
        holder.release()
        #expect(other.acquireIfFree())
    }
}
