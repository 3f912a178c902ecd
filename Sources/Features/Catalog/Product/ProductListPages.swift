import AdminKit
import Database
import Identity
import Jobs
import Markup
import Support
import Web

/// The list of products, and deleting everything in it.
enum ProductListPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/products", access: .permission(.readProducts), .page("Products"), handler: list),
        AppRoute(
            .get,
            "/products/delete",
            access: .permission(.deleteProducts),
            .page("Asks before all matching products are deleted"),
            handler: askToDelete
        ),
        AppRoute(
            .post,
            "/products/delete",
            access: .permission(.deleteProducts),
            .form("Deletes all matching products"),
            handler: delete
        ),
    ]

    private static let perPage = 50
    /// Counting further costs more than it says.
    private static let countLimit: Int64 = 10_000

    /// The filters that the page shows. It takes no others: what deletes all that match must show what it goes by.
    private static let filters = ["q", "sku", "name", "brand", "description", "status"]
    /// What a job's page links to. Deleting by it is not offered: that is what undo is for.
    private static let listFilters = filters + ProductFilterJob.parameters

    // MARK: The list

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(
            sorts: ProductSort.Key.allCases.map(\.rawValue),
            defaultSort: ListSort("id", descends: true),
            filters: listFilters + ["from", "done"]
        )
        let query = try ListQuery(context.request, rules)
        let currency = try context.currency
        var state = state(context.request, listFilters)
        if let problem = ProductFilter.textProblem(state.query) {
            let model = ProductListModel(refused: problem, state: state, currency: currency.code)
            return .page(ProductListView.html(model, in: try context.shell()), status: 400)
        }
        var sort = ProductSort(query.sort)
        var filter = try ProductFilter(state.query, currency)
        filter.job = try ProductFilterJob(state.query, context.database)
        if filter.q != nil, sort.key != .id {
            // Whoever begins to search in a sorted list need not know that matches come by id only.
            sort = ProductSort()
            state.query.remove("sort")
        }
        let cursor = try query.after.map { (values) throws(WebError) in try ProductCursor(values, sort) }
        let store = ProductStore(context.database)
        let found = try store.list(filter, sort, after: cursor, limit: perPage + 1)
        let shown = Array(found.prefix(perPage))
        let from = max(1, Int(query.filters["from"] ?? "") ?? 1)
        let next = found.count > perPage ? shown.last.map { ProductCursor($0, sort).values(sort) } : nil
        let flashes = query.filters["done"] == "deleted" ? [Flash(.success, "The product was deleted.")] : []
        let shell = try context.shell(flashes: flashes)
        let model = ProductListModel(
            state: state,
            rows: shown.map { ProductRow($0, currency) },
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: try total(filter, store),
                noun: Noun("product", "products"),
                first: cursor == nil ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: query.cursor(after: $0), from: from + shown.count) }
            ),
            currency: currency.code,
            canWrite: shell.allows(.writeProducts),
            job: try state.query["job"].flatMap { try JobStore(context.database).find(publicID: $0) }.map {
                FormField.Choice($0.publicID, $0.filename ?? $0.displayName)
            },
            catalogueIsEmpty: try shown.isEmpty && ProductIndexStore(context.database).isCatalogueEmpty()
        )
        return .page(ProductListView.html(model, in: shell))
    }

    private static func total(_ filter: ProductFilter, _ store: ProductStore) throws -> Pagination.Total {
        let count = try store.count(filter, limit: countLimit + 1)
        return count > countLimit ? .moreThan(Int(clamping: countLimit)) : .exactly(Int(clamping: count))
    }

    /// The list's state in the address. A form sends every field; those left blank say nothing.
    private static func state(_ request: Request, _ filters: [String]) -> ListState {
        var query = Fields()
        for field in request.query.all where filters.contains(field.name) && !field.value.trimmed.isEmpty {
            query.append(field.name, field.value)
        }
        if let sort = request.query["sort"] { query.append("sort", sort) }
        return ListState(path: CatalogPath.products.description, query: query, defaultSort: "-id")
    }

    // MARK: Deleting all that match

    @Sendable static func askToDelete(_ context: RequestContext) throws -> Response {
        let (state, plan) = try deletion(context)
        guard let plan else { return .seeOther(state.link([])) }
        return .page(try page(state, plan, context))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        let (state, plan) = try deletion(context)
        guard let plan else { return .seeOther(state.link([])) }
        // People write 1,234 as they read it.
        let typed = (form["confirm"] ?? "").filter { $0 != "," && !$0.isWhitespace }
        guard Int64(typed) == plan.count else {
            let number = Format.integer(plan.count)
            let error =
                typed.isEmpty
                ? "Type \(number) to confirm." : "This deletes \(number) products now. Type that number to go on."
            return .page(try page(state, plan, context, error: error), status: 422)
        }
        return .seeOther(CatalogPath.job(try plan.order(context).publicID).description)
    }

    /// Nil where there is nothing to delete: the list says why.
    private static func deletion(_ context: RequestContext) throws -> (ListState, ProductDeletion?) {
        try context.request.checkParameters(filters)
        let state = state(context.request, filters)
        guard ProductFilter.textProblem(state.query) == nil else { return (state, nil) }
        let filter = try ProductFilter(state.query, try context.currency)
        let plan = try ProductDeletion(filter, context.database)
        return (state, plan.count > 0 ? plan : nil)
    }

    private static func page(
        _ state: ListState,
        _ plan: ProductDeletion,
        _ context: RequestContext,
        error: String? = nil
    ) throws -> HTML {
        let model = ProductDeleteModel(target: .matching(state), count: Int(clamping: plan.count), error: error)
        return ProductDeleteView.html(model, in: try context.shell())
    }
}

extension ProductListModel {
    /// The list whose filter is too much: nothing was looked for.
    fileprivate init(refused problem: Problem, state: ListState, currency: String) {
        let none = Pagination(from: 1, count: 0, total: .exactly(0), noun: Noun("product", "products"))
        self.init(
            state: state,
            rows: [],
            pagination: none,
            currency: currency,
            canWrite: false,
            catalogueIsEmpty: false,
            problem: problem
        )
    }
}

extension ProductRow {
    fileprivate init(_ product: Product, _ currency: Currency) {
        self.init(
            id: product.id,
            sku: product.sku,
            name: product.name,
            brand: product.brand,
            price: product.price.map(currency.text),
            status: product.status.rawValue,
            updatedAt: product.updatedAt
        )
    }
}
