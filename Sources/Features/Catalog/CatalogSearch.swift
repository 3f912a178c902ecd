import AdminKit
import Database
import Identity
import Support
import Web

/// Products as the search in the frame finds them: the one whose SKU or number was typed, then those whose words begin
/// like these.
enum CatalogSearch {
    private static let limit = 8

    @Sendable static func hits(_ context: RequestContext, _ words: String) throws -> [SearchHit] {
        let store = ProductStore(context.database)
        var found = try [store.find(sku: words)].compactMap { $0 }
        if let id = Int64(words), let product = try store.find(id) { found.append(product) }
        var filter = ProductFilter()
        filter.q = words
        if words.contains(where: { $0.isLetter || $0.isNumber }), !TextQuery.hasTooManyWords(words) {
            found += try store.list(filter, limit: limit)
        }
        var seen: Set<Int64> = []
        return found.filter { seen.insert($0.id).inserted }.prefix(limit).map { product in
            SearchHit(
                product.name,
                note: [product.sku, product.brand ?? ""].filter { !$0.isEmpty }.joined(separator: " · "),
                path: CatalogPath.product(product.id).description,
                group: "Products",
                icon: .box,
                permission: .readProducts
            )
        }
    }
}
