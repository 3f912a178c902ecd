import AdminKit
import Database
import Identity
import Markup
import RecordKit
import Support
import Web

/// What the bar below the list of products leads to: the page that asks before many are deleted, a file of them, or
/// the page that gives them all one status.
enum ProductSelectionPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.selectedProducts,
            access: .permission(.readProducts),
            .form("Leads from ticked products to what is to be done with them"),
            handler: choose
        ),
        AppRoute(
            .get,
            CatalogPath.productStatus,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .page("Page that gives many products one status"),
            handler: askForStatus
        ),
        AppRoute(
            .post,
            CatalogPath.productStatus,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            pool: .slow,
            .form("Gives many products one status"),
            handler: setStatus
        ),
    ]

    // MARK: What is ticked

    private static let actions = [
        "status": CatalogPath.productStatus.description, "delete": CatalogPath.deleteProducts.description,
        "export": CatalogPath.exportProducts.description,
    ]

    /// A browser sends each ticked box by itself; the pages behind this take them as one filter.
    @Sendable static func choose(_ context: RequestContext) throws -> Response {
        let query = context.request.query
        var others = context.request
        others.query.remove("id")
        try others.checkParameters(ProductListPages.filters + ["all", "action"])
        let list = CatalogPath.products.description
        var state = ListState(path: list, context.request, filters: ProductListPages.filters, defaultSort: "-id")
        // The address alone asks for nothing.
        guard let action = query["action"] else { return .seeOther(state.link([])) }
        guard let path = actions[action] else {
            throw WebError.badParameter("action", "bad_option", "'action' takes status, export or delete.")
        }
        if query["all"] != "1" {
            let ids = query.values("id")
            guard !ids.isEmpty else { return .seeOther(state.link([("done", "nothing")])) }
            state.query = ["ids": ids.joined(separator: ",")]
            _ = try ProductFilter(state.query, try context.currency)
        }
        if action == "export" { state.query.append(ProductExport.markParameter, "1") }
        return .seeOther(state.action(path))
    }

    // MARK: Giving a status

    @Sendable static func askForStatus(_ context: RequestContext) throws -> Response {
        let (state, selection) = try selection(context)
        guard let selection else { return .seeOther(state.link([])) }
        return .page(try page(state, selection, context))
    }

    @Sendable static func setStatus(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        let (state, selection) = try selection(context)
        guard let selection else { return .seeOther(state.link([])) }
        guard selection.count <= ProductStatusChange.most else {
            return .page(try page(state, selection, context), status: 422)
        }
        guard let status = form["to"].flatMap(Product.Status.init(rawValue:)) else {
            return .page(try page(state, selection, context, statusError: "Choose a status."), status: 422)
        }
        guard form["seen"] == selection.seen else {
            let error = "These are not the products that the page showed before. Look at them, then go on."
            return .page(try page(state, selection, context, error: error, chosen: status), status: 422)
        }
        let ids = try selection.ids(limit: ProductStatusChange.most)
        let changed = try ProductStatusChange(status, context.database).run(ids, try context.writeContext)
        return .seeOther(state.link([("done", status.rawValue), ("number", String(changed))]))
    }

    /// Nil where there is nothing to change: the list says why.
    private static func selection(_ context: RequestContext) throws -> (ListState, ProductSelection?) {
        try context.request.checkParameters(ProductListPages.filters)
        let path = CatalogPath.products.description
        let state = ListState(path: path, context.request, filters: ProductListPages.filters, defaultSort: "-id")
        guard ProductFilter.textProblem(state.query) == nil else { return (state, nil) }
        let filter = try ProductFilter(state.query, try context.currency)
        let selection = try ProductSelection(filter, context.database)
        return (state, selection.count > 0 ? selection : nil)
    }

    private static func page(
        _ state: ListState,
        _ selection: ProductSelection,
        _ context: RequestContext,
        error: String? = nil,
        statusError: String? = nil,
        chosen: Product.Status? = nil
    ) throws -> HTML {
        let first = try ProductStore(context.database).list(selection.filter, limit: ProductStatusModel.examples)
        let model = ProductStatusModel(
            state: state,
            count: Int(clamping: selection.count),
            seen: selection.seen,
            names: first.map(\.name),
            chosen: chosen?.rawValue ?? "",
            error: error,
            statusError: statusError
        )
        return ProductStatusView.html(model, in: try context.shell())
    }

    /// What the list says afterwards; nil when this is nothing of it.
    static func flash(_ query: Fields) -> Flash? {
        switch query["done"] {
        case "nothing": return Flash(.info, "Tick products first, or choose all that match.")
        case let word? where Product.Status(rawValue: word) != nil:
            let number = max(0, Int64(query["number"] ?? "") ?? 0)
            let products = Format.count(number, Noun("product", "products"))
            guard number > 0 else { return Flash(.info, "All of them were \(word) already.") }
            return Flash(.success, "\(products) \(number == 1 ? "is" : "are") \(word) now.")
        default: return nil
        }
    }
}
