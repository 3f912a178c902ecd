import Support

/// What is to become of one product, made ready outside of the writer gate: which fields differ, under which key it is
/// found, and what its history keeps. What is left for the transaction takes no longer than the rows are big.
package struct ProductChange: Sendable {
    /// The product that the change was made of; nil for a new one.
    private(set) var current: Product?
    private(set) var product: Product
    /// See `Product.skuKey`.
    let key: String
    let changesKey: Bool
    /// Those that differ; all of a new product.
    let fields: [ProductField]
    /// The fields as they were, as a revision keeps them; nil for a new product.
    let before: String?
    /// Metafields that differ.
    let metafields: [MetafieldChange]
    /// Pictures before and after; nil where they stay as they are.
    let images: ImagesChange?

    init(
        from current: Product?,
        to product: Product,
        metafields: [MetafieldChange] = [],
        images: ImagesChange? = nil
    ) {
        self.current = current
        self.product = product
        self.metafields = metafields
        self.images = images
        key = Product.skuKey(product.sku)
        guard let current else {
            (changesKey, fields, before) = (true, ProductFields.all, nil)
            return
        }
        changesKey = !key.hasSameBytes(as: Product.skuKey(current.sku))
        fields = ProductFields.all.filter { $0.read(current) != $0.read(product) }
        before =
            fields.isEmpty && metafields.isEmpty && images == nil
            ? nil
            : ProductStore.snapshot(current, fields, metafields.map { ($0.name, $0.before) }, images?.before).text
    }

    /// Whether there is anything to store.
    var isEmpty: Bool { current != nil && fields.isEmpty && metafields.isEmpty && images == nil }

    /// The product as it stands when this was stored.
    func stored(id: Int64, at now: Timestamp) -> Product {
        var stored = product
        stored.id = id
        stored.version = (current?.version ?? 0) + 1
        stored.createdAt = current?.createdAt ?? now
        stored.updatedAt = now
        return stored
    }

    /// The same change of a product that has got its id, version and times only since.
    func rebased(on stored: Product) -> ProductChange {
        var change = self
        change.current?.id = stored.id
        change.current?.version = stored.version
        change.current?.createdAt = stored.createdAt
        change.current?.updatedAt = stored.updatedAt
        return change
    }
}
