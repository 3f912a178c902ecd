package import AdminKit
package import Identity
import Web

/// The catalogue's figures on the home page.
package enum CatalogTiles {
    package static func tiles(_ context: RequestContext) throws -> [DashboardTile] {
        let counts = try ProductStore(context.database).countByStatus()
        func tile(_ title: String, _ value: Int64, _ query: String) -> DashboardTile {
            DashboardTile(
                title,
                value: Format.integer(value),
                path: "\(CatalogPath.products)\(query)",
                permission: .readProducts
            )
        }
        return [tile("Products", counts.values.reduce(0, +), "")]
            + [Product.Status.active, .draft, .archived].map { status in
                tile(status.rawValue.capitalizedFirst, counts[status] ?? 0, "?status=\(status.rawValue)")
            }
    }

    package static func isEmpty(_ context: RequestContext) throws -> Bool {
        try ProductIndexStore(context.database).isCatalogueEmpty()
    }
}

extension String {
    /// With a capital first letter.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
