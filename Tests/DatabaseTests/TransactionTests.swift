import Database
import Support
import TestSupport
import Testing

private struct Interruption: Error {}

@Suite struct TransactionTests {
    private func texts(_ connection: Connection) throws -> [String] {
        try connection.all("SELECT text FROM note ORDER BY id") { row in row.text(0) }
    }

    @Test func aThrowRollsEverythingBackAndGivesTheGateBack() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        #expect(throws: Interruption.self) {
            try connection.write {
                try connection.execute("INSERT INTO note (text) VALUES ('one')")
                throw Interruption()
            }
        }
        #expect(!connection.isInTransaction)
        #expect(try texts(connection).isEmpty)
        let other = try Connection(path: folder.file("test.db"), role: .web)
        try other.write { try other.execute("INSERT INTO note (text) VALUES ('two')") }
        #expect(try texts(connection) == ["two"])
    }

    @Test func aWriteInsideAnotherTransactionIsRefused() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        func refused(_ body: () throws -> Void) throws {
            do {
                try body()
                Issue.record("was accepted")
            } catch let error as DatabaseError {
                #expect(error.kind == .misuse)
            }
        }
        try connection.write {
            try connection.execute("INSERT INTO note (text) VALUES ('kept')")
            try refused { try connection.write {} }
            try refused { try connection.writeIfFree {} }
            #expect(try connection.read { try texts(connection) } == ["kept"], "a read inside a write sees it")
        }
        try connection.read { try refused { try connection.write {} } }
        #expect(try texts(connection) == ["kept"])
    }

    @Test func aWriteWithoutATransactionIsRefused() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        // It would pass the gate by, and with it what keeps the file safe.
        #expect(throws: DatabaseError.self) { try connection.execute("INSERT INTO note (text) VALUES ('x')") }
        #expect(throws: DatabaseError.self) {
            try connection.read { _ = try connection.execute("INSERT INTO note (text) VALUES ('x')") }
        }
        #expect(try texts(connection).isEmpty)
    }

    @Test func aReadSeesOneSnapshot() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        let other = try Connection(path: folder.file("test.db"), role: .web)
        try connection.read {
            #expect(try texts(connection).isEmpty)
            try other.write { try other.execute("INSERT INTO note (text) VALUES ('later')") }
            #expect(try texts(connection).isEmpty)
        }
        #expect(try texts(connection) == ["later"])
        #expect(throws: Interruption.self) { try connection.read { throw Interruption() } }
        #expect(!connection.isInTransaction)
    }

    @Test func durabilityIsSetBeforeTheTransaction() throws {
        let folder = try TemporaryFolder()
        let connection = try noteDatabase(folder)
        func synchronous() throws -> Int64? { try connection.first("PRAGMA synchronous") { row in row.int(0) } }
        #expect(try connection.write(.full) { try synchronous() } == 2)
        #expect(try connection.write(.normal) { try synchronous() } == 1)
        #expect(try connection.write { try synchronous() } == 2)
        #expect(try connection.writeIfFree { try synchronous() } == 1)
    }

    @Test func foreignKeysHold() throws {
        let connection = try Connection.inMemory()
        try connection.write {
            try connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT")
            try connection.execute("CREATE TABLE b (a INTEGER REFERENCES a (id)) STRICT")
        }
        #expect(throws: DatabaseError.self) {
            try connection.write { try connection.execute("INSERT INTO b VALUES (1)") }
        }
        #expect(!connection.isInTransaction)
    }
}
