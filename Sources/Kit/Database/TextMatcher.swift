/// Says of texts in memory what a `TextIndex` of the same columns would say of them: FTS5 itself cuts them into words
/// and compares them, so that both cannot differ.
public final class TextMatcher {
    private let connection: Connection
    private let columns: [String]
    private let addition: SQL

    public init(columns: [String]) throws(DatabaseError) {
        self.columns = columns
        connection = try Connection.inMemory()
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        // safe: names come from the code of the index's owner.
        addition = "INSERT INTO own(rowid, \(raw: list)) VALUES (?, \(raw: marks))"
        try connection.execute(
            "CREATE VIRTUAL TABLE own USING fts5(\(raw: list), content = '', columnsize = 0, \(TextIndex.tokenizer))"
        )
        try connection.execute("INSERT INTO own(own, rank) VALUES ('automerge', 0)")
        try connection.execute("CREATE VIRTUAL TABLE words USING fts5vocab(own, col)")
    }

    /// Which of the records match.
    /// - Parameter records: one text for each column; any order.
    public func matching(
        _ query: TextQuery,
        _ records: [(id: Int64, texts: [String?])]
    ) throws(DatabaseError) -> Set<Int64> {
        try fill(records)
        return Set(try ids(query))
    }

    /// Takes these records in the place of those before.
    public func fill(_ records: [(id: Int64, texts: [String?])]) throws(DatabaseError) {
        try connection.run("BEGIN")
        try connection.execute("INSERT INTO own(own) VALUES ('delete-all')")
        do {
            let statement = try connection.prepare(addition)
            for record in records {
                statement.bind(1, record.id)
                for (index, text) in record.texts.enumerated() {
                    try statement.bind(Int32(index + 2), text.databaseValue)
                }
                try statement.run()
            }
        }
        try connection.run("COMMIT")
    }

    /// The records that match, ascending.
    public func ids(_ query: TextQuery) throws(DatabaseError) -> [Int64] {
        try connection.all("SELECT rowid FROM own WHERE own MATCH \(query.expression) ORDER BY rowid") { row in
            row.int(0)
        }
    }

    /// Every word of every column, each as a question for exactly that word.
    public func words() throws(DatabaseError) -> [TextQuery] {
        try connection.all("SELECT DISTINCT term, col FROM words") { row in
            TextQuery(word: row.text(0), column: row.text(1))
        }
    }
}
