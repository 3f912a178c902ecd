import Database
import Records
import Support

/// What the values of metafields name: products by their SKUs and categories by their paths. They are stored by their
/// ids, so that they still mean the same when they are renamed or moved. Keeps what it has looked up.
final class MetafieldReferences {
    private let products: ProductStore
    private let categories: CategoryNames
    private let categoryStore: CategoryStore
    private var skus: [Int64: String] = [:]

    /// SKUs that are kept; an export that names more begins anew.
    private static let most = 65_536

    init(_ connection: Connection) {
        products = ProductStore(connection)
        categories = CategoryNames(connection)
        categoryStore = CategoryStore(connection)
    }

    /// The SKU or the path; empty for what is not there any more.
    func text(of reference: MetafieldReference) throws(DatabaseError) -> String {
        switch reference {
        case .category(let id): return try categories.path(of: id) ?? ""
        case .product(let id):
            if let known = skus[id] { return known }
            if skus.count >= Self.most { skus.removeAll(keepingCapacity: true) }
            let sku = try products.find(id)?.sku ?? ""
            skus[id] = sku
            return sku
        }
    }

    /// What names it whatever the ids are: the folded SKU, or the slugs of the path.
    func digestText(of reference: MetafieldReference) throws(DatabaseError) -> String {
        switch reference {
        case .category(let id): try categories.slugPath(of: id) ?? ""
        case .product: Product.skuKey(try text(of: reference))
        }
    }

    func product(_ sku: String) throws(DatabaseError) -> Result<MetafieldReference, RecordFault> {
        guard let product = try products.find(sku: sku) else {
            return .failure(
                RecordFault("no_such_product", "There is no product with the SKU \(sku.shortened(to: 100)).")
            )
        }
        return .success(.product(product.id))
    }

    func category(_ path: String) throws(DatabaseError) -> Result<MetafieldReference, RecordFault> {
        switch try categories.typed(path) {
        case .success(let id?): .success(.category(id))
        case .success(nil): .failure(RecordFault("no_such_category", "Write the path of a category."))
        case .failure(let fault): .failure(fault)
        }
    }
}

/// Another record that a metafield names, by its id.
enum MetafieldReference: Sendable, Equatable {
    case product(Int64)
    case category(Int64)

    var id: Int64 {
        switch self {
        case .product(let id), .category(let id): id
        }
    }
}
