/// The table of the time that was seen.
public enum SeenTimeSchema {
    public static let migrations: [Migration] = [
        Migration("2026-11-30-20 time: seen", up: [seen], down: ["DROP TABLE time_seen"])
    ]

    private static let seen: SQL = """
        CREATE TABLE time_seen (id INTEGER PRIMARY KEY CHECK (id = 1), believed_at INTEGER NOT NULL) \(.strict)
        """
}
