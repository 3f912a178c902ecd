package import Database
import Jobs
import Money
import Records
import Support

/// All SQL of the product table. Every write adds its revision and its outbox event in the same transaction.
package struct ProductStore {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// Why a write was refused.
    package enum Refusal: Error, Sendable, Equatable {
        /// Another product has the SKU.
        case skuTaken(existingID: Int64)
        /// Another product has the handle.
        case handleTaken(existingID: Int64)
        /// The product is not there any more.
        case missing
        /// There is no category with this id.
        case noCategory(Int64)
    }

    // safe: the field table's own names.
    static let columns: SQL = {
        let names = ["id"] + ProductFields.all.map(\.name) + ["version", "created_at", "updated_at", "synced_at"]
        return names.map { "p.\(ident: $0)" as SQL }.joined(separator: ", ")
    }()

    static func read(_ row: borrowing Row) -> Product {
        var product = Product()
        product.id = row.int(0)
        var column: Int32 = 1
        for field in ProductFields.all {
            field.write(&product, RecordValue(row, column, field.record.storage))
            column += 1
        }
        product.version = row.int(column)
        product.createdAt = row.time(column + 1)
        product.updatedAt = row.time(column + 2)
        product.syncedAt = row.timeOrNil(column + 3)
        return product
    }

    // MARK: Reading

    package func find(_ id: Int64) throws(DatabaseError) -> Product? {
        try connection.first("SELECT \(Self.columns) FROM product p WHERE p.id = \(id)", Self.read)
    }

    package func find(sku: String) throws(DatabaseError) -> Product? { try find(key: Product.skuKey(sku)) }

    /// The one with the greatest id where products share the SKU (`DuplicateSKUStore`), as in all that looks by it.
    /// - Parameter key: see `Product.skuKey`.
    func find(key: String) throws(DatabaseError) -> Product? {
        try connection.first(
            "SELECT \(Self.columns) FROM product p WHERE p.sku_norm = \(key) ORDER BY p.id DESC LIMIT 1",
            Self.read
        )
    }

    /// Other products of its group, the oldest first.
    func siblings(of product: Product, limit: Int) throws(DatabaseError) -> [Product] {
        guard let group = product.groupKey else { return [] }
        return try connection.all(
            """
            SELECT \(Self.columns) FROM product p
            WHERE p.group_key = \(group) AND p.id <> \(product.id) ORDER BY p.id LIMIT \(limit)
            """,
            Self.read
        )
    }

    /// How many products there are by status.
    package func countByStatus() throws(DatabaseError) -> [Product.Status: Int64] {
        let rows = try connection.all("SELECT status, COUNT(*) FROM product GROUP BY status") { row in
            (Product.Status(rawValue: row.text(0)), row.int(1))
        }
        var counts: [Product.Status: Int64] = [:]
        for (status, count) in rows { if let status { counts[status] = count } }
        return counts
    }

    // MARK: Writing

    /// Stores a new product.
    ///
    /// Throws `Refusal.skuTaken` and `handleTaken`.
    package func insert(_ product: Product, _ context: WriteContext) throws -> Product {
        let change = ProductChange(from: nil, to: product)
        try ProductIndexStore(connection).prepareKey()
        return try connection.write {
            let added = try add(change, context)
            try audit("create", id: added.id, from: nil, to: added, context)
            return added
        }
    }

    /// Changes a product: stores the fields that differ; nothing happens when none does.
    /// - Parameter edit: makes the wanted product from the one that stands there; asked again when another request
    ///   has changed that meanwhile, so that no change is lost. What it throws undoes nothing but this.
    ///
    /// Throws `Refusal`, and what the closure throws.
    package func update(
        _ id: Int64,
        _ context: WriteContext,
        _ edit: (Product) throws -> Product
    ) throws -> Product {
        try connection.untilSettled {
            guard let current = try find(id) else { throw Refusal.missing }
            let change = ProductChange(from: current, to: try edit(current))
            if change.isEmpty { return current }
            if change.changesKey { try ProductIndexStore(connection).prepareKey() }
            return try connection.write {
                try requireStanding(current)
                let stored = try replace(current, change, context)
                try audit("update", id: id, from: current, to: stored, context)
                return stored
            }
        }
    }

    /// Removes a product; its revision keeps every field that holds something.
    /// - Parameter check: sees the product that would go; what it throws keeps it.
    ///
    /// Throws `Refusal.missing`, and what the closure throws.
    package func delete(_ id: Int64, _ context: WriteContext, _ check: (Product) throws -> Void = { _ in }) throws {
        try connection.untilSettled {
            guard let current = try find(id) else { throw Refusal.missing }
            try check(current)
            let before = Self.snapshot(current, ProductFields.all.filter { $0.read(current) != .none }).text
            try connection.write {
                try requireStanding(current)
                try remove(current, before: before, context)
                try announce("product.deleted", id, ["id": .int(id), "sku": .string(current.sku)], context)
                try audit("delete", id: id, from: current, to: nil, context)
            }
        }
    }

    // MARK: Inside the caller's transaction

    /// Makes sure that a product is still the one that a change was made of.
    ///
    /// Throws `Refusal.missing` and `RecordChanged`.
    func requireStanding(_ product: Product) throws {
        let version = try connection.first("SELECT version FROM product WHERE id = \(product.id)") { row in row.int(0) }
        guard let version else { throw Refusal.missing }
        guard version == product.version else { throw RecordChanged() }
    }

    /// Id and version of the product with a key.
    func standing(key: String) throws(DatabaseError) -> (id: Int64, version: Int64)? {
        try connection.first("SELECT id, version FROM product WHERE sku_norm = \(key) ORDER BY id DESC LIMIT 1") {
            row in
            (row.int(0), row.int(1))
        }
    }

    /// Stores a new product and tells of it. Throws `Refusal.skuTaken` and `handleTaken`.
    func add(_ change: ProductChange, _ context: WriteContext) throws -> Product {
        try requireFree(change.key)
        try requireFreeHandle(change.product.seoHandle)
        try requireCategory(change)
        let names: SQL = Self.fieldNames
        let id = try connection.insert(
            """
            INSERT INTO product (sku_norm, \(names), version, created_at, updated_at)
            VALUES (\(change.key), \(values(change.product)), 1, \(context.now), \(context.now))
            """
        )
        try RevisionStore(connection).append(id, version: 1, .create, before: nil, context)
        let added = change.stored(id: id, at: context.now)
        try announce("product.created", added, context)
        return added
    }

    private func requireFree(_ key: String) throws {
        try ProductIndexStore(connection).requireKey()
        if let existing = try standing(key: key) { throw Refusal.skuTaken(existingID: existing.id) }
    }

    /// The index would refuse it too; this tells whose it is.
    private func requireFreeHandle(_ handle: String?) throws {
        guard let handle else { return }
        let existing = try connection.first("SELECT id FROM product WHERE seo_handle = \(handle)") { row in row.int(0) }
        if let existing { throw Refusal.handleTaken(existingID: existing) }
    }

    /// Throws `Refusal.noCategory`.
    private func requireCategory(_ change: ProductChange) throws {
        guard let id = change.product.categoryID, change.current?.categoryID != id else { return }
        guard try CategoryStore(connection).find(id) != nil else { throw Refusal.noCategory(id) }
    }

    /// Stores the fields of a product that differ and tells of it.
    /// - Parameters:
    ///   - current: what stands there. The change was made of it, or of the same one before it got its id and version.
    ///   - kind: how the history calls it.
    func replace(
        _ current: Product,
        _ change: ProductChange,
        _ context: WriteContext,
        as kind: Revision.Change = .update
    ) throws -> Product {
        guard try store(change, over: current, context, as: kind) else { return current }
        let stored = change.rebased(on: current).stored(id: current.id, at: max(context.now, current.updatedAt))
        try announce("product.updated", stored, context)
        return stored
    }

    /// As `replace`, without telling anybody: for many at once.
    /// - Returns: whether anything differed.
    @discardableResult
    func store(
        _ change: ProductChange,
        over current: Product,
        _ context: WriteContext,
        as kind: Revision.Change
    ) throws -> Bool {
        guard !change.isEmpty else { return false }
        try requireCategory(change)
        var assignments = change.fields.map { "\(ident: $0.name) = \($0.read(change.product).databaseValue)" as SQL }
        if change.fields.contains(where: { $0.record.isUnique }) { try requireFreeHandle(change.product.seoHandle) }
        // A column that is named is written to its indexes again, so the key stands here only when it differs.
        if change.changesKey {
            try requireFree(change.key)
            assignments.append("sku_norm = \(change.key)")
        }
        let time = max(context.now, current.updatedAt)
        assignments += ["version = version + 1", "updated_at = \(time)"]
        try connection.execute("UPDATE product SET \(assignments.joined(separator: ", ")) WHERE id = \(current.id)")
        try storeMetafields(change.metafields, of: current.id, at: time)
        try storeImages(change.images, of: current.id, at: time)
        try RevisionStore(connection).append(
            current.id,
            version: current.version + 1,
            kind,
            before: change.before,
            context
        )
        return true
    }

    /// Puts a deleted product back under its old id; its version goes on. Tells nobody.
    /// - Parameter product: its fields, its id, and when it was created first.
    ///
    /// Throws `Refusal.skuTaken` and `handleTaken`.
    func putBack(_ product: Product, version: Int64, _ context: WriteContext) throws {
        let key = Product.skuKey(product.sku)
        try requireFree(key)
        try requireFreeHandle(product.seoHandle)
        try connection.execute(
            """
            INSERT INTO product (id, sku_norm, \(Self.fieldNames), version, created_at, updated_at)
            VALUES (\(product.id), \(key), \(values(product)), \(version), \(product.createdAt), \(context.now))
            """
        )
        try RevisionStore(connection).append(product.id, version: version, .restore, before: nil, context)
    }

    /// Removes the row and keeps what it held.
    /// - Parameter before: every field that holds something, as a revision keeps them.
    private func remove(_ product: Product, before: String, _ context: WriteContext) throws {
        try connection.execute("DELETE FROM product WHERE id = \(product.id)")
        try RevisionStore(connection).append(product.id, version: product.version + 1, .delete, before: before, context)
    }

    /// Tells of a product as it was just stored.
    func announce(_ event: String, _ product: Product, _ context: WriteContext) throws(DatabaseError) {
        let data: JSON = ["id": .int(product.id), "sku": .string(product.sku), "version": .int(product.version)]
        try announce(event, product.id, data, context)
    }

    /// Tells webhooks and feeds, and whoever watches the catalogue just now.
    private func announce(_ type: String, _ id: Int64, _ data: JSON, _ context: WriteContext) throws(DatabaseError) {
        try EventStore(connection).publish(type, subject: String(id), data: data, topic: CatalogEvents.topic, context)
    }

    // safe: the field table's own names.
    static let fieldNames: SQL = ProductFields.all.map { "\(ident: $0.name)" as SQL }.joined(separator: ", ")

    private func values(_ product: Product) -> SQL {
        ProductFields.all.map { "\($0.read(product).databaseValue)" as SQL }.joined(separator: ", ")
    }

    /// Fields, metafields and pictures as a revision keeps them: stored form, by column name.
    static func snapshot(
        _ product: Product,
        _ fields: [ProductField],
        _ metafields: [(MetafieldName, StoredMetafield?)] = [],
        _ images: [StoredImage]? = nil
    ) -> JSON {
        .object(
            fields.map { JSON.Member($0.name, $0.read(product).stored) }
                + metafields.map { JSON.Member($0.0.column, $0.1?.json ?? .null) }
                + (images.map { [JSON.Member(ImagesChange.name, ImagesChange.revision($0))] } ?? [])
        )
    }
}
