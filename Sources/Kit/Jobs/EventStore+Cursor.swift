public import Database
public import Support

extension EventCursor {
    /// Before the first event.
    public static let start = EventCursor(id: 0)

    /// The cursor behind an event.
    init(id: Int64) {
        self.init("\(id)", order: id)
    }

    /// A cursor as a client sends it back; nil for a text that is none.
    public init?(_ text: String) {
        guard let id = Int64(text), id >= 0 else { return nil }
        self.init(id: id)
    }

    /// The event behind which it stands.
    var id: Int64 { Int64(description) ?? 0 }
}

extension EventStore {
    /// Behind the newest event.
    public func newest() throws(DatabaseError) -> EventCursor { EventCursor(id: try lastID()) }

    /// Whether all that came behind a cursor can still be told: not when some of it was pruned, nor when the cursor is
    /// none of this log, because a backup was restored meanwhile, and all that comes would seem old.
    public func canResume(after cursor: EventCursor) throws(DatabaseError) -> Bool {
        guard cursor.id <= (try lastID()) else { return false }
        guard let first = try firstID() else { return true }
        return cursor.id >= first - 1
    }
}
