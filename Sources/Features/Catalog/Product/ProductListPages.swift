import AdminKit
import Database
import Identity
import ImportKit
import Jobs
import Markup
import Money
import RecordKit
import Support
import Web

/// The list of products, and deleting everything in it.
enum ProductListPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, CatalogPath.products, access: .permission(.readProducts), .page("Products"), handler: list),
        AppRoute(
            .get,
            CatalogPath.deleteProducts,
            access: .permission(.deleteProducts),
            needs: .seeingProducts,
            .page("Confirmation page for deleting all matching products"),
            handler: askToDelete
        ),
        AppRoute(
            .post,
            CatalogPath.deleteProducts,
            access: .permission(.deleteProducts),
            needs: .seeingProducts,
            .form("Deletes all matching products"),
            handler: delete
        ),
    ]

    /// The filters that the page shows. It takes no others: what deletes all that match must show what it goes by.
    static let filters = [
        "q", "sku", "name", "brand", "description", "status", "group_key", "inventory_quantity_min",
        "inventory_quantity_max", "synced", "has", "lacks", "ids",
    ]
    /// What the pages of jobs and categories link to. Deleting by them is not offered: for jobs there is undo, and
    /// with a category its products stay.
    private static let listFilters = filters + ProductFilterJob.parameters + ["category_id", "descendants"]

    /// All that the page takes, with its order.
    static func parameters(in query: Fields) -> [String] {
        listFilters + [ProductFacetView.parameter, "sort"] + MetafieldFilter.parameters(in: query)
    }

    // MARK: The list

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(
            sorts: ProductSort.Key.allCases.map(\.rawValue),
            defaultSort: ListSort("id", descends: true),
            filters: parameters(in: context.request.query).filter { $0 != "sort" }
        )
        let path = CatalogPath.products.description
        if context.request.query["status"] == "deleted" {
            return .seeOther(CatalogPath.deletedProducts.description)
        }
        var page = try ListPage(context.request, rules, path: path, flags: ["done", "number", "gone"])
        let currency = try context.currency
        if let problem = ProductFilter.textProblem(page.state.query) {
            let model = ProductListModel(refused: problem, state: page.state, currency: currency.code)
            return .page(ProductListView.html(model, in: try context.shell()), status: 400)
        }
        var sort = ProductSort(page.query.sort)
        var filter = try ProductFilter(page.state.query, currency)
        filter.job = try ProductFilterJob(page.state.query, context.database)
        filter.metafields = try MetafieldFilter.read(page.state.query, context.database)
        if filter.q != nil, sort.key != .id {
            // Whoever begins to search in a sorted list need not know that matches come by id only.
            page.dropSort()
            sort = ProductSort(page.sort)
        }
        let cursor = try page.query.after.map { (values) throws(WebError) in try ProductCursor(values, sort) }
        let store = ProductStore(context.database)
        let found = try store.list(filter, sort, after: cursor, limit: page.limit)
        let total = try store.count(filter, limit: ListPage.countLimit + 1)
        let shell = try context.shell(flashes: try flashes(page.query.filters, context))
        let model = ProductListModel(
            state: page.state,
            rows: try ProductRow.rows(found.prefix(page.size), currency, context.database),
            pagination: page.pagination(
                found,
                total: .counted(total, upTo: ListPage.countLimit),
                Noun("product", "products"),
                cursor: { ProductCursor($0, sort).values(sort) }
            ),
            currency: currency.code,
            canWrite: shell.allows(.writeProducts),
            job: try page.state.query["job"].flatMap { try JobStore(context.database).find(publicID: $0) }.map {
                FormField.Choice($0.publicID, $0.filename ?? $0.displayName)
            },
            category: try category(filter, context),
            catalogueIsEmpty: try found.isEmpty && ProductIndexStore(context.database).isCatalogueEmpty(),
            sharedSKUs: try DuplicateSKUStore(context.database).examples(),
            metafields: try MetafieldListFilters(page.state.query, context.database),
            views: try SavedViewPages.bar(page.state, context),
            facets: page.state[ProductFacetView.parameter] == "1"
                ? try ProductFacetStore(context.database).facets(filter, most: 8) : nil
        )
        return .page(ProductListView.html(model, in: shell))
    }

    /// What was just done; a deletion can be taken back where it is told.
    private static func flashes(_ query: Fields, _ context: RequestContext) throws -> [Flash] {
        guard query["done"] == "deleted" else { return ProductSelectionPages.flash(query).map { [$0] } ?? [] }
        var flash = Flash(.success, "The product was deleted.")
        flash.undo = try query["gone"].flatMap { try DeletedProducts(context).wayBack(Int64($0) ?? 0, "Undo") }
        return [flash]
    }

    /// The category whose products are shown, by its name.
    private static func category(_ filter: ProductFilter, _ context: RequestContext) throws -> FormField.Choice? {
        guard let category = filter.category else { return nil }
        guard let id = category.id else { return .init("0", "None") }
        return .init(String(id), try CategoryNames(context.database).text(of: id) ?? "One that is not there any more")
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
        if let error = DeletionConfirmation.problem(form, count: plan.count, seen: plan.seen) {
            return .page(try page(state, plan, context, error: error), status: 422)
        }
        return .seeOther(ImportPath.job(try plan.order(context).publicID).description)
    }

    /// Nil where there is nothing to delete: the list says why.
    private static func deletion(_ context: RequestContext) throws -> (ListState, ProductDeletion?) {
        try context.request.checkParameters(filters)
        let path = CatalogPath.products.description
        let state = ListState(path: path, context.request, filters: filters, defaultSort: "-id")
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
        var model = ProductDeleteModel(target: .matching(state), count: Int(clamping: plan.count), error: error)
        model.seen = plan.seen
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
    /// Products as lines of a list, with the pictures that stand for them.
    static func rows(
        _ products: some Sequence<Product>,
        _ currency: Currency,
        _ connection: Connection
    ) throws -> [ProductRow] {
        let pictures = try ProductImageStore(connection).featured(of: products.map(\.id))
        return products.map { product in
            var row = ProductRow(product, currency)
            row.picture = pictures[product.id].map { MediaPath.rendition($0, side: MediaPath.inLists) }
            return row
        }
    }

    init(_ product: Product, _ currency: Currency) {
        self.init(
            id: product.id,
            sku: product.sku,
            name: product.name,
            brand: product.brand,
            price: product.price.map(currency.text),
            status: product.status.rawValue,
            stock: product.inventoryQuantity,
            updatedAt: product.updatedAt,
            entityTag: product.entityTag
        )
    }
}
