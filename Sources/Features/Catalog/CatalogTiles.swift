import AdminKit
import Identity
import Web

/// The catalogue's figures on the home page.
enum CatalogTiles {
    @Sendable static func tiles(_ context: RequestContext) throws -> [DashboardTile] {
        let counts = try ProductStore(context.database).countByStatus()
        let days = try CatalogueFiguresStore(context.database).series(limit: 60).reversed()
        func tile(_ title: String, _ value: Int64, _ query: String, _ past: [Int64] = []) -> DashboardTile {
            DashboardTile(
                title,
                value: Format.integer(value),
                path: "\(CatalogPath.products)\(query)",
                permission: .readProducts,
                past: past.count < 2 ? [] : past
            )
        }
        return [tile("Products", counts.values.reduce(0, +), "", days.map(\.products))]
            + [Product.Status.active, .draft, .archived].map { status in
                tile(
                    status.rawValue.capitalizedFirst,
                    counts[status] ?? 0,
                    "?status=\(status.rawValue)",
                    status == .active ? days.map(\.active) : []
                )
            }
    }

    @Sendable static func isEmpty(_ context: RequestContext) throws -> Bool {
        try ProductIndexStore(context.database).isCatalogueEmpty()
    }
}

extension String {
    /// With a capital first letter.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
