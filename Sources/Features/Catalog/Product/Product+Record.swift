import Records
import Support

extension StoredRecord {
    /// A product as its table holds it.
    init(_ product: Product) {
        self.init(
            id: product.id,
            values: ProductFields.all.map { $0.read(product) },
            version: product.version,
            createdAt: product.createdAt,
            updatedAt: product.updatedAt
        )
    }
}

extension Product {
    /// - Parameter record: of the table of products.
    init(_ record: StoredRecord) {
        self.init()
        id = record.id
        for (field, value) in zip(ProductFields.all, record.values) { field.write(&self, value) }
        version = record.version
        createdAt = record.createdAt
        updatedAt = record.updatedAt
    }
}
