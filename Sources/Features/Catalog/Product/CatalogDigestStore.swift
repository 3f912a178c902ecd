import Crypto
package import Database
package import Support

/// The content of the catalogue as one number.
package struct CatalogDigest: Sendable, Equatable {
    /// SHA-256 over all products by folded SKU, all fields of the field table, without ids, versions, times and jobs.
    package let hash: String
    package let products: Int64
    package let revisions: Int64
    /// How often one job changed one product at most; more than 1 would mean that a row was applied twice.
    package let mostRevisionsPerJobAndProduct: Int64

    /// Reads on one snapshot.
    package static func compute(_ connection: Connection) throws -> CatalogDigest {
        try connection.read {
            var hash = SHA256()
            var products: Int64 = 0
            let statement = try connection.prepare(
                "SELECT sku_norm, \(ProductStore.fieldNames) FROM product ORDER BY sku_norm"
            )
            while try statement.step() {
                let row = statement.row()
                products += 1
                for column in 0...Int32(ProductFields.all.count) {
                    // The length goes first, so that no two different rows give the same bytes.
                    let bytes = row.bytes(column)
                    hash.update(Array((row.isNull(column) ? "-;" : "\(bytes.count);").utf8))
                    hash.update(UnsafeRawBufferPointer(bytes))
                }
            }
            let revisions = try connection.first("SELECT COUNT(*) FROM product_revision") { row in row.int(0) } ?? 0
            let most =
                try connection.first(
                    """
                    SELECT MAX(changes) FROM (
                        SELECT COUNT(*) AS changes FROM product_revision
                        WHERE job_id IS NOT NULL GROUP BY job_id, product_id) counted
                    """
                ) { row in row.int(0) } ?? 0
            return CatalogDigest(
                hash: hash.finish().hex,
                products: products,
                revisions: revisions,
                mostRevisionsPerJobAndProduct: most
            )
        }
    }

    package var json: JSON {
        [
            "digest": .string(hash), "products": .int(products), "revisions": .int(revisions),
            "most_revisions_per_job_and_product": .int(mostRevisionsPerJobAndProduct),
        ]
    }
}
