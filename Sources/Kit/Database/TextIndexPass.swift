/// One pass over records of a `TextIndex`, by ascending ids: FTS5 writes its buffer out whenever they do not ascend.
///
/// FTS5 (seen with 3.40.1) keeps one entry for each word of each record in every segment, with a mark that says whether
/// an older entry must be taken out with it. Where an incremental merge stops between two words it may drop the older
/// of two entries without handing its mark on to the newer one; when the newer is taken out later, both go together,
/// and an entry that is older still comes back: a word that the record no longer has. So every entry but the first of a
/// record has to carry the mark itself. That is why what a record had and what it gets are both taken out before it is
/// put in, with nothing written out in between.
public struct TextIndexPass: ~Copyable {
    private let index: TextIndex
    private let removal: Statement
    private let addition: Statement
    private let columns: Int
    /// Bytes of texts since the buffer was last written out.
    private var bytes = 0

    /// Bytes of texts that come to about 16 MB of FTS5's buffer.
    private static let flushBytes = 8 << 20

    init(_ index: TextIndex) throws(DatabaseError) {
        self.index = index
        columns = index.columns.count
        let names = ["rowid"] + index.columns
        let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let table = index.name
        // safe: the owner's column names and question marks.
        let removal = try index.connection.prepare(
            "INSERT INTO \(ident: table)(\(ident: table), \(raw: list)) VALUES ('delete', \(raw: marks))"
        )
        let addition = try index.connection.prepare(
            "INSERT INTO \(ident: table)(\(raw: list)) VALUES (\(raw: marks))"
        )
        self.removal = removal
        self.addition = addition
    }

    /// Puts a record in whose id was never in the index before, from bytes in the caller's memory, without a copy.
    /// - Parameter text: the bytes of a column, by its position; they must stay where they are during this call.
    public mutating func addFirst(_ id: Int64, _ text: (Int) -> UnsafeBufferPointer<UInt8>?) throws(DatabaseError) {
        try makeRoom()
        addition.bind(1, id)
        for column in 0..<columns {
            if let part = text(column) {
                addition.bindBorrowed(Int32(column + 2), part)
                bytes += part.count
            } else {
                addition.bindNull(Int32(column + 2))
            }
        }
        try addition.run()
    }

    /// Makes a record anew, puts it in or takes it out.
    /// - Parameters:
    ///   - old: the texts that are in, one for each column; nil when the record is not in.
    ///   - new: the texts to be put in; nil when the record goes.
    public mutating func replace(_ id: Int64, old: [String?]?, new: [String?]?) throws(DatabaseError) {
        try makeRoom()
        if let old { bytes += try Self.run(removal, id, old) }
        guard let new else { return }
        bytes += try Self.run(removal, id, new)
        bytes += try Self.run(addition, id, new)
    }

    /// - Returns: how many bytes of text that were.
    private static func run(
        _ statement: borrowing Statement,
        _ id: Int64,
        _ texts: [String?]
    ) throws(DatabaseError) -> Int {
        statement.bind(1, id)
        for (index, text) in texts.enumerated() { try statement.bind(Int32(index + 2), text.databaseValue) }
        try statement.run()
        return texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }

    /// Has the buffer written out between two records when it is big: a savepoint does that.
    private mutating func makeRoom() throws(DatabaseError) {
        guard bytes >= Self.flushBytes else { return }
        try index.connection.runCached("SAVEPOINT text_index_flush")
        try index.connection.runCached("RELEASE text_index_flush")
        bytes = 0
    }
}
