import AdminKit
import Database
import Identity
import ImportKit
import Jobs
import Markup
import Support
import Web

/// `/products/duplicates`: shows the products that share their SKU, and asks before all but the newest are deleted.
enum DuplicateSKUPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.duplicates,
            access: .permission(.deleteProducts),
            needs: .seeingProducts,
            pool: .slow,
            .page("Confirmation page for deleting all but the newest of products that share a SKU"),
            handler: ask
        ),
        AppRoute(
            .post,
            CatalogPath.duplicates,
            access: .permission(.deleteProducts),
            needs: .seeingProducts,
            pool: .slow,
            .form("Deletes all but the newest of products that share a SKU"),
            handler: remove
        ),
    ]

    private static let perPage = 20

    @Sendable static func ask(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["cursor", "from"])
        guard let model = try model(context) else { return .seeOther(CatalogPath.products.description) }
        return .page(DuplicateSKUView.html(model, in: try context.shell()))
    }

    @Sendable static func remove(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let form = try context.request.form()
        guard var model = try model(context) else { return .seeOther(CatalogPath.products.description) }
        model.error = DeletionConfirmation.problem(form, count: model.survey.count, seen: model.survey.seen)
        guard model.error == nil else {
            return .page(DuplicateSKUView.html(model, in: try context.shell()), status: 422)
        }
        return .seeOther(ImportPath.job(try DuplicateRemoval.order(model.survey, context).publicID).description)
    }

    /// Nil where no products share a SKU.
    private static func model(_ context: RequestContext) throws -> DuplicateSKUModel? {
        let store = DuplicateSKUStore(context.database)
        let state = ListState(
            path: CatalogPath.duplicates.description,
            query: context.request.query,
            defaultSort: "sku"
        )
        return try context.database.read {
            let survey = try store.survey()
            guard survey.count > 0 else { return nil }
            let after = state["cursor"]
            let groups = try store.groups(after: after, limit: perPage + 1)
            let shown = Array(groups.prefix(perPage))
            let from = max(1, Int(state["from"]) ?? 1)
            let rows = try shown.flatMap { group in
                try store.products(group.key, limit: DuplicateSKUAPI.shown).enumerated().map { index, product in
                    DuplicateSKURow(
                        id: product.id,
                        sku: product.sku,
                        name: product.name,
                        updatedAt: product.updatedAt,
                        stays: index == 0,
                        others: group.count - 1
                    )
                }
            }
            return DuplicateSKUModel(
                survey: survey,
                rows: rows,
                first: after.isEmpty ? nil : state.page(cursor: nil, from: 1),
                next: groups.count > perPage
                    ? shown.last.map { state.page(cursor: $0.key, from: from + shown.count) } : nil
            )
        }
    }
}
