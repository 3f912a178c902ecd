import AdminKit
import Database
import Identity
import Markup
import Records
import Support
import Web

/// The list of products that were deleted, and what stands at the address of one of them.
enum DeletedProductPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.deletedProducts,
            access: .permission(.readProducts),
            pool: .slow,
            .page("Products that were deleted"),
            handler: list
        )
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id", descends: true), filters: [])
        let page = try ListPage(context.request, rules, path: CatalogPath.deletedProducts.description)
        guard page.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Deleted products come newest first.")
        }
        let revisions = try DeletedProductStore(context.database)
            .list(before: try page.query.entryID(), limit: page.limit)
        let from = max(1, Int(page.query.filters["from"] ?? "") ?? 1)
        let isLast = revisions.count < page.limit
        let shown = min(revisions.count, page.size)
        let (last, overflow) = from.addingReportingOverflow(shown - 1)
        let pagination = page.pagination(
            revisions,
            total: isLast && !overflow ? .exactly(max(0, last)) : .moreThan(overflow ? from : last),
            Noun("deleted product", "deleted products"),
            cursor: { [.int($0.id)] }
        )
        let products = try DeletedProducts(context).read(Array(revisions.prefix(page.size)))
        return .page(DeletedProductView.list(products, pagination, in: try context.shell()))
    }

    /// What stands at the address of a product that is gone, with status 410.
    ///
    /// Throws 404 where there never was one, or where its history is gone too.
    static func tombstone(_ id: Int64, _ flashes: [Flash], _ context: RequestContext) throws -> Response {
        guard let product = try DeletedProducts(context).find(id) else { throw ProductRefusal.missing }
        let shell = try context.shell(flashes: flashes)
        return .page(DeletedProductView.html(product, in: shell), status: 410)
    }
}
