import Database
import Support

/// What an undo would do now, without doing it.
struct UndoPreview: Sendable, Equatable {
    /// Products that would go.
    var delete: Int64 = 0
    /// Products that would get old values back, or come back themselves.
    var restore: Int64 = 0
    /// Products that would stay as they are.
    var keep: Int64 = 0
    /// One page of those that would stay, those touched last first.
    var kept: [Kept] = []
    /// The revision behind which the next page begins; nil after the last.
    var next: Int64?

    /// Asks for each of the job's revisions what the undo would, on one snapshot; memory does not grow with them.
    /// - Parameter cursor: the page of kept products begins behind this revision.
    static func make(
        _ connection: Connection,
        _ scope: UndoScope,
        after cursor: Int64?,
        limit: Int
    ) throws -> UndoPreview {
        try connection.read {
            let store = ProductUndoStore(connection)
            let decisions = UndoDecisions(connection, scope)
            var preview = UndoPreview()
            var last: Int64?
            var id = Int64.max
            while true {
                let found = try store.next(scope, before: id)
                guard let end = found.last else { return preview }
                for (revision, productID) in found {
                    guard let kept = try preview.count(try decisions.decide(revision, of: productID)) else { continue }
                    guard revision < cursor ?? .max else { continue }
                    if preview.kept.count < limit {
                        preview.kept.append(kept)
                        last = revision
                    } else {
                        preview.next = last
                    }
                }
                id = end.id
            }
        }
    }

    /// - Returns: the product when it would be kept.
    private mutating func count(_ decision: UndoDecision) throws -> Kept? {
        switch decision {
        case .delete: delete += 1
        case .restore, .putBack: restore += 1
        case .keep(let kept):
            keep += 1
            return kept
        case .unchanged, .other: break
        }
        return nil
    }
}
