import Database
import Support
import TestSupport
import Testing

/// Several writes that become one transaction.
@Suite struct OneCommitTests {
    private let folder: TemporaryFolder
    private let connection: Connection
    private let other: Connection

    init() throws {
        folder = try TemporaryFolder()
        connection = try Connection(path: "\(folder.path)/test.db", role: .web)
        other = try Connection(path: "\(folder.path)/test.db", role: .web)
        try connection.write { try connection.execute("CREATE TABLE t (n INTEGER NOT NULL UNIQUE) STRICT") }
    }

    private func add(_ number: Int64) throws {
        try connection.write { try connection.execute("INSERT INTO t (n) VALUES (\(number))") }
    }

    private func seen(_ connection: Connection) throws -> [Int64] {
        try connection.all("SELECT n FROM t ORDER BY n") { row in row.int(0) }
    }

    @Test func nothingIsSeenBeforeTheEnd() throws {
        try connection.inOneCommit {
            try add(1)
            try add(2)
            #expect(try seen(connection) == [1, 2])
            #expect(try seen(other) == [])
        }
        #expect(try seen(other) == [1, 2])
        try add(3)
        #expect(try seen(other) == [1, 2, 3])
    }

    @Test func aBodyThatThrowsLeavesNothing() throws {
        #expect(throws: TestFailure.self) {
            try connection.inOneCommit {
                try add(1)
                throw TestFailure("no")
            }
        }
        #expect(try seen(connection) == [])
        try add(2)
        #expect(try seen(other) == [2])
    }

    @Test func aWriteThatThrowsTakesBackOnlyItsOwn() throws {
        try connection.inOneCommit {
            try add(1)
            #expect(throws: DatabaseError.self) {
                try connection.write {
                    try connection.execute("INSERT INTO t (n) VALUES (7)")
                    try connection.execute("INSERT INTO t (n) VALUES (1)")
                }
            }
            try add(2)
        }
        #expect(try seen(other) == [1, 2])
    }

    /// Who writes nothing holds nobody up; who does holds the gate to the end and then gives it back.
    @Test func theGateIsHeldFromTheFirstWriteOn() throws {
        try connection.inOneCommit {
            #expect(try other.writeIfFree { true } == true)
            try add(1)
            #expect(try other.writeIfFree { true } == nil)
        }
        #expect(try other.writeIfFree { true } == true)
        _ = try? connection.inOneCommit {
            try add(2)
            throw TestFailure("no")
        }
        #expect(try other.writeIfFree { true } == true)
    }

    @Test func whatComesAfterwardsComesAfterTheCommitOrNever() throws {
        var done: [String] = []
        connection.afterCommit { done.append("at once") }
        try connection.inOneCommit {
            try add(1)
            connection.afterCommit { done.append(((try? seen(other)) ?? []).isEmpty ? "too early" : "afterwards") }
            #expect(done == ["at once"])
        }
        _ = try? connection.inOneCommit {
            try add(2)
            connection.afterCommit { done.append("never") }
            throw TestFailure("no")
        }
        #expect(done == ["at once", "afterwards"])
    }

    @Test func whatComesInsteadComesAfterTheRollbackOrNever() throws {
        connection.afterRollback { Issue.record("there was nothing to roll back") }
        try connection.inOneCommit {
            try add(1)
            connection.afterRollback { Issue.record("it was committed") }
        }
        _ = try? connection.inOneCommit {
            connection.afterRollback { try? add(2) }
            try add(3)
            throw TestFailure("no")
        }
        #expect(try seen(other) == [1, 2])
        // Also where nothing was written.
        _ = try? connection.inOneCommit {
            connection.afterRollback { try? add(4) }
            throw TestFailure("no")
        }
        #expect(try seen(other) == [1, 2, 4])
    }

    @Test func oneInsideAnotherIsRefused() throws {
        try connection.inOneCommit {
            try add(1)
            #expect(throws: DatabaseError.self) { try connection.inOneCommit {} }
            #expect(throws: DatabaseError.self) { try connection.write { try add(2) } }
        }
        #expect(throws: DatabaseError.self) { try connection.write { try connection.inOneCommit {} } }
        #expect(try seen(other) == [1])
    }
}
