package import Database
package import Records
import Support

/// What an undo would do now, without doing it.
package struct UndoPreview: Sendable, Equatable {
    /// Records that would go.
    package var delete: Int64 = 0
    /// Records that would get old values back, or come back themselves.
    package var restore: Int64 = 0
    /// Records that would stay as they are.
    package var keep: Int64 = 0
    /// As many of these because another record has their key.
    package var taken: Int64 = 0
    /// One page of those that would stay, those touched last first.
    package var kept: [Kept] = []
    /// The revision behind which the next page begins; nil after the last.
    package var next: Int64?

    /// Asks for each of the job's revisions what the undo would, on one snapshot; memory does not grow with them.
    /// - Parameter cursor: the page of kept records begins behind this revision.
    package static func make(
        _ connection: Connection,
        _ table: RecordTable,
        _ scope: UndoScope,
        after cursor: Int64?,
        limit: Int
    ) throws -> UndoPreview {
        try connection.read {
            let store = UndoStore(connection, table)
            let decisions = UndoDecisions(connection, table, scope)
            var preview = UndoPreview()
            var last: Int64?
            _ = try store.walk(scope, before: .max) { step in
                guard let kept = try preview.count(try decisions.decide(step)), step.revision.id < cursor ?? .max
                else { return true }
                if preview.kept.count < limit {
                    preview.kept.append(kept)
                    last = step.revision.id
                } else {
                    preview.next = last
                }
                return true
            }
            return preview
        }
    }

    /// - Returns: the record when it would be kept.
    private mutating func count(_ decision: UndoDecision) throws -> Kept? {
        switch decision {
        case .delete: delete += 1
        case .restore, .putBack: restore += 1
        case .keep(let kept):
            keep += 1
            if kept.reason != .edited { taken += 1 }
            return kept
        case .unchanged, .other: break
        }
        return nil
    }
}
