import Support

/// A full-text index in a database file of its own, so that it is written on another core than the records.
///
/// It holds words only (contentless FTS5). Its owner feeds it from an append-only log of changes and tells it, in the
/// same transaction, how far it has come; to take a record out, FTS5 needs the very texts that went in. The file holds
/// nothing that cannot be made anew, so one that cannot be used is replaced (see `open`). This, `TextIndexPass`,
/// `TextIndexFile` and `TextMatcher` are the only places that know FTS5's syntax.
public final class TextIndex {
    /// How far the log has been read: the id of the last change, and a mark that tells whether that is still the same
    /// change (after a restored backup it is not, and the index must be built anew).
    public struct Position: Sendable, Equatable {
        public var id: Int64
        public var mark: String

        public init(id: Int64, mark: String) {
            self.id = id
            self.mark = mark
        }

        public static let start = Position(id: 0, mark: "")
    }

    /// What the index holds: all records as they stood at a position of the log, or as yet only the first of them.
    public struct Progress: Sendable, Equatable {
        public var position: Position
        /// While it is built from the records themselves: the id up to which they are in; nil when all are.
        public var builtUpTo: Int64?
        /// Why it is built anew, in plain words; nil when it is not, or when there was nothing to lose.
        public var reason: String?

        public init(position: Position, builtUpTo: Int64? = nil, reason: String? = nil) {
            self.position = position
            self.builtUpTo = builtUpTo
            self.reason = reason
        }

        public static let start = Progress(position: .start)
    }

    /// Raise it when what is written into the index changes: indexes of another version are built anew.
    public static let version: Int64 = 2
    static let tokenizer: SQL = "tokenize = \"unicode61 remove_diacritics 2\""

    /// The table's name, also in queries of an attaching connection.
    public let name: String
    public let columns: [String]
    public let connection: Connection

    /// Opens the file as it stands, or an empty one; see `open`.
    init(path: String, name: String, columns: [String], role: ConnectionRole) throws {
        self.name = name
        self.columns = columns
        connection = try Connection(path: path, role: role, marksDamage: false)
        // Debian's library overwrites what is deleted: each page once more, of an index that holds no secrets.
        try connection.run("PRAGMA secure_delete = 0")
    }

    /// What stands in a file.
    enum Content { case nothing, current, otherVersion }

    func content() throws(DatabaseError) -> Content {
        let version = try connection.first("PRAGMA user_version") { row in row.int(0) }
        let tables = try connection.first("SELECT COUNT(*) FROM sqlite_schema") { row in row.int(0) }
        if tables == 0 { return .nothing }
        let stored: [String] = try connection.all(
            "SELECT name FROM pragma_table_info(\(name)) ORDER BY cid"
        ) { row in row.text(0) }
        let hasState = try connection.hasTable("text_index_progress")
        return version == Self.version && stored == columns && hasState ? .current : .otherVersion
    }

    /// Makes the tables of a new index, unless another process has been faster.
    func create(_ progress: Progress) throws {
        try connection.write(.normal) {
            guard try content() == .nothing else { return }
            let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
            // safe: names come from the code of the index's owner.
            try connection.execute(
                """
                CREATE VIRTUAL TABLE \(ident: name) USING fts5(
                    \(raw: list), content = '', columnsize = 0, \(Self.tokenizer)
                )
                """
            )
            try connection.execute(
                """
                CREATE TABLE text_index_progress (
                    name TEXT PRIMARY KEY, position INTEGER NOT NULL, mark TEXT NOT NULL, built_up_to INTEGER,
                    reason TEXT
                ) \(.strict)
                """
            )
            try connection.execute(
                """
                INSERT INTO text_index_progress VALUES (\(name), \(progress.position.id), \(progress.position.mark),
                    \(progress.builtUpTo), \(progress.reason))
                """
            )
            try inflateTotals()
            // Its buffer is written out by `TextIndexPass`, never by itself between what belongs together.
            try configure("hashsize", 64 << 20)
            // Merging is done in bounded steps by `merge()`.
            try configure("automerge", 0)
            // Each `update` leaves a segment. No reader should wait for a merge of all of them beside a big load.
            try configure("crisismerge", 256)
            // safe: a number of this type; a pragma takes no parameter.
            try connection.execute("PRAGMA user_version = \(raw: String(Self.version))")
        }
    }

    private func configure(_ option: String, _ value: Int) throws(DatabaseError) {
        try connection.execute("INSERT INTO \(ident: name)(\(ident: name), rank) VALUES (\(option), \(value))")
    }

    /// FTS5 counts rows and words for its ranking, which no query asks for, and takes it for damage when more are taken
    /// out than were put in, as `TextIndexPass.replace` does. So the counts begin where they never come to an end.
    private func inflateTotals() throws(DatabaseError) {
        // A number of nine bytes as SQLite writes it (sqlite.org/fileformat2.html, "varint"), 2^62, for the
        // rows and for each column: fts5_index.c, "Averages record".
        let number: [UInt8] = [0xA0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]
        let record = (0...columns.count).flatMap { _ in number }
        try connection.execute("UPDATE \(ident: "\(name)_data") SET block = \(record) WHERE id = 1")
    }

    /// What the index holds by now.
    ///
    /// Throws `TextIndexReplaced` when the file is no longer the one of that name.
    public func progress() throws -> Progress {
        guard !connection.hasMoved else { throw TextIndexReplaced() }
        return try storedProgress()
    }

    private func storedProgress() throws(DatabaseError) -> Progress {
        let stored = try connection.first(
            "SELECT position, mark, built_up_to, reason FROM text_index_progress WHERE name = \(name)"
        ) { row in
            Progress(
                position: Position(id: row.int(0), mark: row.text(1)),
                builtUpTo: row.intOrNil(2),
                reason: row.textOrNil(3)
            )
        }
        guard let stored else { throw DatabaseError(.sqlite(Self.malformed), "the index does not say how far it is") }
        return stored
    }

    /// SQLITE_CORRUPT.
    private static let malformed: Int32 = 11

    /// Changes records, each once and by ascending ids, and moves the progress, in one transaction; does nothing when
    /// another process has moved it meanwhile or, with `wait` false, is writing just now.
    /// - Returns: whether it was done.
    public func update(
        from old: Progress,
        to new: Progress,
        wait: Bool,
        _ change: (inout TextIndexPass) throws -> Void
    ) throws -> Bool {
        let body = {
            guard !self.connection.hasMoved else { throw TextIndexReplaced() }
            guard try self.storedProgress() == old else { return false }
            var pass = try TextIndexPass(self)
            try change(&pass)
            try self.connection.execute(
                """
                UPDATE text_index_progress SET position = \(new.position.id), mark = \(new.position.mark),
                    built_up_to = \(new.builtUpTo), reason = \(new.reason) WHERE name = \(self.name)
                """
            )
            return true
        }
        return wait ? try connection.write(.normal, body) : try connection.writeIfFree(body) ?? false
    }

    /// One bounded step (about `pages` pages) of merging small segments into bigger ones.
    /// - Returns: whether there was anything to do.
    public func merge(pages: Int = 500) throws -> Bool {
        try connection.write(.normal) {
            guard !connection.hasMoved else { throw TextIndexReplaced() }
            let before = connection.totalChanges
            try connection.execute("INSERT INTO \(ident: name)(\(ident: name), rank) VALUES ('merge', \(pages))")
            // FTS5's own sign: fewer than two changes mean that no merge was left to do.
            return connection.totalChanges - before >= 2
        }
    }

    /// The records within a range that match, ascending.
    public func matching(_ query: TextQuery, in ids: ClosedRange<Int64>) throws(DatabaseError) -> [Int64] {
        try connection.all(
            """
            SELECT rowid FROM \(ident: name) WHERE \(ident: name) MATCH \(query.expression)
                AND rowid BETWEEN \(ids.lowerBound) AND \(ids.upperBound) ORDER BY rowid
            """
        ) { row in row.int(0) }
    }
}

/// The file of an index was removed or replaced since it was opened: open it again.
public struct TextIndexReplaced: Error {
    public init() {}
}
