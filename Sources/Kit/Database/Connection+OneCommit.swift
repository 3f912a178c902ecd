/// Several writes of one caller that become one transaction.
struct SharedCommit {
    /// Whether the first write has opened the transaction.
    var hasBegun = false
    /// Done when it is committed, dropped when it is rolled back.
    var afterwards: [() -> Void] = []
    /// Done when it is rolled back.
    var instead: [() -> Void] = []
}

extension Connection {
    /// Makes one transaction of every `write` in the body: it begins, and the gate is taken, with the first of them,
    /// and it is committed when the body returns. A write that throws inside takes back only what it did itself, as it
    /// does elsewhere; when the body throws, nothing of all of them stays.
    ///
    /// For a few short writes: others wait from the first one to the end of the body.
    public func inOneCommit<T>(_ body: () throws -> T) throws -> T {
        guard !isInTransaction, shared == nil else {
            throw DatabaseError(.misuse, "a shared commit inside another transaction")
        }
        shared = SharedCommit()
        var isDone = false
        defer {
            if !isDone {
                let instead = shared?.instead ?? []
                endShared()
                for action in instead { action() }
            }
        }
        let result = try body()
        let afterwards = shared?.afterwards ?? []
        if shared?.hasBegun == true {
            guard isInTransaction else { throw DatabaseError(.misuse, "the shared transaction was lost") }
            try runCached("COMMIT")
        }
        isDone = true
        endShared()
        for action in afterwards { action() }
        return result
    }

    /// Does it when what was written is committed: at once outside of `inOneCommit`.
    public func afterCommit(_ action: @escaping () -> Void) {
        guard shared?.hasBegun == true else { return action() }
        shared?.afterwards.append(action)
    }

    /// Does it when nothing of what was written stays, because the body of `inOneCommit` threw; never outside of it.
    public func afterRollback(_ action: @escaping () -> Void) { shared?.instead.append(action) }

    /// A write inside `inOneCommit`. The whole is durable as soon as one of its parts wants to be.
    func writeShared<T>(_ durability: Durability, _ body: () throws -> T) throws -> T {
        guard !isInsideShared else { throw DatabaseError(.misuse, "a write inside another transaction") }
        if shared?.hasBegun != true {
            try gate?.acquire(priority: role == .importer ? .bulk : .interactive)
            do {
                try setDurability(.full)
                try runCached("BEGIN IMMEDIATE")
            } catch {
                gate?.release()
                throw error
            }
            shared?.hasBegun = true
            isWriting = true
        }
        // SQLite rolls the whole back by itself when the disk is full: then nothing can be added to it any more.
        guard isInTransaction else { throw DatabaseError(.misuse, "the shared transaction was lost") }
        isInsideShared = true
        defer { isInsideShared = false }
        try runCached("SAVEPOINT part")
        do {
            let result = try body()
            try runCached("RELEASE part")
            return result
        } catch {
            if isInTransaction {
                try runCached("ROLLBACK TO part")
                try runCached("RELEASE part")
            }
            throw error
        }
    }

    private func endShared() {
        let hasBegun = shared?.hasBegun == true
        shared = nil
        guard hasBegun else { return }
        if isInTransaction { try? runCached("ROLLBACK") }
        isWriting = false
        gate?.release()
    }
}
