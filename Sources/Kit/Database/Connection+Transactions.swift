extension Connection {
    /// Runs the body in one write transaction, holding the writer gate; rolls back when it throws.
    ///
    /// Throws `DatabaseError` of kind `gate` when the gate was not free in time, and whatever the body throws.
    @discardableResult
    public func write<T>(_ durability: Durability = .full, _ body: () throws -> T) throws -> T {
        guard shared == nil else { return try writeShared(durability, body) }
        guard !isInTransaction else { throw DatabaseError(.misuse, "a write inside another transaction") }
        try gate?.acquire(priority: role == .importer ? .bulk : .interactive)
        defer { gate?.release() }
        return try transaction(durability, body)
    }

    /// As `write`, but gives up at once while another process writes: for notes that may be dropped.
    /// - Returns: nil when the gate was taken.
    @discardableResult
    public func writeIfFree<T>(_ body: () throws -> T) throws -> T? {
        guard !isInTransaction else { throw DatabaseError(.misuse, "a write inside another transaction") }
        guard gate?.acquireIfFree() ?? true else { return nil }
        defer { gate?.release() }
        return try transaction(.normal, body)
    }

    /// Runs the body on one unchanging snapshot of the database.
    public func read<T>(_ body: () throws -> T) throws -> T {
        guard !isInTransaction else { return try body() }
        try runCached("BEGIN")
        defer { try? runCached("COMMIT") }
        return try body()
    }

    /// BEGIN IMMEDIATE … COMMIT without the gate, which the caller holds.
    func transaction<T>(_ durability: Durability, _ body: () throws -> T) throws -> T {
        try setDurability(durability)
        try runCached("BEGIN IMMEDIATE")
        isWriting = true
        defer { isWriting = false }
        do {
            let result = try body()
            try runCached("COMMIT")
            return result
        } catch {
            // SQLite rolls some failures back by itself (full disk), hence the question.
            if isInTransaction { try runCached("ROLLBACK") }
            throw error
        }
    }
}
