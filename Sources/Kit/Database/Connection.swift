public import CSQLite
import Glibc
public import Support

/// What a connection is for: decides cache sizes and how long it waits.
public enum ConnectionRole: Sendable {
    /// Short requests: cache 8 MB, the gate's deadline 5 s, ahead of importers.
    case web
    /// Bulk work: cache 32 MB, yields to the others, the gate's deadline 30 s.
    case importer
    /// The runner and the command line: as web, but waits 30 s.
    case maintenance

    var cacheKibibytes: Int { self == .importer ? 32_768 : 8192 }
    var gateDeadlineMilliseconds: Int { self == .web ? 5000 : 30_000 }
}

/// How sure a commit must be before it is acknowledged.
public enum Durability: Sendable {
    /// On disk when `write` returns: what a person or a client was told is done.
    case full
    /// Atomic, but the last commits may be lost with the machine's power: batches that a job repeats.
    case normal
}

/// A state of the whole database, to be compared on the connection that told it.
public struct ContentVersion: Sendable, Equatable {
    let others: Int64
    let own: Int64
}

/// One connection to the database file. Belongs to one thread. Every write goes through the writer gate.
public final class Connection {
    @usableFromInline let handle: OpaquePointer
    private var cache: [String: [OpaquePointer]] = [:]
    private var cached = 0
    private var durability: Durability = .normal
    /// Whether a transaction that holds the gate is open.
    var isWriting = false
    /// Set inside `inOneCommit`.
    var shared: SharedCommit?
    /// Whether one of its writes is at it.
    var isInsideShared = false
    /// Takes what goes wrong behind a commit, where no caller gets an error any more.
    public var log = Log(component: "database")
    /// Nil for a database in memory, which no other process shares.
    public let gate: WriterGate?
    public let role: ConnectionRole
    /// The file, or ":memory:".
    public let path: String
    /// Whether a damaged page is noted in a file beside this one, see `DamageMark`: not where all can be made anew.
    private let marksDamage: Bool
    /// Files that are visible under these names, see `attach`: their damage is not this file's.
    var attached: [String] = []

    /// Opens (and creates) the file in WAL mode with all of Bodega's settings.
    public convenience init(path: String, role: ConnectionRole, marksDamage: Bool = true) throws(DatabaseError) {
        let gate: WriterGate
        do {
            gate = try WriterGate(databasePath: path, deadlineMilliseconds: role.gateDeadlineMilliseconds)
        } catch {
            // Not of kind `gate`: no other writer is in the way, and waiting would not help.
            throw DatabaseError(.sqlite(error.isDiskFull ? SQLITE_FULL : SQLITE_CANTOPEN), error.description)
        }
        DatabaseFiles.create(path)
        try self.init(path: path, role: role, gate: gate, marksDamage: marksDamage)
        // Switching to WAL writes the header once, so it too happens under the gate.
        if try first("PRAGMA journal_mode", { row in row.text(0) }) != "wal" {
            try gate.acquire(priority: .interactive)
            defer { gate.release() }
            try run("PRAGMA journal_mode = WAL")
        }
    }

    /// A database of its own in memory, for tests.
    public static func inMemory() throws(DatabaseError) -> Connection {
        try Connection(path: ":memory:", role: .web, gate: nil, marksDamage: false)
    }

    /// SQLite's count of the memory that it uses, which nothing reads, takes a lock at each allocation. It can be
    /// turned off only before anything else is asked of the library.
    private static let isMemoryUncounted = bodega_sqlite_uncount_memory() == SQLITE_OK

    private init(path: String, role: ConnectionRole, gate: WriterGate?, marksDamage: Bool) throws(DatabaseError) {
        _ = Self.isMemoryUncounted
        var opened: OpaquePointer?
        // URI is for `attach`, which says there how a file is opened.
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let isFull = Self.isForWantOfRoom(code, opened, path)
            sqlite3_close_v2(opened)
            throw isFull
                ? DatabaseError(.sqlite(SQLITE_FULL), "no room to open \(path)")
                : DatabaseError(.sqlite(code), "\(path) cannot be opened: \(String(cString: sqlite3_errstr(code)))")
        }
        handle = opened
        self.path = path
        self.role = role
        self.gate = gate
        self.marksDamage = marksDamage
        // Double-quoted strings are a misspelt column more often than a text.
        _ = bodega_sqlite_config_flag(handle, SQLITE_DBCONFIG_DQS_DML, 0)
        _ = bodega_sqlite_config_flag(handle, SQLITE_DBCONFIG_DQS_DDL, 0)
        // busy_timeout comes first: the next ones may meet a lock. Autocheckpoint is off on every connection, because
        // SQLite before 3.51.3 may corrupt the file when a checkpoint meets a writer (WAL-reset race): checkpoints
        // are made under the gate.
        for pragma in [
            "busy_timeout = 5000", "wal_autocheckpoint = 0", "foreign_keys = 1", "trusted_schema = 0",
            "journal_size_limit = 67108864", "synchronous = NORMAL", "cache_size = -\(role.cacheKibibytes)",
            role == .importer ? "temp_store = FILE" : "temp_store = MEMORY",
        ] {
            try run("PRAGMA \(pragma)")
        }
        if role == .importer { try applyBulkPragmas() }
    }

    /// What bulk work does without.
    private func applyBulkPragmas() throws(DatabaseError) {
        // `CHECK (x IN ('a', 'b', 'c'))` builds a table of the list in memory for each row: half of the time of an
        // insertion. What jobs write has passed the field table, and `PRAGMA integrity_check` looks at it again.
        try run("PRAGMA ignore_check_constraints = 1")
        // Debian's library overwrites what is deleted, for which each page of it is read and logged once more.
        try run("PRAGMA secure_delete = 0")
    }

    deinit {
        for statements in cache.values { for statement in statements { sqlite3_finalize(statement) } }
        // _v2: a statement that is still out keeps the connection until it ends.
        sqlite3_close_v2(handle)
    }

    /// SQLite's own version, e.g. `3.40.1`.
    public static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// One line for the log: which SQLite runs and what keeps it safe.
    public static var protectionLine: String {
        let fixed = sqlite3_libversion_number() >= 3_051_003
        let reason = fixed ? "has the WAL-reset fix" : "WAL-reset race avoided"
        return
            "SQLite \(libraryVersion): \(reason); autocheckpoint off, every write and checkpoint under the writer gate"
    }

    // MARK: Statements

    /// A statement from the cache, or a new one. For hot loops; everything else uses `execute`, `first` and `all`.
    public func prepare(_ sql: SQL) throws(DatabaseError) -> Statement {
        let statement = Statement(handle: try take(sql.text), key: sql.text, connection: self)
        for (index, value) in sql.arguments.enumerated() { try statement.bind(Int32(index + 1), value) }
        return statement
    }

    private func take(_ text: String) throws(DatabaseError) -> OpaquePointer {
        if let handle = cache[text]?.popLast() {
            cached -= 1
            return handle
        }
        var prepared: OpaquePointer?
        var hasMore = false
        let code = text.withCString { start in
            var rest: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(handle, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &rest)
            hasMore = rest.map { hasStatement($0) } ?? false
            return code
        }
        guard code == SQLITE_OK else { throw failure(code, sql: text) }
        guard let prepared, !hasMore else {
            sqlite3_finalize(prepared)
            throw DatabaseError(.misuse, "exactly one statement is expected", sql: text)
        }
        StatementLog.note(text)
        return prepared
    }

    /// Whether more than white space and comments follows: SQLite would leave a second statement out without a word.
    private func hasStatement(_ text: UnsafePointer<CChar>) -> Bool {
        guard text.pointee != 0 else { return false }
        var next: OpaquePointer?
        defer { sqlite3_finalize(next) }
        // One that cannot be compiled yet, because the first has not run, is one too.
        return sqlite3_prepare_v2(handle, text, -1, &next, nil) != SQLITE_OK || next != nil
    }

    func giveBack(_ statement: OpaquePointer, key: String) {
        if cached >= 128 {
            for (text, statements) in cache {
                for old in statements { sqlite3_finalize(old) }
                cache[text] = nil
            }
            cached = 0
        }
        cache[key, default: []].append(statement)
        cached += 1
    }

    func failure(_ code: Int32, sql: String? = nil) -> DatabaseError {
        let extended = sqlite3_extended_errcode(handle)
        let known = extended & 0xFF == code & 0xFF ? extended : code
        if Self.isForWantOfRoom(known, handle, path) {
            return DatabaseError(.sqlite(SQLITE_FULL), "no room for the database's files (\(known))", sql: sql)
        }
        let error = DatabaseError(.sqlite(known), String(cString: sqlite3_errmsg(handle)), sql: sql)
        if error.isDamage, marksDamage, !attached.contains(where: { sql?.contains($0) ?? false }) {
            DamageMark(database: path).suspect(error.message)
        }
        return error
    }

    /// Whether a file could not be made, lengthened or synced because the disk is full, for which SQLite has no code of
    /// its own. It keeps the kernel's answer to its last call, which may have come after the one that failed.
    private static func isForWantOfRoom(_ code: Int32, _ handle: OpaquePointer?, _ path: String) -> Bool {
        guard [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xFF) else { return false }
        if [ENOSPC, EDQUOT].contains(sqlite3_system_errno(handle)) { return true }
        guard code & 0xFF == SQLITE_CANTOPEN, let room = Files.room(at: path) else { return false }
        return room.files == 0 || room.bytes == 0
    }

    /// Runs text that comes from this module only.
    func run(_ text: String) throws(DatabaseError) {
        let code = sqlite3_exec(handle, text, nil, nil, nil)
        if code != SQLITE_OK { throw failure(code, sql: text) }
    }

    /// BEGIN, COMMIT and ROLLBACK, which every request needs and which are not compiled anew each time.
    func runCached(_ text: String) throws(DatabaseError) {
        let statement = Statement(handle: try take(text), key: text, connection: self)
        while try statement.step() {}
    }

    // MARK: Queries

    /// Runs one statement. One that writes is refused outside `write`: it would pass the gate by.
    /// - Returns: how many rows it changed.
    @discardableResult
    public func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        let statement = try prepare(sql)
        guard isWriting || gate == nil || sqlite3_stmt_readonly(statement.handle) != 0 else {
            throw DatabaseError(.misuse, "a write without the writer gate", sql: sql.text)
        }
        while try statement.step() {}
        return Int(sqlite3_changes(handle))
    }

    /// Runs an INSERT.
    /// - Returns: the id of the new row.
    @discardableResult
    public func insert(_ sql: SQL) throws(DatabaseError) -> Int64 {
        try execute(sql)
        return sqlite3_last_insert_rowid(handle)
    }

    /// The first row, read by the closure; nil when there is none.
    @inlinable
    public func first<T>(
        _ sql: SQL,
        _ read: (borrowing Row) throws(DatabaseError) -> T
    ) throws(DatabaseError) -> T? {
        let statement = try prepare(sql)
        guard try statement.step() else { return nil }
        return try read(statement.row())
    }

    /// Every row, read by the closure.
    @inlinable
    public func all<T>(
        _ sql: SQL,
        _ read: (borrowing Row) throws(DatabaseError) -> T
    ) throws(DatabaseError) -> [T] {
        let statement = try prepare(sql)
        var rows: [T] = []
        while try statement.step() { rows.append(try read(statement.row())) }
        return rows
    }

    /// Rows changed by the last statement that changed any.
    @inlinable
    public var changes: Int64 { Int64(sqlite3_changes(handle)) }

    /// A number that differs whenever another connection has committed since the last look (2 µs).
    public func dataVersion() throws(DatabaseError) -> Int64 {
        try first("PRAGMA data_version") { row in row.int(0) } ?? 0
    }

    /// Equal as long as no connection, this one included, has changed anything.
    public func contentVersion() throws(DatabaseError) -> ContentVersion {
        ContentVersion(others: try dataVersion(), own: totalChanges)
    }

    /// Whether a transaction is open.
    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    func setDurability(_ wanted: Durability) throws(DatabaseError) {
        guard wanted != durability else { return }
        try run(wanted == .full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        durability = wanted
    }
}

extension Connection {
    /// Gives the page cache back to the system, for what comes next in this process and in others.
    public func releaseMemory() {
        sqlite3_db_release_memory(handle)
        bodega_trim_memory()
    }

    /// Lets what is sorted while the body runs go to a file: the keys of an index of millions would fill the memory.
    /// Inside a transaction, where that cannot be changed, all is as it was.
    public func sortingOnDisk<T>(_ body: () throws -> T) throws -> T {
        guard role != .importer, !isInTransaction else { return try body() }
        try run("PRAGMA temp_store = FILE")
        defer { try? run("PRAGMA temp_store = MEMORY") }
        return try body()
    }
}

extension Connection {
    /// The id that the last INSERT of this connection gave.
    @inlinable
    public var lastInsertID: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Rows changed since the connection was opened.
    public var totalChanges: Int64 { Int64(sqlite3_total_changes(handle)) }
}
