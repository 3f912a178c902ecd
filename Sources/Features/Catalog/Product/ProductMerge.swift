import Database
import Records

/// Two people changed one product: what each made of what both had begun with. What only one of them changed is taken
/// from that one; where both changed a field to different values, somebody has to choose.
struct ProductMerge {
    /// A field that both changed, each to something else.
    struct Collision {
        var field: ProductField
        var base: RecordValue
        var theirs: RecordValue
        var mine: RecordValue
    }

    /// Both changes together; mine where they collide.
    private(set) var merged: Product
    private(set) var collisions: [Collision] = []
    /// Fields that others changed and I did not.
    private(set) var kept: [ProductField] = []

    /// - Parameters:
    ///   - base: what both began with.
    ///   - theirs: what stands there now.
    ///   - mine: what I want.
    init(base: Product, theirs: Product, mine: Product) {
        merged = theirs
        for field in ProductFields.all {
            let (old, stored, wanted) = (field.read(base), field.read(theirs), field.read(mine))
            if wanted == old {
                if stored != old { kept.append(field) }
                continue
            }
            field.write(&merged, wanted)
            if stored != old, stored != wanted {
                collisions.append(Collision(field: field, base: old, theirs: stored, mine: wanted))
            }
        }
    }

    /// A product as it was in an earlier version; nil when the history does not reach back that far any more.
    static func product(_ current: Product, at version: Int64, _ connection: Connection) throws -> Product? {
        guard version >= 1, version < current.version else { return nil }
        var past = RecordPast(current.id, present: StoredRecord(current), ProductFields.table)
        var reached = current.version
        try RevisionStore(connection).walk(current.id) { revision in
            // The versions follow each other without a gap, or something between was pruned.
            guard revision.version > version, revision.version == reached else { return false }
            past.takeBack(revision)
            reached = revision.version - 1
            return true
        }
        return reached == version ? past.record.map(Product.init) : nil
    }
}
