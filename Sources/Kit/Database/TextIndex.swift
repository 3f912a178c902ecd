import Support

/// A full-text index in a database file of its own, so that it is written on another core than the records.
///
/// It holds words only (contentless FTS5). Its owner feeds it from an append-only log of changes and tells it, in the
/// same transaction, how far it has come; to take a record out, FTS5 needs the very texts that went in. This is the
/// only place that knows FTS5's syntax.
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

    /// The table's name, also in queries of an attaching connection.
    public let name: String
    public let columns: [String]
    public let connection: Connection

    /// Opens the index file and creates what is missing. An index of other columns, as an earlier version of its owner
    /// left it, is thrown away and set back to the start of the log.
    public init(path: String, name: String, columns: [String], role: ConnectionRole = .web) throws {
        self.name = name
        self.columns = columns
        connection = try Connection(path: path, role: role)
        guard try storedColumns() != columns else { return }
        try connection.write(.normal) {
            // Somebody else may have been faster.
            if try storedColumns() != columns { try create() }
        }
    }

    /// The columns of the index as it stands in the file; empty when there is none.
    private func storedColumns() throws(DatabaseError) -> [String] {
        try connection.all("SELECT name FROM pragma_table_info(\(name)) ORDER BY cid") { row in row.text(0) }
    }

    private func create() throws(DatabaseError) {
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        try connection.execute("DROP TABLE IF EXISTS \(ident: name)")
        // safe: names come from the code of the index's owner.
        try connection.execute(
            """
            CREATE VIRTUAL TABLE \(ident: name) USING fts5(
                \(raw: list), content = '', columnsize = 0, tokenize = "unicode61 remove_diacritics 2"
            )
            """
        )
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS text_index_state (
                name TEXT PRIMARY KEY, position INTEGER NOT NULL, mark TEXT NOT NULL
            ) STRICT
            """
        )
        try connection.execute(
            """
            INSERT INTO text_index_state VALUES (\(name), 0, '')
            ON CONFLICT (name) DO UPDATE SET position = 0, mark = ''
            """
        )
        // A bigger hash means fewer and longer segments; merging is done in bounded steps by `merge()`.
        try configure("hashsize", 16 << 20)
        try configure("automerge", 0)
        // Each `update` leaves a segment. While a big load goes on nobody should wait until all of them are one.
        try configure("crisismerge", 256)
    }

    private func configure(_ option: String, _ value: Int) throws(DatabaseError) {
        try connection.execute("INSERT INTO \(ident: name)(\(ident: name), rank) VALUES (\(option), \(value))")
    }

    /// How far the log has been read.
    public func position() throws(DatabaseError) -> Position {
        try connection.first("SELECT position, mark FROM text_index_state WHERE name = \(name)") { row in
            Position(id: row.int(0), mark: row.text(1))
        } ?? .start
    }

    /// Takes records out and puts records in, and moves the position, in one transaction; does nothing when somebody
    /// else has moved the position meanwhile or, with `wait` false, is writing just now.
    ///
    /// Ids must ascend within each of the two closures' calls: FTS5 writes its buffer out whenever they do not.
    /// - Returns: whether it was done.
    public func update(
        from old: Position,
        to new: Position,
        wait: Bool,
        remove: (borrowing TextIndexStatement) throws -> Void,
        add: (borrowing TextIndexStatement) throws -> Void
    ) throws -> Bool {
        let body = {
            guard try self.position() == old else { return false }
            try self.apply(to: new, remove: remove, add: add)
            return true
        }
        return wait ? try connection.write(.normal, body) : try connection.writeIfFree(body) ?? false
    }

    private func apply(
        to position: Position,
        remove: (borrowing TextIndexStatement) throws -> Void,
        add: (borrowing TextIndexStatement) throws -> Void
    ) throws {
        let list = (["rowid"] + columns).map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = (["rowid"] + columns).map { _ in "?" }.joined(separator: ", ")
        // safe: the owner's column names and question marks.
        let removal: SQL = "INSERT INTO \(ident: name)(\(ident: name), \(raw: list)) VALUES ('delete', \(raw: marks))"
        let addition: SQL = "INSERT INTO \(ident: name)(\(raw: list)) VALUES (\(raw: marks))"
        try remove(TextIndexStatement(statement: try connection.prepare(removal)))
        try add(TextIndexStatement(statement: try connection.prepare(addition)))
        try connection.execute(
            "UPDATE text_index_state SET position = \(position.id), mark = \(position.mark) WHERE name = \(name)"
        )
    }

    /// Empties the index and sets it back to the start of the log.
    public func clear() throws {
        try connection.write(.normal) {
            try connection.execute("INSERT INTO \(ident: name)(\(ident: name)) VALUES ('delete-all')")
            try connection.execute("UPDATE text_index_state SET position = 0, mark = '' WHERE name = \(name)")
        }
    }

    /// One bounded step (about so many pages) of joining small segments into bigger ones.
    /// - Returns: whether there was anything to do.
    public func merge(pages: Int = 500) throws -> Bool {
        try connection.write(.normal) {
            let before = connection.totalChanges
            try connection.execute("INSERT INTO \(ident: name)(\(ident: name), rank) VALUES ('merge', \(pages))")
            // FTS5's own sign: fewer than two changes mean that no merge was left to do.
            return connection.totalChanges - before >= 2
        }
    }
}

/// Puts one record into an index, or takes it out.
public struct TextIndexStatement: ~Copyable {
    let statement: Statement

    /// - Parameter texts: one for each column; nil where there is none.
    public borrowing func record(_ id: Int64, _ texts: [String?]) throws(DatabaseError) {
        statement.bind(1, id)
        for (index, text) in texts.enumerated() {
            try statement.bind(Int32(index + 2), text.databaseValue)
        }
        try statement.run()
    }

    /// The same from bytes in the caller's memory, without a copy.
    /// - Parameter text: the bytes of a column, by its position; they must stay where they are during this call.
    public borrowing func record(
        _ id: Int64,
        columns: Int,
        _ text: (Int) -> UnsafeBufferPointer<UInt8>?
    ) throws(DatabaseError) {
        statement.bind(1, id)
        for column in 0..<columns {
            if let bytes = text(column) {
                statement.bindBorrowed(Int32(column + 2), bytes)
            } else {
                statement.bindNull(Int32(column + 2))
            }
        }
        try statement.run()
    }
}

/// A question to a `TextIndex`.
public struct TextQuery: Sendable, Equatable {
    /// The condition for FTS5's MATCH.
    public let expression: String

    /// How many different words a text from outside may have: FTS5 reads the records of each of them, so that a
    /// question costs as much as it has words.
    public static let maxWords = 32

    /// Every word of the text, as the beginning of a word, in the given columns (all when empty); words are what the
    /// index takes for words, so operators and punctuation mean nothing. Nil when the text holds no word at all.
    public init?(_ text: String, columns: [String] = []) {
        let words = Self.words(text)
        guard !words.isEmpty else { return nil }
        let terms = words.map { "\"\(String(String.UnicodeScalarView($0)))\"*" }.joined(separator: " AND ")
        expression = columns.isEmpty ? "(\(terms))" : "({\(columns.joined(separator: " "))} : (\(terms)))"
    }

    /// Whether a text from outside has more than `maxWords` different words, or so many marks that its words come to
    /// more: FTS5 cuts words at most marks, and asks for every piece.
    public static func hasTooManyWords(_ text: String) -> Bool {
        let words = words(text)
        return words.count > maxWords || words.joined().count(where: isMark) > 4 * maxWords
    }

    /// The words of a text without those that add nothing: whatever has a word has the beginnings of that word.
    private static func words(_ text: String) -> [[Unicode.Scalar]] {
        let parts = text.unicodeScalars.split { !isWordScalar($0) }
        // Marks alone are no word, and a term without a word would match nothing. Only ASCII is folded, where FTS5
        // and we are sure to agree; other spellings of a word are asked for twice.
        let words = parts.filter { !$0.allSatisfy(isMark) }.map { $0.map(asciiLowercased) }
        let sorted = words.sorted { $0.lexicographicallyPrecedes($1) }
        // Right behind the beginning of words comes one of them.
        return zip(sorted, sorted.dropFirst()).filter { !$1.starts(with: $0) }.map(\.0) + sorted.suffix(1)
    }

    private static func asciiLowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
    }

    private init(expression: String) {
        self.expression = expression
    }

    /// All of the questions at once.
    public static func all(_ queries: [TextQuery]) -> TextQuery {
        TextQuery(expression: queries.map(\.expression).joined(separator: " AND "))
    }

    /// As unicode61 does: letters, numbers, private use; marks belong to the word before them.
    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .privateUse:
            true
        default: isMark(scalar)
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}

extension Connection {
    /// Makes the tables of an index file visible under a schema name, for reading only; the file must exist. Nothing
    /// happens when it is visible already.
    ///
    /// Read-only matters: BEGIN IMMEDIATE takes the write lock of every attached file that may be written, so each edit
    /// would wait for whoever feeds the index, and would do so while it holds the writer gate.
    public func attach(_ path: String, as schema: String) throws(DatabaseError) {
        let known = try first("SELECT 1 FROM pragma_database_list WHERE name = \(schema)") { _ in true }
        guard known == nil else { return }
        let encoded = path.split(separator: "/", omittingEmptySubsequences: false).map { String($0).percentEncoded }
        try execute("ATTACH DATABASE \("file:\(encoded.joined(separator: "/"))?mode=ro") AS \(ident: schema)")
    }
}
