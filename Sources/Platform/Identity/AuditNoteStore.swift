import Database
import Support

/// All SQL of the table audit_note_place: how far the notes for the audit trail were read.
struct AuditNoteStore {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func place() throws(DatabaseError) -> LogSpool.Place? {
        try connection.first("SELECT spool, position FROM audit_note_place WHERE id = 1") { row in
            LogSpool.Place(generation: row.text(0), offset: row.int(1))
        }
    }

    /// Call inside the transaction that adds the notes.
    func move(to place: LogSpool.Place) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO audit_note_place (id, spool, position) VALUES (1, \(place.generation), \(place.offset))
            ON CONFLICT (id) DO UPDATE SET spool = excluded.spool, position = excluded.position
            """
        )
    }
}

/// The table of how far the notes for the audit trail were read.
enum AuditNoteSchema {
    static let migrations: [Migration] = [
        Migration(
            "2026-11-29-02 audit: how far the notes of requests were read",
            up: [
                """
                CREATE TABLE audit_note_place (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    spool TEXT NOT NULL,
                    position INTEGER NOT NULL
                ) \(.strict)
                """
            ],
            down: ["DROP TABLE audit_note_place"]
        )
    ]
}
