public import Database
public import Support

/// A column that names blobs by their hash: as long as one of its rows has a hash, the file is in use.
public struct BlobUse: Sendable {
    let table: String
    let column: String

    public init(_ table: String, _ column: String) {
        self.table = table
        self.column = column
    }
}

/// All SQL of the blob table. A file has its row from its first use on; how often it is used is counted where it is
/// asked for, so that no number can be wrong.
public struct BlobStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// One file, as its row knows it.
    public struct Entry: Sendable, Equatable {
        public var name: String
        public var size: Int64
    }

    /// Notes that a file is used from now on. Call inside the transaction that writes the use.
    ///
    /// Throws `RecordChanged` when the file was removed since it was put there: put it there again.
    public func use(_ name: String, in blobs: Blobs, mediaType: String, at now: Timestamp) throws {
        // What removes files does so inside a write transaction, so what is there now stays.
        guard let size = blobs.size(name) else { throw RecordChanged() }
        try connection.execute(
            """
            INSERT INTO blob (hash, size, media_type, created_at) VALUES (\(name), \(size), \(mediaType), \(now))
            ON CONFLICT (hash) DO UPDATE SET unused_since = NULL
            """
        )
    }

    /// Notes that files are used again which were not for a while, as when an earlier state is restored. Call inside
    /// the transaction that writes the use.
    public func reuse(_ names: [String]) throws(DatabaseError) {
        guard !names.isEmpty else { return }
        try connection.execute("UPDATE blob SET unused_since = NULL WHERE hash IN \(list: names)")
    }

    /// The media type of a file; nil for one that is not known.
    public func mediaType(_ name: String) throws(DatabaseError) -> String? {
        try connection.first("SELECT media_type FROM blob WHERE hash = \(name)") { row in row.text(0) }
    }

    public func count() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM blob") { row in row.int(0) } ?? 0
    }

    /// The next files by name.
    public func page(after name: String, limit: Int) throws(DatabaseError) -> [Entry] {
        try connection.all("SELECT hash, size FROM blob WHERE hash > \(name) ORDER BY hash LIMIT \(limit)") { row in
            Entry(name: row.text(0), size: row.int(1))
        }
    }

    /// Notes of the next files whether they are in use: since when not.
    /// - Returns: the last of them; nil behind the last of all. While another process writes, `name` again.
    public func note(
        after name: String,
        limit: Int,
        uses: [BlobUse],
        at now: Timestamp
    ) throws -> String? {
        let names = try connection.all(
            "SELECT hash FROM blob WHERE hash > \(name) ORDER BY hash LIMIT \(limit)"
        ) { row in row.text(0) }
        guard let last = names.last else { return nil }
        let unused: SQL = Self.isUnused(uses)
        let isDone: Bool? = try connection.writeIfFree {
            try connection.execute(
                """
                UPDATE blob SET unused_since = \(now)
                WHERE hash IN \(list: names) AND unused_since IS NULL AND \(unused)
                """
            )
            try connection.execute(
                """
                UPDATE blob SET unused_since = NULL
                WHERE hash IN \(list: names) AND unused_since IS NOT NULL AND NOT (\(unused))
                """
            )
            return true
        }
        return isDone == nil ? name : last
    }

    /// Files that are unused since before a moment.
    public func unused(before moment: Timestamp, limit: Int) throws(DatabaseError) -> [String] {
        try connection.all(
            "SELECT hash FROM blob WHERE unused_since < \(moment) ORDER BY unused_since, hash LIMIT \(limit)"
        ) { row in row.text(0) }
    }

    /// Removes a file and its row, unless it is in use again. Killed in between, the row stays, and the next call ends
    /// what was begun.
    /// - Returns: whether it is gone; nil when another process writes.
    public func remove(_ name: String, from blobs: Blobs, uses: [BlobUse]) throws -> Bool? {
        try connection.writeIfFree {
            let gone = try connection.execute(
                "DELETE FROM blob WHERE hash = \(name) AND unused_since IS NOT NULL AND \(Self.isUnused(uses))"
            )
            if gone > 0 { try blobs.remove(name) }
            return gone > 0
        }
    }

    /// Removes a file that has no row: it was put there, and its first use was never written.
    /// - Returns: whether it is gone.
    public func removeStray(_ name: String, from blobs: Blobs) throws -> Bool {
        try connection.writeIfFree {
            guard try mediaType(name) == nil else { return false }
            try blobs.remove(name)
            return true
        } ?? false
    }

    /// Of a row of `blob`.
    private static func isUnused(_ uses: [BlobUse]) -> SQL {
        guard !uses.isEmpty else { return "1 = 1" }
        // safe: names of tables and columns that the features' own lists spell.
        return uses.map { use in
            "NOT EXISTS (SELECT 1 FROM \(ident: use.table) u WHERE u.\(ident: use.column) = blob.hash)" as SQL
        }.joined(separator: " AND ")
    }
}
