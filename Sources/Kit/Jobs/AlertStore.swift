public import Database
public import Support

/// Something that an operator has to know or to do, and that lasts: until it is mended, or for a while.
public struct Alert: Sendable, Equatable {
    /// One name for one kind of trouble, in snake case: `text_index`, `clock`. The check of that name on `/health`.
    public let name: String
    /// What happened and what to do, in plain words; anybody may read it, so no product, person or path of a file.
    public let detail: String
    public let raisedAt: Timestamp

    public init(name: String, detail: String, raisedAt: Timestamp) {
        self.name = name
        self.detail = detail
        self.raisedAt = raisedAt
    }
}

/// All SQL of the alert table: what `/health` and the home page say until it is cleared.
public struct AlertStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Raises an alert or renews its words; the time of the first raising stays. Call inside a transaction.
    /// - Parameter expiresAt: when it goes by itself; nil for one that stands until it is cleared.
    public func raise(
        _ name: String,
        _ detail: String,
        at now: Timestamp,
        expiresAt: Timestamp? = nil
    ) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO alert (name, detail, raised_at, expires_at) VALUES (\(name), \(detail), \(now), \(expiresAt))
            ON CONFLICT (name) DO UPDATE SET detail = excluded.detail, expires_at = excluded.expires_at
            """
        )
    }

    /// Takes an alert away, inside a transaction.
    /// - Returns: whether it stood.
    @discardableResult
    public func clear(_ name: String) throws(DatabaseError) -> Bool {
        try connection.execute("DELETE FROM alert WHERE name = \(name)") > 0
    }

    /// What stands now, oldest first.
    public func standing(at now: Timestamp) throws(DatabaseError) -> [Alert] {
        try connection.all(
            """
            SELECT name, detail, raised_at FROM alert WHERE expires_at IS NULL OR expires_at > \(now)
            ORDER BY raised_at, name
            """
        ) { row in Alert(name: row.text(0), detail: row.text(1), raisedAt: row.time(2)) }
    }

    /// The house's time went back: those that were raised later than now were raised now. Inside a transaction.
    func putBack(to now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            UPDATE alert SET expires_at = expires_at - raised_at + \(now), raised_at = \(now) WHERE raised_at > \(now)
            """
        )
    }

    /// Forgets those whose time is over, unless somebody is writing.
    public func forgetExpired(at now: Timestamp) throws {
        try connection.writeIfFree { try connection.execute("DELETE FROM alert WHERE expires_at <= \(now)") }
    }
}
