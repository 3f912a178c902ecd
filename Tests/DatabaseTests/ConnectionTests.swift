import Database
import Glibc
import Support
import TestSupport
import Testing

@Suite struct ConnectionTests {
    @Test func valuesComeBackAsTheyWent() throws {
        let connection = try Connection.inMemory()
        let text = "é \u{0} 😀 ' \""
        try connection.write {
            try connection.execute("CREATE TABLE t (i INTEGER, r REAL, t TEXT, b BLOB, n TEXT) STRICT")
            try connection.execute("INSERT INTO t VALUES (\(Int64.min), \(0.5), \(text), \([0, 255] as [UInt8]), NULL)")
            try connection.execute("INSERT INTO t VALUES (\(true), \(2.0), \(""), \([UInt8]()), \("n"))")
        }
        let rows = try connection.all("SELECT i, r, t, b, n FROM t") { row in
            (0..<5).map { row.value(Int32($0)) }
        }
        #expect(rows[0] == [.integer(.min), .real(0.5), .text(text), .blob([0, 255]), .null])
        #expect(rows[1].prefix(3) == [.integer(1), .real(2), .text("")], "an empty text is not NULL")
        #expect(rows[1][4] == .text("n"))
    }

    /// The owner's group may read them, for a backup; nobody else.
    @Test func theFilesAreNotForEverybody() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/m.db"
        let connection = try Connection(path: path, role: .web)
        try connection.write { try connection.execute("CREATE TABLE t (i INTEGER) STRICT") }
        for suffix in ["", "-wal", "-shm", "-gate-prio", "-gate-queue", "-gate-write"] {
            var info = stat()
            #expect(stat("\(path)\(suffix)", &info) == 0 && info.st_mode & 0o7777 == 0o640, "\(suffix)")
        }
    }

    @Test func typedColumns() throws {
        let connection = try Connection.inMemory()
        let found: Bool? = try connection.first("SELECT 7, NULL, 'x', 1.5, 1, x'0102'") { row in
            #expect(row.int(0) == 7 && row.intOrNil(0) == 7 && row.intOrNil(1) == nil)
            #expect(row.text(2) == "x" && row.textOrNil(1) == nil && row.text(1) == "")
            #expect(row.real(3) == 1.5 && row.realOrNil(1) == nil && row.bool(4))
            #expect(row.blob(5) == [1, 2] && row.blob(1).isEmpty)
            #expect(row.time(0) == Timestamp(milliseconds: 7) && row.timeOrNil(1) == nil)
            #expect(row.isNull(1) && !row.isNull(0))
            return true
        }
        #expect(found == true)
        #expect(try connection.first("SELECT 1 WHERE 0") { _ in 1 } == nil)
        #expect(try connection.all("SELECT 1 WHERE 0") { _ in 1 }.isEmpty)
    }

    @Test func writesTellWhatTheyDid() throws {
        let connection = try Connection.inMemory()
        try connection.write {
            try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER) STRICT")
            #expect(try connection.insert("INSERT INTO t (n) VALUES (1)") == 1)
            #expect(try connection.insert("INSERT INTO t (n) VALUES (2)") == 2)
            #expect(connection.lastInsertID == 2)
            #expect(try connection.execute("UPDATE t SET n = 5") == 2)
            #expect(connection.changes == 2)
            #expect(try connection.execute("DELETE FROM t WHERE id = 99") == 0)
            #expect(try connection.execute("DELETE FROM t WHERE id = 2") == 1)
            #expect(try connection.insert("INSERT INTO t (n) VALUES (3)") == 3, "an id is never given twice")
        }
    }

    @Test func theSameTextMayBeInUseTwice() throws {
        let connection = try Connection.inMemory()
        var pairs: [Int64] = []
        let outer = try connection.all("SELECT value FROM (SELECT 1 AS value UNION SELECT 2) ORDER BY value") {
            row throws(DatabaseError) in
            let inner = try connection.all(
                "SELECT value FROM (SELECT 1 AS value UNION SELECT 2) ORDER BY value"
            ) { row in row.int(0) }
            pairs += inner.map { $0 * 10 + row.int(0) }
            return row.int(0)
        }
        #expect(outer == [1, 2])
        #expect(pairs == [11, 21, 12, 22])
    }

    @Test func moreStatementsThanTheCacheHolds() throws {
        let connection = try Connection.inMemory()
        let kept = try connection.prepare("SELECT \(99)")
        for round in 0..<3 {
            for number in 0..<300 {
                let text = "/* \(number) */"
                let value = try connection.first("SELECT \(raw: text) \(number + round)") { row in row.int(0) }
                #expect(value == Int64(number + round))
            }
        }
        #expect(try kept.step())
        #expect(kept.row().int(0) == 99)
    }

    @Test func aStatementThatFailedCanBeUsedAgain() throws {
        let connection = try Connection.inMemory()
        try connection.write { try connection.execute("CREATE TABLE t (k TEXT UNIQUE) STRICT") }
        func add(_ key: String) throws {
            try connection.write { try connection.execute("INSERT INTO t VALUES (\(key))") }
        }
        try add("a")
        #expect(throws: DatabaseError.self) { try add("a") }
        try add("b")
        #expect(try connection.all("SELECT k FROM t ORDER BY k") { row in row.text(0) } == ["a", "b"])
    }

    @Test func onlyOneStatementATime() throws {
        let connection = try Connection.inMemory()
        // The second one would be left out without a word.
        #expect(throws: DatabaseError.self) {
            try connection.execute("CREATE TABLE a (x INTEGER); CREATE TABLE b (x INTEGER)")
        }
        #expect(throws: DatabaseError.self) { try connection.execute("") }
        #expect(throws: DatabaseError.self) { try connection.execute("-- nothing") }
        try connection.execute("SELECT 1; -- the end")
    }

    @Test func settings() throws {
        let folder = try TemporaryFolder()
        let connection = try Connection(path: folder.file("test.db"), role: .web)
        func pragma(_ name: String) throws -> String? {
            try connection.first("PRAGMA \(raw: name)") { row in row.text(0) }
        }
        #expect(try pragma("journal_mode") == "wal")
        #expect(try pragma("wal_autocheckpoint") == "0")
        #expect(try pragma("foreign_keys") == "1")
        #expect(try pragma("trusted_schema") == "0")
        #expect(try pragma("busy_timeout") == "5000")
        #expect(try pragma("cache_size") == "-8192")
        let bulk = try Connection(path: folder.file("test.db"), role: .importer)
        #expect(try bulk.first("PRAGMA cache_size") { row in row.int(0) } == -32_768)
        #expect(try bulk.first("PRAGMA secure_delete") { row in row.int(0) } == 0)
        #expect(try bulk.first("PRAGMA ignore_check_constraints") { row in row.int(0) } == 1)
        #expect(try connection.first("PRAGMA ignore_check_constraints") { row in row.int(0) } == 0)
        #expect(throws: DatabaseError.self) { try Connection(path: folder.file("none/test.db"), role: .web) }
    }

    @Test func theProtectionLineSaysWhatKeepsItSafe() {
        let line = Connection.protectionLine
        #expect(line.hasPrefix("SQLite \(Connection.libraryVersion): "))
        #expect(line.contains("autocheckpoint off, every write and checkpoint under the writer gate"))
    }

    @Test func tellsWhenSomebodyElseCommitted() throws {
        let folder = try TemporaryFolder()
        let one = try noteDatabase(folder)
        let other = try Connection(path: folder.file("test.db"), role: .web)
        let before = try other.dataVersion()
        #expect(try other.dataVersion() == before)
        try one.write { try one.execute("INSERT INTO note (text) VALUES ('x')") }
        #expect(try other.dataVersion() != before)
    }
}
