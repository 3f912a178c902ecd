import AdminKit
import Database
import ImportKit
import Jobs
import Records
import Support

/// Products that share their SKU: what an old version, or a damaged file, has left, so that the key index cannot be
/// built.
///
/// Then an index that does not keep SKUs apart takes its place: products are found by it as before, and whoever stores
/// a SKU looks whether it is taken, so no more duplicates come. The catalogue stays in this state, which `/health` and
/// the home page tell, until no two products share a SKU (`DuplicateRemoval`, or by hand); then the key is built.
///
/// Of products that share a SKU the newest is the one that was changed last: it stays. Files and programs that name the
/// SKU meanwhile reach the one with the greatest id.
struct DuplicateSKUStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The alert's name.
    static let alert = "duplicate_skus"

    /// What stands in for the key.
    static let index: CatalogSchema.Index = (
        "product_by_shared_sku", "CREATE INDEX product_by_shared_sku ON product (sku_norm)"
    )

    /// A SKU that several products have.
    struct Group: Equatable {
        /// The folded SKU.
        var key: String
        /// How many products have it.
        var count: Int64
    }

    // MARK: What there is

    /// Whether the catalogue goes without its key because products share SKUs.
    func isInForce() throws(DatabaseError) -> Bool {
        try connection.hasIndex(Self.index.name)
    }

    /// How many products would have to go for each SKU to stand for one. Reads the index from end to end: a tenth of a
    /// second for 500,000 products.
    func count() throws(DatabaseError) -> Int64 {
        try connection.first(
            """
            SELECT COALESCE(SUM(s.n - 1), 0)
            FROM (SELECT COUNT(*) AS n FROM product GROUP BY sku_norm HAVING COUNT(*) > 1) s
            """
        ) { row in row.int(0) } ?? 0
    }

    /// What a removal of duplicates would do at one moment.
    struct Survey: Sendable, Equatable {
        /// How many products it would delete.
        var count: Int64 = 0
        /// Tells which product of each SKU would stay.
        var seen = SetHash().text
        /// The last change of all that was looked at: a SKU with a later one is not as it was seen.
        var revision: Int64 = 0
    }

    /// Looks which product of each SKU would stay; call inside a read. A second for 200,000 products that share theirs.
    func survey() throws(DatabaseError) -> Survey {
        guard try isInForce() else { return Survey() }
        var survey = Survey(revision: try RevisionStore(connection).lastID())
        var seen = SetHash()
        let statement = try connection.prepare(
            """
            SELECT p.sku_norm, p.id, COALESCE((SELECT r.id FROM product_revision r WHERE r.product_id = p.id
                ORDER BY r.version DESC LIMIT 1), 0) AS revision
            FROM product p
            WHERE p.sku_norm IN (SELECT sku_norm FROM product GROUP BY sku_norm HAVING COUNT(*) > 1)
            ORDER BY p.sku_norm, revision DESC, p.id DESC
            """
        )
        var key: String?
        while try statement.step() {
            let row = statement.row()
            if row.text(0) == key {
                survey.count += 1
            } else {
                key = row.text(0)
                seen.add(row.text(0), row.int(1))
            }
        }
        survey.seen = seen.text
        return survey
    }

    /// How many products have the SKU.
    func number(_ key: String) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM product WHERE sku_norm = \(key)") { row in row.int(0) } ?? 0
    }

    /// Whether a product that has the SKU was changed after a revision.
    func isChanged(_ key: String, since revision: Int64) throws(DatabaseError) -> Bool {
        try connection.first(
            """
            SELECT 1 FROM product p JOIN product_revision r ON r.product_id = p.id
            WHERE p.sku_norm = \(key) AND r.id > \(revision) LIMIT 1
            """
        ) { _ in true } ?? false
    }

    /// SKUs that several products have, in their order.
    func groups(after key: String = "", limit: Int) throws(DatabaseError) -> [Group] {
        try connection.all(
            """
            SELECT sku_norm, COUNT(*) FROM product WHERE sku_norm > \(key)
            GROUP BY sku_norm HAVING COUNT(*) > 1 ORDER BY sku_norm LIMIT \(limit)
            """
        ) { row in Group(key: row.text(0), count: row.int(1)) }
    }

    /// Some of the SKUs that are shared, as products have them; none where none is.
    func examples(limit: Int = 3) throws(DatabaseError) -> [String] {
        guard try isInForce() else { return [] }
        var skus: [String] = []
        for group in try groups(limit: limit) {
            skus.append(try products(group.key, limit: 1).first?.sku ?? group.key)
        }
        return skus
    }

    /// The products that have a SKU, the one that was changed last first.
    func products(_ key: String, limit: Int, offset: Int = 0) throws(DatabaseError) -> [Product] {
        // By what came last of all changes, not by the clock, which may have jumped.
        try connection.all(
            """
            SELECT \(ProductStore.columns) FROM product p WHERE p.sku_norm = \(key)
            ORDER BY COALESCE((SELECT r.id FROM product_revision r WHERE r.product_id = p.id
                ORDER BY r.version DESC LIMIT 1), 0) DESC, p.id DESC LIMIT \(limit) OFFSET \(offset)
            """,
            ProductStore.read
        )
    }

    // MARK: Inside the caller's transaction

    /// Puts the other index in the place of a key that could not be built, and says so.
    func begin(at now: Timestamp) throws(DatabaseError) {
        try connection.execute(Self.index.create)
        try connection.execute("DELETE FROM record_load WHERE table_name = 'product'")
        try AlertStore(connection).raise(Self.alert, Self.detail(try count()), at: now)
    }

    /// Takes the other index away, with what was said of it; the key has to be built then.
    func end() throws(DatabaseError) {
        try connection.execute("DROP INDEX IF EXISTS \(ident: Self.index.name)")
        try AlertStore(connection).clear(Self.alert)
    }

    // MARK: In a transaction of its own

    /// Builds the key where no two products share a SKU any more, and else says how many still do.
    /// - Returns: whether the key stands.
    @discardableResult
    func resolve(at now: Timestamp) throws -> Bool {
        guard try isInForce() else { return true }
        let left = try count()
        guard left == 0 else {
            let detail = Self.detail(left)
            let alerts = AlertStore(connection)
            guard try !alerts.standing(at: now).contains(where: { $0.name == Self.alert && $0.detail == detail }) else {
                return false
            }
            try connection.write { try alerts.raise(Self.alert, detail, at: now) }
            return false
        }
        try connection.sortingOnDisk {
            try connection.write(.normal) {
                try end()
                try ProductIndexStore(connection).requireKey()
            }
        }
        return try !isInForce()
    }

    /// Names no SKU: anybody may read it.
    static func detail(_ count: Int64) -> String {
        """
        \(sentence(count)) Imports, edits and undos go on; only imports that delete products, or deactivate those that \
        are not in the file, are refused. To mend it open Products and choose 'See them and keep one of each'.
        """
    }

    /// How many there are, in words.
    static func sentence(_ count: Int64) -> String {
        let products = Format.count(count, Noun("product shares its SKU", "products share their SKU"))
        return "\(products) with a newer one."
    }
}
