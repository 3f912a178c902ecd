import Database
import Jobs
import Records
import Support

/// Goes through the changes of one record, newest first, and tells what of a job's still stands.
struct UndoTrace {
    enum Finding: Equatable {
        /// Nothing of it stands any more.
        case unchanged
        /// Somebody else's change lies over it.
        case edited
        /// The record is as the job left it; this is what it was before, nil where it was not there.
        case standing(StoredRecord?)
    }

    private var past: RecordPast
    private let present: StoredRecord?
    /// What happened to the record last.
    private(set) var newest: Revision?
    /// Others' changes since the last one of the job's that was met.
    private var between = Between()
    /// Whether what lies over the job's last change takes itself back.
    private var isOpen = false
    /// The record behind the job's newest change, and before the oldest one that hangs together with it.
    private var left: StoredRecord?
    private var before: StoredRecord?
    private var state = State.over

    private enum State {
        /// Among changes that came after the job's.
        case over
        /// Among the job's, or what takes itself back.
        case within
        /// Below them.
        case under
    }

    /// - Parameter past: the record as it is.
    init(_ past: RecordPast) {
        self.past = past
        present = past.record
    }

    /// Takes the next older change back.
    /// - Parameters:
    ///   - root: the job that is undone in the end, where the change belongs to an undo, else its own; nil for people.
    ///   - isOwn: whether it belongs to the job that is to be undone, or to the undos of that one.
    mutating func goBack(_ revision: Revision, root: Int64?, isOwn: Bool) {
        if newest == nil { newest = revision }
        if isOwn, state == .over {
            (isOpen, left, state) = (between.isNothing && Self.same(present, past.record), past.record, .within)
        } else if isOwn, state == .within, !(between.isNothing && Self.same(before, past.record)) {
            state = .under
        }
        past.takeBack(revision)
        if isOwn { between = Between() } else { between.add(revision.jobID, root: root) }
        if isOwn, state == .within { before = past.record }
    }

    var finding: Finding {
        if state == .over { return .edited }
        if Self.same(left, before) { return .unchanged }
        return isOpen ? .standing(before) : .edited
    }

    private static func same(_ one: StoredRecord?, _ other: StoredRecord?) -> Bool {
        switch (one, other) {
        case (nil, nil): true
        case (let one?, let other?): one.values == other.values
        default: false
        }
    }

    /// Others' changes in a row. Whether they come to nothing the record's states tell; that this is meant, and no
    /// coincidence, is told by there being an undo for each.
    private struct Between {
        private var roots: Set<Int64> = []
        private var undone: Set<Int64> = []
        private var isByPeople = false

        var isNothing: Bool { !isByPeople && roots == undone }

        mutating func add(_ job: Int64?, root: Int64?) {
            guard let job, let root else {
                isByPeople = true
                return
            }
            roots.insert(root)
            if job != root { undone.insert(root) }
        }
    }
}

/// Which job each one takes back, looked up once.
final class UndoneJobs {
    private let jobs: JobStore
    private var known: [Int64: Int64?] = [:]

    init(_ connection: Connection) {
        jobs = JobStore(connection)
    }

    /// What is undone in the end, however often that was undone and done again; nil for nil.
    func root(of job: Int64?) throws -> Int64? {
        guard var root = job else { return nil }
        while let next = try undone(by: root) { root = next }
        return root
    }

    /// Whether a job is the other one, its undo, an undo of that, and so on.
    func isUndo(_ job: Int64, of other: Int64) throws -> Bool {
        var job = job
        while job > other, let next = try undone(by: job) { job = next }
        return job == other
    }

    /// - Returns: always an older job, so that every walk ends.
    private func undone(by job: Int64) throws -> Int64? {
        if let found = known[job] { return found }
        let found = try jobs.undone(by: job).flatMap { $0 < job ? $0 : nil }
        known.updateValue(found, forKey: job)
        return found
    }
}
