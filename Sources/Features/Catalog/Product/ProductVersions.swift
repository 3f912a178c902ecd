import Database
import Support

/// The versions of one product, read from what is there now backwards.
struct ProductVersions {
    /// One version: what it changed.
    struct Change {
        var revision: Revision
        /// The fields that it changed, before and after.
        var fields: [(field: ProductField, before: ProductField.Value, after: ProductField.Value)]
    }

    private let products: ProductStore
    private let revisions: RevisionStore
    private let id: Int64

    init(_ connection: Connection, _ id: Int64) {
        products = ProductStore(connection)
        revisions = RevisionStore(connection)
        self.id = id
    }

    /// Versions below one, newest first, and where to go on; nil after the last.
    func page(before version: Int64, limit: Int) throws -> (changes: [Change], next: Int64?) {
        // What a field held after a change is what the next change found, or what stands there now.
        var past = ProductPast(id, present: try products.find(id))
        var changes: [Change] = []
        var next: Int64?
        try revisions.walk(id) { revision in
            let after = past.product
            past.takeBack(revision)
            guard revision.version < version else { return true }
            guard changes.count < limit else {
                next = changes.last?.revision.version
                return false
            }
            changes.append(Change(revision: revision, fields: Self.difference(past.product, after, revision)))
            return true
        }
        return (changes, next)
    }

    /// Fields with different values; a product that was not there had none.
    private static func difference(
        _ before: Product?,
        _ after: Product?,
        _ revision: Revision
    ) -> [(field: ProductField, before: ProductField.Value, after: ProductField.Value)] {
        ProductFields.all.compactMap { field in
            let old = before.map { field.read($0) } ?? .none
            let new = after.map { field.read($0) } ?? .none
            return old == new ? nil : (field, old, new)
        }
    }

    func count() throws -> Int64 { try revisions.count(productID: id) }
}
