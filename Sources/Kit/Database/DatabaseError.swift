/// What went wrong with the database. Carries the SQL, never the bound values: they may be anybody's data.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// SQLite answered with this extended result code.
        case sqlite(Int32)
        /// The writer gate was not free before its deadline.
        case gate
        /// A column held another type than the reader asked for.
        case decoding
        /// The schema is not what the code expects.
        case migration
        /// The API was used against its contract, e.g. a write inside a write.
        case misuse
    }

    public let kind: Kind
    public let message: String
    public let sql: String?

    public init(_ kind: Kind, _ message: String, sql: String? = nil) {
        self.kind = kind
        self.message = message
        self.sql = sql
    }

    /// The primary result code of SQLite; nil for every other kind.
    public var primaryCode: Int32? {
        guard case .sqlite(let code) = kind else { return nil }
        return code & 0xFF
    }

    /// A UNIQUE or PRIMARY KEY constraint refused the row.
    public var isUniqueViolation: Bool { kind == .sqlite(2067) || kind == .sqlite(1555) }

    /// Another writer held the writer gate or a lock for too long: try again later.
    public var isBusy: Bool { kind == .gate || primaryCode == 5 || primaryCode == 6 }

    /// There is no room left (SQLITE_FULL, or an I/O error while writing, which is how a quota shows itself).
    public var isDiskFull: Bool {
        guard case .sqlite(let code) = kind else { return false }
        return code & 0xFF == 13 || code == 778 || code == 4874
    }

    /// A page of the file is not what it must be, or the file is no database (SQLITE_CORRUPT, SQLITE_NOTADB). Not what
    /// a virtual table says of its own content, which can be made anew.
    public var isDamage: Bool { (primaryCode == 11 && kind != .sqlite(267)) || primaryCode == 26 }

    public var description: String {
        let place = sql.map { " in: \($0)" } ?? ""
        guard case .sqlite(let code) = kind else { return "database: \(message)\(place)" }
        return "database: \(message) (\(code))\(place)"
    }
}
