import Database
import Jobs
import Records
import Support
import Web

/// Gives one product the fields of an earlier version; a deleted one comes back under its old id.
struct ProductRestore {
    private let connection: Connection
    private let products: ProductStore
    private let revisions: RevisionStore
    private let id: Int64

    init(_ connection: Connection, _ id: Int64) {
        self.connection = connection
        products = ProductStore(connection)
        revisions = RevisionStore(connection)
        self.id = id
    }

    /// - Parameters:
    ///   - version: any that is still kept, but one in which the product was deleted.
    ///   - check: sees what stands there; nil when the product is deleted.
    ///
    /// Throws 404, 409 `sku_taken`, `handle_taken` or `history_expired`, 422 `unknown_version`, and what the closure
    /// throws.
    func restore(_ version: Int64, _ context: WriteContext, _ check: (Product?) throws -> Void) throws -> Product {
        try ProductRefusal.answered {
            // A deleted product comes back with its SKU, beside a load into the catalogue that was emptied.
            try ProductIndexStore(connection).prepareKey()
            // However long the history is, it is read before another writer has to wait.
            return try connection.untilSettled {
                let (current, newest, earlier) = try connection.read {
                    let current = try products.find(id)
                    guard let newest = try revisions.newest(id) else { throw ProductRefusal.missing }
                    try check(current)
                    return (current, newest, try past(version, newest, current))
                }
                let (wanted, metafields, images) = earlier
                let change = current.map {
                    ProductChange(from: $0, to: wanted, metafields: metafields, images: images)
                }
                return try connection.write {
                    guard try revisions.newestVersion(id) == newest.version else { throw RecordChanged() }
                    let stored = try store(wanted, change, over: current, version: newest.version, context)
                    if current == nil {
                        try products.storeMetafields(metafields, of: id, at: stored.updatedAt)
                        try products.storeImages(images, of: id, at: stored.updatedAt)
                    }
                    try products.audit(
                        "restore",
                        id: id,
                        from: current,
                        to: stored,
                        metafields: metafields,
                        images: images,
                        context
                    )
                    return stored
                }
            }
        }
    }

    private func store(
        _ wanted: Product,
        _ change: ProductChange?,
        over current: Product?,
        version: Int64,
        _ context: WriteContext
    ) throws -> Product {
        if let current, let change { return try products.replace(current, change, context, as: .restore) }
        try products.putBack(wanted, version: version + 1, context)
        var stored = wanted
        (stored.version, stored.updatedAt) = (version + 1, context.now)
        try products.announce("product.created", stored, context)
        return stored
    }

    /// The product as it was, and what becomes of its metafields and pictures.
    private func past(
        _ version: Int64,
        _ newest: Revision,
        _ current: Product?
    ) throws -> (Product, [MetafieldChange], ImagesChange?) {
        guard version >= 1, version <= newest.version else { throw Self.unknown(version) }
        var past = RecordPast(id, present: current.map(StoredRecord.init), ProductFields.table)
        var metafields = try MetafieldPast(connection, id)
        var images = try ImagesPast(connection, id)
        var reached = newest.version
        try revisions.walk(id) { revision in
            guard revision.version > version else { return false }
            // The versions follow each other without a gap, or something between was pruned.
            guard revision.version == reached else { return false }
            past.takeBack(revision)
            metafields.takeBack(revision)
            images.takeBack(revision)
            reached = revision.version - 1
            return true
        }
        guard reached == version else { throw Self.expired }
        guard var wanted = past.record.map(Product.init) else { throw Self.unknown(version) }
        // One that was deleted since is no place to go back to.
        if let category = wanted.categoryID, try CategoryStore(connection).find(category) == nil {
            wanted.categoryID = nil
        }
        if let current {
            wanted.version = current.version
            wanted.createdAt = current.createdAt
        } else {
            wanted.createdAt = try revisions.firstMoment(id) ?? newest.at
        }
        return (wanted, metafields.changes, images.change)
    }

    private static func unknown(_ version: Int64) -> WebError {
        let detail = "There is no version \(version) that could be restored."
        return WebError(
            422,
            "unknown_version",
            detail,
            problems: [Problem("version", "unknown_version", detail)]
        )
    }

    private static let expired = WebError(
        409,
        "history_expired",
        "The history of this product does not reach that far back any more."
    )
}
