import Blobs
import Database
import Jobs
import Pictures
import Support

/// All SQL of the pictures of products. They are changed with their product: see `ProductStore.changeImages`.
struct ProductImageStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Which of its columns name blobs.
    static let use = BlobUse("product_image", "file_hash")

    private static let columns: SQL = """
        i.id, i.product_id, i.file_hash, i.filename, i.url, i.alt_text, i.is_featured, i.is_active, i.created_at, \
        i.updated_at
        """

    private static func stored(_ row: borrowing Row) -> StoredImage {
        var image = StoredImage(
            hash: row.text(2),
            filename: row.textOrNil(3),
            url: row.textOrNil(4),
            altText: row.textOrNil(5)
        )
        image.id = row.int(0)
        image.isFeatured = row.bool(6)
        image.isActive = row.bool(7)
        return image
    }

    /// Those of a product in their order.
    func all(_ productID: Int64) throws(DatabaseError) -> [ProductImage] {
        var position = -1
        return try connection.all(
            """
            SELECT \(Self.columns), \(PictureStore.columns) FROM product_image i
            JOIN picture k ON k.hash = i.file_hash
            WHERE i.product_id = \(productID) ORDER BY i.sort_order, i.id
            """
        ) { (row) throws(DatabaseError) in
            position += 1
            return ProductImage(
                id: row.int(0),
                productID: row.int(1),
                picture: try PictureStore.read(row, from: 10),
                image: Self.stored(row),
                position: position,
                createdAt: row.time(8),
                updatedAt: row.time(9)
            )
        }
    }

    /// What a product has, also one that is deleted, as its revisions keep it.
    func stored(_ productID: Int64) throws(DatabaseError) -> [StoredImage] {
        try connection.all(
            "SELECT \(Self.columns) FROM product_image i WHERE i.product_id = \(productID) ORDER BY i.sort_order, i.id",
            Self.stored
        )
    }

    /// Whether any product has one.
    func exist() throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM product_image LIMIT 1") { _ in true } ?? false
    }

    /// Forgets pictures of products that are gone for good, with their history: they cannot be put back any more.
    /// - Returns: whether there may be more of them.
    func forgetGone(limit: Int = 500) throws -> Bool {
        let ids = try connection.all(
            """
            SELECT i.id FROM product_image i
            WHERE NOT EXISTS (SELECT 1 FROM product p WHERE p.id = i.product_id)
                AND NOT EXISTS (SELECT 1 FROM product_revision r WHERE r.product_id = i.product_id)
            ORDER BY i.id LIMIT \(limit)
            """
        ) { row in row.int(0) }
        guard !ids.isEmpty else { return false }
        let isDone: Bool? = try connection.writeIfFree {
            try connection.execute("DELETE FROM product_image WHERE id IN \(list: ids)")
            return true
        }
        return isDone == nil || ids.count == limit
    }

    /// The pictures that stand for products, by the product: their hashes.
    func featured(of products: [Int64]) throws(DatabaseError) -> [Int64: String] {
        let rows = try connection.all(
            """
            SELECT product_id, file_hash FROM product_image
            WHERE product_id IN \(list: products) AND is_featured = 1
            """
        ) { row in (row.int(0), row.text(1)) }
        return Dictionary(rows) { first, _ in first }
    }
}

extension ProductStore {
    /// Changes the pictures of a product as one change of it: a version, a revision, events and an entry of the audit
    /// trail. Nothing happens when nothing differs.
    /// - Parameters:
    ///   - library: where the files of pictures are that it has not yet.
    ///   - edit: makes the wanted pictures from the product and those that it has, and says what is known of new ones;
    ///     asked again when another request has changed them meanwhile.
    ///
    /// Throws `Refusal.missing`, and what the closure throws.
    func changeImages(
        _ id: Int64,
        _ library: PictureLibrary,
        _ context: WriteContext,
        _ edit: (Product, [StoredImage]) throws -> (images: [StoredImage], new: [StoredPicture])
    ) throws -> Product {
        let images = ProductImageStore(connection)
        return try connection.untilSettled {
            let (current, present) = try connection.read { (try find(id), try images.stored(id)) }
            guard let current else { throw Refusal.missing }
            let wanted = try edit(current, present)
            let change = ProductChange(
                from: current,
                to: current,
                images: ImagesChange.between(present, wanted.images.settled)
            )
            if change.isEmpty { return current }
            return try connection.write {
                try requireStanding(current)
                for picture in wanted.new {
                    try PictureStore(connection).use(picture, in: library.blobs, at: context.now)
                }
                let stored = try replace(current, change, context)
                try audit("update", id: id, from: current, to: stored, images: change.images, context)
                try announceImages(of: stored, context)
                return stored
            }
        }
    }

    // MARK: Inside the caller's transaction

    func storeImages(_ change: ImagesChange?, of productID: Int64, at now: Timestamp) throws(DatabaseError) {
        guard let change else { return }
        let kept = Set(change.after.compactMap(\.id))
        let gone = change.before.compactMap(\.id).filter { !kept.contains($0) }
        if !gone.isEmpty { try connection.execute("DELETE FROM product_image WHERE id IN \(list: gone)") }
        let known = Set(change.before.map(\.hash))
        try BlobStore(connection).reuse(change.after.map(\.hash).filter { !known.contains($0) })
        for (order, image) in change.after.enumerated() {
            // One that comes back gets its old id.
            let (column, value): (SQL, SQL) = image.id.map { ("id, ", "\($0), ") } ?? ("", "")
            try connection.execute(
                """
                INSERT INTO product_image (\(column)product_id, file_hash, filename, url, alt_text, sort_order,
                    is_featured, is_active, created_at, updated_at)
                VALUES (\(value)\(productID), \(image.hash), \(image.filename), \(image.url), \(image.altText),
                    \(order), \(image.isFeatured), \(image.isActive), \(now), \(now))
                ON CONFLICT (product_id, file_hash) DO UPDATE SET filename = excluded.filename, url = excluded.url,
                    alt_text = excluded.alt_text, sort_order = excluded.sort_order, is_featured = excluded.is_featured,
                    is_active = excluded.is_active, updated_at = excluded.updated_at
                """
            )
        }
    }

    /// Tells that a product has other pictures, or in another order.
    private func announceImages(of product: Product, _ context: WriteContext) throws(DatabaseError) {
        let count = try ProductImageStore(connection).stored(product.id).count
        let data: JSON = [
            "id": .int(product.id), "sku": .string(product.sku), "version": .int(product.version),
            "images": .int(count),
        ]
        try EventStore(connection).publish(
            "product.images_changed",
            subject: String(product.id),
            data: data,
            topic: CatalogEvents.topic,
            context
        )
    }
}
