import Database
import Money
import Support

/// All SQL of the values that products have. They are changed with their product: see `ProductStore.changeMetafields`.
struct ProductMetafieldStore {
    let connection: Connection
    private let currency: Currency

    init(_ connection: Connection, _ currency: Currency) {
        self.connection = connection
        self.currency = currency
    }

    /// Metafields that a product has at most.
    static let most = 250

    private static let columns: SQL =
        "m.namespace, m.key, m.value_type, m.value, m.shopify_metafield_id, m.created_at, m.updated_at"

    private func read(_ row: borrowing Row) -> ProductMetafield {
        let type = row.text(2)
        return ProductMetafield(
            name: MetafieldName(namespace: row.text(0), key: row.text(1)),
            typeName: type,
            value: MetafieldValue(stored: row.text(3), MetafieldType(type), currency),
            shopifyID: row.textOrNil(4),
            createdAt: row.time(5),
            updatedAt: row.time(6)
        )
    }

    // MARK: Reading

    /// Those of a product in the order of their definitions, those without one last.
    func all(_ productID: Int64) throws(DatabaseError) -> [ProductMetafield] {
        try connection.all(
            """
            SELECT \(Self.columns) FROM product_metafield m
            LEFT JOIN metafield_definition d ON d.namespace = m.namespace AND d.key = m.key
            WHERE m.product_id = \(productID)
            ORDER BY CASE WHEN d.id IS NULL THEN 1 ELSE 0 END, d.display_order, m.namespace, m.key
            """,
            read
        )
    }

    func find(_ productID: Int64, _ name: MetafieldName) throws(DatabaseError) -> ProductMetafield? {
        try connection.first(
            """
            SELECT \(Self.columns) FROM product_metafield m
            WHERE m.product_id = \(productID) AND m.namespace = \(name.namespace) AND m.key = \(name.key)
            """,
            read
        )
    }

    /// What a product has, also one that is deleted, as its revisions keep it.
    func stored(_ productID: Int64) throws(DatabaseError) -> [MetafieldName: StoredMetafield] {
        let rows = try connection.all(
            "SELECT namespace, key, value_type, value, match_key FROM product_metafield WHERE product_id = \(productID)"
        ) { row in
            (
                MetafieldName(namespace: row.text(0), key: row.text(1)),
                StoredMetafield(type: row.text(2), value: row.text(3), key: row.text(4))
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// The names of all that any product has, in the order of the definitions, those without one last.
    func names() throws(DatabaseError) -> [MetafieldName] {
        try connection.all(
            """
            SELECT n.namespace, n.key FROM (SELECT DISTINCT namespace, key FROM product_metafield) n
            LEFT JOIN metafield_definition d ON d.namespace = n.namespace AND d.key = n.key
            ORDER BY CASE WHEN d.id IS NULL THEN 1 ELSE 0 END, d.display_order, n.namespace, n.key
            """
        ) { row in MetafieldName(namespace: row.text(0), key: row.text(1)) }
    }
}

extension ProductStore {
    /// Changes the metafields of a product as one change of it: a version, a revision, an event and an entry of the
    /// audit trail. Nothing happens when nothing differs.
    /// - Parameter edit: makes the wanted values from the product and those that it has; asked again when another
    ///   request has changed them meanwhile.
    ///
    /// Throws `Refusal.missing`, and what the closure throws.
    func changeMetafields(
        _ id: Int64,
        _ currency: Currency,
        _ context: WriteContext,
        _ edit: (Product, [MetafieldName: StoredMetafield]) throws -> [MetafieldName: StoredMetafield]
    ) throws -> Product {
        let metafields = ProductMetafieldStore(connection, currency)
        return try connection.untilSettled {
            let (current, present) = try connection.read { (try find(id), try metafields.stored(id)) }
            guard let current else { throw Refusal.missing }
            let changes = MetafieldChange.between(present, try edit(current, present))
            let change = ProductChange(from: current, to: current, metafields: changes)
            if change.isEmpty { return current }
            return try connection.write {
                try requireStanding(current)
                let stored = try replace(current, change, context)
                try audit("update", id: id, from: current, to: stored, metafields: changes, context)
                return stored
            }
        }
    }

    // MARK: Inside the caller's transaction

    func storeMetafields(_ changes: [MetafieldChange], of productID: Int64, at now: Timestamp) throws(DatabaseError) {
        for change in changes {
            guard let after = change.after else {
                try connection.execute(
                    """
                    DELETE FROM product_metafield WHERE product_id = \(productID)
                        AND namespace = \(change.name.namespace) AND key = \(change.name.key)
                    """
                )
                continue
            }
            try connection.execute(
                """
                INSERT INTO product_metafield (product_id, namespace, key, value, value_type, match_key, created_at,
                    updated_at)
                VALUES (\(productID), \(change.name.namespace), \(change.name.key), \(after.value), \(after.type),
                    \(after.key), \(now), \(now))
                ON CONFLICT (product_id, namespace, key) DO UPDATE SET value = excluded.value,
                    value_type = excluded.value_type, match_key = excluded.match_key, updated_at = excluded.updated_at
                """
            )
        }
    }
}
