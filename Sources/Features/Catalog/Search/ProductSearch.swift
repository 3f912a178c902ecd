package import Database
import Jobs
import Support

/// The text index over products: a file of its own beside the database, fed from the revisions.
///
/// Whoever changes products need not know it. A revision holds what its change overwrote, so what the index holds of a
/// product can be told at any position of the log: the present fields with the revisions since then undone. That is
/// what FTS5 needs to take a text out again, and why the index can be behind, or thrown away, without harm.
package final class ProductSearch {
    /// Under which name queries see the index.
    static let schema = "search"
    static let table: SQL = "search.product_text"

    private let connection: Connection
    private let index: TextIndex
    private let store: ProductSearchStore

    /// - Parameter connection: the database; read only here.
    package init(_ connection: Connection, role: ConnectionRole) throws {
        self.connection = connection
        index = try TextIndex(
            path: Self.path(besides: connection.path),
            name: "product_text",
            columns: ProductFields.searched.map(\.name),
            role: role
        )
        store = ProductSearchStore(connection)
    }

    /// The index file of a database file.
    package static func path(besides database: String) -> String { "\(database)-search" }

    /// Creates the index file where it is missing.
    package static func create(besides connection: Connection) throws {
        _ = try ProductSearch(connection, role: connection.role)
    }

    /// Makes the index visible to the queries of a connection.
    package static func attach(to connection: Connection) throws(DatabaseError) {
        try connection.attach(path(besides: connection.path), as: schema)
    }

    /// Revisions that the index does not know yet; all of them when it was fed from another log than the present one,
    /// as after a backup was put back.
    package func lag() throws -> Int64 {
        let position = try index.position()
        let last = try store.lastRevisionID()
        guard try store.mark(of: position.id) == position.mark else { return max(1, last) }
        return max(0, last - position.id)
    }

    /// The last revision that the index has read.
    func knownUpTo() throws -> Int64 { try index.position().id }

    /// Takes the next revisions over.
    /// - Parameter wait: whether to wait while somebody else writes the index; else nothing is done.
    /// - Returns: how many revisions were taken over; 0 when there was nothing to do or it was not this one's turn.
    @discardableResult
    package func step(limit: Int64 = 20_000, wait: Bool = true) throws -> Int64 {
        let from = try index.position()
        guard try store.mark(of: from.id) == from.mark else {
            try index.clear()
            return 1
        }
        let batch = try connection.read { try store.batch(after: from.id, limit: limit) }
        guard let to = batch.end else { return 0 }
        let done = try index.update(
            from: from,
            to: to,
            wait: wait,
            remove: { (statement) throws in try batch.remove(from: statement) },
            add: { (statement) throws in try batch.add(to: statement) }
        )
        return done ? to.id - from.id : 0
    }

    /// Brings the index up to the present when little is missing; leaves it to the index process when much is, or when
    /// that is at it just now. Called after a change, so that it is found at once.
    package func catchUp() throws {
        guard try lag() <= 100 else { return }
        try step(limit: 100, wait: false)
    }

    /// Makes what was just written findable at once. A failure is only logged: the index process makes up for it.
    package static func noteChange(_ connection: Connection) {
        // A database in memory has no file beside it.
        guard connection.gate != nil else { return }
        // What is not committed yet must not get into the index: it may still be taken back.
        connection.afterCommit { [unowned connection] in
            do {
                try ProductSearch(connection, role: connection.role).catchUp()
            } catch {
                connection.log.warning("a change is not findable yet", ["reason": "\(error)"])
            }
        }
    }

    /// The stage *indexing* of a job: waits until all that was changed can be found, helping where nobody else does.
    /// - Parameter check: done before each look.
    static func follow(_ run: JobRun, check: () throws -> Void = {}) throws {
        // A database in memory has no file beside it.
        guard run.connection.gate != nil else { return }
        try run.show {
            $0.stage = "indexing"
            $0.rowsPerSecond = nil
        }
        // Whoever helps has words and pages of the index in memory beside those of the work: few at a time.
        run.connection.releaseMemory()
        let search = try ProductSearch(run.connection, role: .maintenance)
        while try search.lag() > 0 {
            try check()
            if try search.step(limit: 5000, wait: false) == 0 { sleep(milliseconds: 20) }
            try search.checkpointIfDue()
            try run.show { _ in }
        }
    }

    /// One bounded step of joining the index's segments, and of bringing its log home.
    /// - Returns: whether there was anything to do.
    package func tidy() throws -> Bool {
        let merged = try index.merge()
        try index.connection.checkpointIfDue(alone: false)
        return merged
    }

    /// Brings the index's log home when it has grown.
    package func checkpointIfDue() throws {
        try index.connection.checkpointIfDue(alone: false)
    }
}
