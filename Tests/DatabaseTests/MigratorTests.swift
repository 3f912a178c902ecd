import Database
import Glibc
import Support
import Synchronization
import TestSupport
import Testing

@Suite struct MigratorTests {
    private let first = Migration(
        "2026-01-01-01 first",
        up: ["CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT", "CREATE INDEX a_by_id ON a (id)"],
        down: ["DROP TABLE a"]
    )
    private let second = Migration(
        "2026-01-02-01 second",
        up: ["CREATE TABLE b (a INTEGER REFERENCES a (id)) STRICT"],
        down: ["DROP TABLE b"]
    )

    private func schema(_ connection: Connection) throws -> [String] {
        try connection.all("SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY 1") {
            row in
            row.text(0)
        }
    }

    @Test func twoAtOnceTakeEachStepOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("test.db")
        let migrator = Migrator([first, second])
        let results = Mutex<[[String]]>([])
        let threads = (0..<4).map { _ in
            TestThread {
                let applied = try? migrator.up(try Connection(path: path, role: .importer))
                results.withLock { $0.append(applied ?? ["failed"]) }
            }
        }
        for thread in threads { thread.join() }
        #expect(results.withLock { $0.sorted { $0.count < $1.count } } == [[], [], [], [first.id, second.id]])
    }

    @Test func oneThatWaitsIsToldForWhom() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("test.db")
        let connection = try Connection(path: path, role: .importer)
        let lock = try Files.open("\(path)-gate-migrate", O_RDWR | O_CREAT)
        var pid: Int64 = 4711
        #expect(flock(lock.raw, LOCK_EX) == 0 && pwrite(lock.raw, &pid, 8, 0) == 8)
        var told: [Int32?] = []
        let applied = try Migrator([first]).up(connection) { other in
            told.append(other)
            flock(lock.raw, LOCK_UN)
        }
        #expect(applied == [first.id] && told == [4711])
    }

    @Test func upDownAndUpAgainGiveTheSameSchema() throws {
        let connection = try Connection.inMemory()
        // Given out of order, applied in the order of the ids.
        let migrator = Migrator([second, first])
        #expect(try migrator.status(connection).map(\.appliedAt) == [nil, nil])
        #expect(try !migrator.isCurrent(connection))
        #expect(try migrator.up(connection) == [first.id, second.id])
        #expect(try migrator.isCurrent(connection))
        let whole = try schema(connection)
        #expect(try migrator.up(connection) == [])
        #expect(try migrator.down(connection) == [second.id])
        #expect(try !schema(connection).contains { $0.contains("table b") })
        #expect(try migrator.down(connection, steps: 9) == [first.id])
        #expect(try migrator.down(connection) == [])
        #expect(try migrator.up(connection, now: Timestamp(milliseconds: 5)) == [first.id, second.id])
        #expect(try schema(connection) == whole)
        #expect(try migrator.status(connection).map(\.appliedAt?.milliseconds) == [5, 5])
    }

    private func refusal(_ body: () throws -> Void) throws -> String? {
        do {
            try body()
        } catch let error as DatabaseError where error.kind == .migration {
            return error.message
        }
        return nil
    }

    @Test func aChangedMigrationIsRefused() throws {
        let connection = try Connection.inMemory()
        try Migrator([first]).up(connection)
        let changed = [
            Migration(first.id, up: first.up + ["CREATE TABLE c (x INTEGER)"], down: first.down),
            Migration(first.id, up: first.up, down: ["DROP TABLE a "]),
        ]
        for migration in changed {
            let migrator = Migrator([migration, second])
            #expect(try refusal { try migrator.up(connection) }?.contains("changed after it was applied") == true)
            #expect(try refusal { try migrator.down(connection) } != nil)
            #expect(try refusal { _ = try migrator.isCurrent(connection) } != nil)
        }
        #expect(try !schema(connection).contains { $0.contains("table b") })
    }

    @Test func aMigrationOfANewerProgramIsRefused() throws {
        let connection = try Connection.inMemory()
        try Migrator([first, second]).up(connection)
        let message = try refusal { _ = try Migrator([first]).status(connection) }
        #expect(message?.contains("'2026-01-02-01 second' of a newer Bodega") == true)
        #expect(try refusal { try Migrator([first]).up(connection) } != nil)
    }

    @Test func aStepThatFailsLeavesNothing() throws {
        let connection = try Connection.inMemory()
        let broken = Migration("2026-01-03-01 broken", up: ["CREATE TABLE c (x INTEGER) STRICT", "NONSENSE"], down: [])
        let migrator = Migrator([first, broken])
        #expect(throws: DatabaseError.self) { try migrator.up(connection) }
        #expect(try migrator.status(connection).map { $0.appliedAt != nil } == [true, false])
        #expect(try !schema(connection).contains { $0.contains("table c") })
        #expect(try connection.first("PRAGMA foreign_keys") { row in row.int(0) } == 1)
    }

    @Test func rowsThatPointNowhereAreFoundBeforeTheCommit() throws {
        let connection = try Connection.inMemory()
        try Migrator([first, second]).up(connection)
        try connection.write {
            try connection.execute("INSERT INTO a VALUES (1)")
            try connection.execute("INSERT INTO b VALUES (1)")
        }
        let rebuild: [SQL] = [
            "CREATE TABLE n (id INTEGER PRIMARY KEY) STRICT", "DROP TABLE a", "ALTER TABLE n RENAME TO a",
        ]
        let losing = Migration("2026-01-04-01 rebuild", up: rebuild, down: [])
        let message = try refusal { try Migrator([first, second, losing]).up(connection) }
        #expect(message?.contains("'b'") == true)
        #expect(try connection.first("SELECT COUNT(*) FROM a") { row in row.int(0) } == 1)
        let careful = Migration(
            "2026-01-04-01 rebuild",
            up: [rebuild[0], "INSERT INTO n SELECT id FROM a"] + rebuild.dropFirst(),
            down: []
        )
        #expect(try Migrator([first, second, careful]).up(connection) == [careful.id])
        #expect(try connection.first("PRAGMA foreign_keys") { row in row.int(0) } == 1)
    }

    @Test func askingForTheStatusWritesNothing() throws {
        let folder = try TemporaryFolder()
        let connection = try Connection(path: folder.file("test.db"), role: .web)
        _ = try Migrator([first]).status(connection)
        #expect(try schema(connection).isEmpty)
    }
}
