import CSQLite
import Glibc
public import Support

extension TextIndex {
    /// Why a new file takes the place of an index.
    public enum Replacement: Sendable, Equatable {
        /// There was none.
        case missing
        case otherVersion
        /// What SQLite said.
        case damaged(String)
    }

    /// Opens the index. One that is missing, damaged, unreadable or of another version or other columns is replaced by
    /// an empty one; the last damaged file is kept beside it, see `asidePath`.
    /// - Parameter origin: what a new index begins with; called only when one is made.
    public static func open(
        path: String,
        name: String,
        columns: [String],
        role: ConnectionRole = .web,
        origin: (Replacement) throws -> Progress = { _ in .start }
    ) throws -> TextIndex {
        var why = Replacement.missing
        for _ in 0..<5 {
            let file = FileIdentity(path)
            do {
                let index = try TextIndex(path: path, name: name, columns: columns, role: role)
                switch try index.content() {
                case .current: return index
                case .nothing: try index.create(try origin(why))
                case .otherVersion:
                    why = .otherVersion
                    if let file { try remove(path, file, keeping: false) }
                }
            } catch let error as DatabaseError where isUnusable(error, path) {
                why = .damaged(error.message)
                if let file { try remove(path, file, keeping: true) }
            }
        }
        throw DatabaseError(.misuse, "the index \(path) is replaced all the time")
    }

    /// Where the last damaged file is kept, so that an operator can find out what happened.
    public static func asidePath(_ path: String) -> String { "\(path).damaged" }

    /// Takes a file away so that the next `open` makes a new one; nothing when it was replaced already. Processes that
    /// have it open see that by `hasMoved`, and SQLite does not touch the new one's log when they close it.
    /// - Parameter keeping: whether it is put aside, over the one before it.
    public static func remove(_ path: String, _ file: FileIdentity, keeping: Bool) throws {
        let gate = try WriterGate(databasePath: path, deadlineMilliseconds: 30_000)
        try gate.acquire(priority: .interactive)
        defer { gate.release() }
        guard FileIdentity(path) == file else { return }
        if keeping {
            unlink(asidePath(path))
            try Files.rename(path, to: asidePath(path))
        } else if unlink(path) != 0 {
            throw SystemError("remove \(path)")
        }
        // Those of the old file; a new one must not take them for its own.
        for suffix in ["-wal", "-shm"] { unlink("\(path)\(suffix)") }
    }

    /// Whether an error means that the file is no index that can be used, and never will be.
    public static func isUnusable(_ error: DatabaseError, _ path: String) -> Bool {
        guard case .sqlite(let code) = error.kind else { return error.kind == .decoding }
        switch code & 0xFF {
        // An error of SQL too: our statements fit every index of this version, so the file's schema does not.
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR: return true
        case SQLITE_IOERR: return code == shortRead || code == corruptFileSystem
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH:
            var info = stat()
            guard stat(path, &info) == 0 else { return false }
            return info.st_mode & S_IFMT != S_IFREG || access(path, R_OK | W_OK) != 0
        default: return false
        }
    }

    /// Whether an error that is no sign of damage, met by who opens an index for reading only, means that it can be
    /// asked later: most often another process is just replacing it. A file whose first transaction is not over can be
    /// opened by writers alone, and it or its log may vanish while it is opened.
    public static func isOutOfReach(_ error: DatabaseError) -> Bool {
        guard case .sqlite(let code) = error.kind else { return false }
        return [SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_IOERR].contains(code & 0xFF)
    }

    /// SQLITE_IOERR_SHORT_READ and SQLITE_IOERR_CORRUPTFS, macros that Swift does not see.
    private static let shortRead: Int32 = 522
    private static let corruptFileSystem: Int32 = 8458
}

extension Connection {
    /// Whether the file of a schema is no longer the one of its name.
    func hasMoved(_ schema: String) -> Bool {
        var moved: Int32 = 0
        return sqlite3_file_control(handle, schema, SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
    }

    /// Whether the database's file was removed or replaced since it was opened.
    public var hasMoved: Bool { gate != nil && hasMoved("main") }

    /// Makes the tables of an index file visible under a schema name, for reading only; the file must exist. When the
    /// file that is visible was replaced, the new one takes its place, unless a transaction has read the old one: that
    /// goes on with what it has seen.
    ///
    /// Read-only matters: BEGIN IMMEDIATE takes the write lock of every attached file that may be written, so each edit
    /// would wait for the process that feeds the index, and would do so while it holds the writer gate.
    public func attach(_ path: String, as schema: String) throws(DatabaseError) {
        let known = try first("SELECT 1 FROM pragma_database_list WHERE name = \(schema)") { _ in true }
        if known != nil {
            guard hasMoved(schema) else { return }
            do {
                try detach(schema)
            } catch {
                guard isInTransaction else { throw error }
                return
            }
        }
        let encoded = path.split(separator: "/", omittingEmptySubsequences: false).map { String($0).percentEncoded }
        if !attached.contains(schema) { attached.append(schema) }
        try execute("ATTACH DATABASE \("file:\(encoded.joined(separator: "/"))?mode=ro") AS \(ident: schema)")
    }

    /// Takes back what `attach` did.
    public func detach(_ schema: String) throws(DatabaseError) { try execute("DETACH DATABASE \(ident: schema)") }

    /// The version that is written in an attached index; see `TextIndex.version`.
    public func indexVersion(_ schema: String) throws(DatabaseError) -> Int64? {
        try first("PRAGMA \(ident: schema).user_version") { row in row.int(0) }
    }
}
