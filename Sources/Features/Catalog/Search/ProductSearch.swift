package import Database
import Glibc
import Jobs
import Records
import Support

/// The text index over products: a file of its own beside the database, fed from the revisions.
///
/// Whoever changes products need not know it. A revision holds what its change overwrote, so what the index holds of a
/// product can be told at any position of the log: the present fields with the revisions since then undone. That is
/// what FTS5 needs to take a text out again, and why the index can be behind, or thrown away, without harm: one that is
/// damaged, missing or of another version is replaced and built from the products.
package final class ProductSearch {
    /// The index as queries see it.
    static let attached = AttachedTextIndex(schema: "search", name: "product_text")

    let connection: Connection
    let store: ProductSearchStore
    private let role: ConnectionRole
    private var backlog: SearchBacklog
    private var index: TextIndex
    /// The file that is open.
    private var file: FileIdentity?
    /// What was raised as an alert; nil before the first look.
    private var told: String??

    /// Opens the index, in the place of one that cannot be used a new one.
    /// - Parameter connection: the database; only read, but for the alert that the index is built anew.
    package convenience init(_ connection: Connection, role: ConnectionRole) throws {
        try self.init(connection, role: role, backlog: SearchBacklog())
    }

    init(_ connection: Connection, role: ConnectionRole, backlog: SearchBacklog) throws {
        self.connection = connection
        self.backlog = backlog
        self.role = role
        store = ProductSearchStore(connection)
        index = try Self.open(store, role)
        file = FileIdentity(index.connection.path)
    }

    /// The index file of a database file.
    package static func path(besides database: String) -> String { "\(database)-search" }

    private static func open(_ store: ProductSearchStore, _ role: ConnectionRole) throws -> TextIndex {
        try TextIndex.open(
            path: path(besides: store.connection.path),
            name: attached.name,
            columns: ProductFields.searched.map(\.name),
            role: role
        ) { replacement in
            let reason = Self.reason(replacement)
            if case .damaged(let words) = replacement {
                store.connection.log.error("the text index was damaged and is built anew", ["reason": words])
            }
            return try store.beginning(reason)
        }
    }

    private static func reason(_ replacement: TextIndex.Replacement) -> String {
        switch replacement {
        case .missing: "its file was missing"
        case .otherVersion: "this version of Bodega keeps it in another form"
        case .damaged: "its file was damaged; the damaged one was put aside as bodega.db-search.damaged"
        }
    }

    // MARK: Access

    /// Does something with the index; once more with a new one when its file turns out to be damaged or replaced.
    func onIndex<T>(_ body: (TextIndex) throws -> T) throws -> T {
        do {
            return try body(index)
        } catch is TextIndexReplaced {
        } catch let error as DatabaseError where TextIndex.isUnusable(error, index.connection.path) {
            try putAside(error.message)
        }
        try reopen()
        return try body(index)
    }

    private func putAside(_ reason: String) throws {
        connection.log.error("the text index is damaged and is put aside", ["reason": reason])
        if let file { try TextIndex.remove(index.connection.path, file, keeping: true) }
        damage = reason
    }
    private var damage: String?

    private func reopen() throws {
        index = try Self.open(store, role)
        file = FileIdentity(index.connection.path)
        guard damage != nil else { return }
        damage = nil
        // What `open` found was a missing file.
        try onIndex { index in
            let now = try index.progress()
            guard now.builtUpTo != nil else { return }
            var next = now
            next.reason = Self.reason(.damaged(""))
            _ = try index.update(from: now, to: next, wait: true) { _ in }
        }
    }

    /// Throws the index away and has it built anew from the products as they are now: the steps to come do that, which
    /// costs less than following the log where that deletes most of a catalogue.
    /// - Parameter reason: for the alert that stands meanwhile; nil for none.
    package func buildAnew(_ reason: String?) throws {
        if let file { try TextIndex.remove(index.connection.path, file, keeping: false) }
        index = try TextIndex.open(
            path: index.connection.path,
            name: Self.attached.name,
            columns: index.columns,
            role: role
        ) { _ in try store.beginning(reason) }
        file = FileIdentity(index.connection.path)
    }

    // MARK: Following the log

    /// Revisions that the index does not know yet; all of them while it is built anew, or has to be because it was fed
    /// from another log than the present one, as after a backup was put back.
    package func lag() throws -> Int64 {
        try heedReport()
        let progress = try onIndex { index in try index.progress() }
        let last = try store.lastRevisionID()
        guard progress.builtUpTo == nil, try store.mark(of: progress.position.id) == progress.position.mark else {
            return max(1, last)
        }
        return max(0, last - progress.position.id)
    }

    /// The last revision that the index has read.
    func knownUpTo() throws -> Int64 { try onIndex { index in try index.progress().position.id } }

    /// Takes the next revisions, or while it is built anew the next products, over.
    /// - Parameter wait: whether to wait while another process writes the index; else nothing is done.
    /// - Returns: how many were taken over; 0 when there was nothing to do or it was not this one's turn.
    @discardableResult
    package func step(limit: Int64 = 20_000, wait: Bool = true) throws -> Int64 {
        try heedReport()
        let from = try onIndex { index in try index.progress() }
        guard try store.mark(of: from.position.id) == from.position.mark else {
            try buildAnew("it belonged to another state of the database")
            return 1
        }
        if from.builtUpTo == nil {
            switch try backlog.way(store, after: from.position.id) {
            case .follow: break
            case .wait: return 0
            case .rebuild:
                // Where one step does it there is nothing to tell.
                try buildAnew(try store.products() > limit ? "most of the products that it knew were deleted" : nil)
                return 1
            }
        }
        let batch = try connection.read {
            try from.builtUpTo.map { built in
                try store.products(after: built, asOf: from.position, limit: limit)
            } ?? store.batch(after: from.position, limit: limit)
        }
        guard let to = batch.end else { return 0 }
        var next = to
        if to.builtUpTo != nil { next.reason = from.reason }
        let done = try onIndex { [next] index in
            try index.update(from: from, to: next, wait: wait) { pass in try batch.apply(to: &pass) }
        }
        guard done else { return 0 }
        return max(1, from.builtUpTo == nil ? to.position.id - from.position.id : batch.count)
    }

    /// Brings the index up to the present, taking turns with whoever else does.
    package func complete() throws {
        while try lag() > 0 { try step() }
    }

    /// Brings the index up to the present when little is missing; leaves it to the index process when much is, or when
    /// that is at it just now. Called after a change, so that it is found at once.
    package func catchUp() throws {
        guard try lag() <= 100 else { return }
        try step(limit: 100, wait: false)
    }

    /// Makes what was just written findable at once. A failure is only logged: the index process makes up for it.
    package static func indexAfterCommit(_ connection: Connection) {
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

    /// The stage *indexing* of a job: waits until all that was changed can be found, helping where nobody else does. An
    /// index that is damaged or gone is no reason for a job to fail: it waits until there is one. A disk that takes or
    /// gives nothing is, as everywhere.
    /// - Parameter check: done before each look.
    static func waitUntilIndexed(_ run: JobRun, check: () throws -> Void = {}) throws {
        // A database in memory has no file beside it.
        guard run.connection.gate != nil else { return }
        try run.show {
            $0.stage = "indexing"
            $0.rowsPerSecond = nil
        }
        // Whoever helps has words and pages of the index in memory beside those of the work: few at a time.
        run.connection.releaseMemory()
        var search: ProductSearch?
        var complaint: String?
        var failingSince: UInt64?
        while true {
            try check()
            do {
                if try followed(run.connection, &search) { return }
                failingSince = nil
            } catch {
                search = nil
                let since = failingSince ?? monotonicNanoseconds()
                failingSince = since
                guard monotonicNanoseconds() - since < patienceNanoseconds else { throw error }
                if complaint != "\(error)" {
                    complaint = "\(error)"
                    run.connection.log.warning("the job waits for the text index", ["reason": "\(error)"])
                }
                sleep(milliseconds: 200)
            }
            try run.show { _ in }
        }
    }

    /// So long nothing but errors may come of it: a new index is there sooner.
    private static let patienceNanoseconds: UInt64 = 3_000_000_000

    /// - Returns: whether all can be found.
    private static func followed(_ connection: Connection, _ search: inout ProductSearch?) throws -> Bool {
        let opened = try search ?? ProductSearch(connection, role: .maintenance)
        search = opened
        guard try opened.lag() > 0 else {
            try opened.tell()
            return true
        }
        if try opened.step(limit: 5000, wait: false) == 0 { sleep(milliseconds: 20) }
        try opened.checkpointIfDue()
        return false
    }

    // MARK: Keeping it well

    /// One bounded step of merging the index's segments, and a checkpoint when its log has grown.
    /// - Returns: whether there was anything to do.
    package func mergeSegments() throws -> Bool {
        let merged = try onIndex { index in try index.merge() }
        try checkpointIfDue()
        return merged
    }

    /// Checkpoints the index's log when it has grown.
    package func checkpointIfDue() throws {
        try onIndex { index in
            guard !index.connection.hasMoved else { throw TextIndexReplaced() }
            try index.connection.checkpointIfDue(alone: false)
        }
    }

    /// Gives memory back that only work needs.
    package func releaseMemory() {
        index.connection.releaseMemory()
        connection.releaseMemory()
    }

    /// The alert's name, and the check's on `/health`.
    static let alert = "text_index"

    /// Says on `/health` and the home page that the index is built anew, and takes it back when that is done.
    package func tell() throws {
        let reason = try onIndex { index in try index.progress().reason }
        if let told, told == reason { return }
        let alerts = AlertStore(connection)
        let now = Timestamp.now()
        if let reason {
            let words = """
                The search index is built anew, because \(reason). Until that is done, searches find only a part of \
                the products; exports and deletions by a search wait. There is nothing to do.
                """
            try connection.write { try alerts.raise(Self.alert, words, at: now) }
            connection.log.warning("the text index is built anew", ["reason": reason])
        } else if try alerts.standing(at: now).contains(where: { $0.name == Self.alert }) {
            try connection.write { _ = try alerts.clear(Self.alert) }
            connection.log.info("the text index is complete again")
        }
        told = .some(reason)
    }

    /// Puts the index aside when a reader has found it damaged.
    private func heedReport() throws {
        let report = Self.reportPath(connection)
        guard Files.exists(report) else { return }
        let found = try? Files.read(report)
        unlink(report)
        guard let found, let file, String(decoding: found, as: UTF8.self) == file.text else { return }
        try putAside("a search found it damaged")
        try reopen()
    }

    static func reportPath(_ connection: Connection) -> String { "\(path(besides: connection.path)).suspect" }
}
