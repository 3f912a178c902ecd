// What engines spell differently in CREATE TABLE stands here, so that a schema names what it means. The text of a
// released migration is what its checksum is made of: these words are what they were when the first one was released.

extension SQL {
    /// The type of a table's own key: an integer that the engine gives, and never gives twice.
    public static let identity: SQL = "INTEGER PRIMARY KEY AUTOINCREMENT"
    /// The type of a column that holds bytes.
    public static let bytes: SQL = "BLOB"
    /// Behind the columns of a table: values of another type than the column's are refused.
    public static let strict: SQL = "STRICT"

    /// Hands on what a table knows of the ids it has given to the table that takes its place; both have an `identity`.
    public static func handOnIdentity(of old: StaticString, to new: StaticString) -> [SQL] {
        // safe: both are literals of the program.
        [
            "DELETE FROM sqlite_sequence WHERE name = '\(raw: new.description)'",
            """
            INSERT INTO sqlite_sequence (name, seq)
            SELECT '\(raw: new.description)', seq FROM sqlite_sequence WHERE name = '\(raw: old.description)'
            """,
        ]
    }
}
