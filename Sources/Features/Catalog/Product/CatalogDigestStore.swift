import Crypto
package import Database
import Records
package import Support

/// The content of the catalogue as one number.
package struct CatalogDigest: Sendable, Equatable {
    /// SHA-256 over all products by folded SKU, all fields of the field table, without ids, versions, times and jobs.
    ///
    /// Fields that came after the first catalogues count only where they hold something, with their names: so a
    /// catalogue has the same digest before and after a migration that adds a field.
    package let hash: String
    package let products: Int64
    package let revisions: Int64
    /// How often one job changed one product at most; more than 1 would mean that a row was applied twice.
    package let mostRevisionsPerJobAndProduct: Int64

    /// Reads on one snapshot.
    package static func compute(_ connection: Connection) throws -> CatalogDigest {
        try connection.read {
            let (hash, products) = try content(connection)
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
                hash: hash,
                products: products,
                revisions: revisions,
                mostRevisionsPerJobAndProduct: most
            )
        }
    }

    /// The column of the product's category, whose id says nothing; its path does.
    private static let categoryColumn: Int32? = ProductFields.table.position(of: "category_id").map { Int32($0) + 1 }

    /// The hash of all products, and how many there are.
    private static func content(_ connection: Connection) throws -> (hash: String, products: Int64) {
        var hash = SHA256()
        var products: Int64 = 0
        let first = Int32(ProductFields.first.count)
        // Behind the key.
        let later = ProductFields.all.enumerated().dropFirst(ProductFields.first.count)
            .map { (Int32($0.offset) + 1, $0.element.name) }
        let statement = try connection.prepare(
            "SELECT sku_norm, \(ProductStore.fieldNames), id FROM product ORDER BY sku_norm"
        )
        let names = CategoryNames(connection)
        let metafields = try MetafieldColumns(connection)
        let images = ProductImageStore(connection)
        let hasImages = try images.exist()
        while try statement.step() {
            let row = statement.row()
            products += 1
            for column in 0...first {
                // The length goes first, so that no two different rows give the same bytes.
                let bytes = row.bytes(column)
                hash.update(Array((row.isNull(column) ? "-;" : "\(bytes.count);").utf8))
                hash.update(UnsafeRawBufferPointer(bytes))
            }
            for (column, name) in later where !row.isNull(column) {
                guard column != categoryColumn else {
                    let path = try names.slugPath(of: row.int(column)) ?? ""
                    hash.update(Array("\(name)=\(path.utf8.count);\(path)".utf8))
                    continue
                }
                let bytes = row.bytes(column)
                hash.update(Array("\(name)=\(bytes.count);".utf8))
                hash.update(UnsafeRawBufferPointer(bytes))
            }
            for (name, text) in try metafields.digestTexts(of: row.int(Int32(ProductFields.all.count) + 1)) {
                hash.update(Array("\(name.column)=\(text.utf8.count);\(text)".utf8))
            }
            guard hasImages else { continue }
            for image in try images.stored(row.int(Int32(ProductFields.all.count) + 1)) {
                hash.update(Array("\(ImagesChange.name)=\(image.digestText)".utf8))
            }
        }
        return (hash.finish().hex, products)
    }

    package var json: JSON {
        [
            "digest": .string(hash), "products": .int(products), "revisions": .int(revisions),
            "most_revisions_per_job_and_product": .int(mostRevisionsPerJobAndProduct),
        ]
    }
}
