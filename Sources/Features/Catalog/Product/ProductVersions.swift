import Database
import Records
import Support

/// The versions of one product, read from what is there now backwards.
struct ProductVersions {
    /// One version: what it changed.
    struct Change {
        var revision: Revision
        /// The fields that it changed, before and after.
        var fields: [(field: RecordField, before: RecordValue, after: RecordValue)]
        var metafields: [MetafieldChange]
        var images: ImagesChange?
    }

    private let products: RecordStore
    private let revisions: RevisionStore
    private let connection: Connection
    private let id: Int64

    init(_ connection: Connection, _ id: Int64) {
        self.connection = connection
        products = RecordStore(connection, ProductFields.table)
        revisions = RevisionStore(connection)
        self.id = id
    }

    /// Pictures that the versions of one page name at most, each with all it says: about 5 MB. A page has one version
    /// at least.
    private static let mostPictures = 5000

    /// Versions below one, newest first, and where to go on; nil after the last.
    func page(before version: Int64, limit: Int) throws -> (changes: [Change], next: Int64?) {
        // What a field held after a change is what the next change found, or what stands there now.
        var past = RecordPast(id, present: try products.find(id), ProductFields.table)
        var metafields = try MetafieldPast(connection, id)
        var images = try ImagesPast(connection, id)
        var changes: [Change] = []
        var next: Int64?
        var pictured = 0
        try revisions.walk(id) { revision in
            let after = past.record
            past.takeBack(revision)
            let changed = metafields.takeBack(revision)
            let pictures = images.takeBack(revision)
            guard revision.version < version else { return true }
            guard changes.count < limit, pictured < Self.mostPictures else {
                next = changes.last?.revision.version
                return false
            }
            pictured += (pictures?.before.count ?? 0) + (pictures?.after.count ?? 0)
            let fields = Self.difference(past.record, after, revision)
            changes.append(
                Change(revision: revision, fields: fields, metafields: changed, images: pictures)
            )
            return true
        }
        return (changes, next)
    }

    /// Fields with different values; a product that was not there had none.
    private static func difference(
        _ before: StoredRecord?,
        _ after: StoredRecord?,
        _ revision: Revision
    ) -> [(field: RecordField, before: RecordValue, after: RecordValue)] {
        ProductFields.table.fields.enumerated().compactMap { index, field in
            let old = before?.values[index] ?? .none
            let new = after?.values[index] ?? .none
            return old == new ? nil : (field, old, new)
        }
    }

    func count() throws -> Int64 { try revisions.count(recordID: id) }
}
