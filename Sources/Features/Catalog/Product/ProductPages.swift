import AdminKit
import Database
import Identity
import Markup
import Money
import RecordKit
import Web

/// The pages of single products; the list stands in `ProductListPages`.
enum ProductPages {
    static let routes: [AppRoute] =
        ProductListPages.routes + ProductSelectionPages.routes + DeletedProductPages.routes + [
            AppRoute(
                .get,
                CatalogPath.newProduct,
                access: .permission(.writeProducts),
                .page("The form of a new product"),
                handler: new
            ),
            // The form posts to its own address, so that loading a refused one again shows the form, not the list.
            AppRoute(
                .post,
                CatalogPath.newProduct,
                access: .permission(.writeProducts),
                .form("Adds a product"),
                handler: create
            ),
            AppRoute(
                .post,
                CatalogPath.products,
                access: .permission(.writeProducts),
                .form("Adds a product"),
                handler: create
            ),
            AppRoute(
                .get,
                CatalogPath.product,
                access: .permission(.readProducts),
                .page("One product"),
                handler: show
            ),
            AppRoute(
                .post,
                CatalogPath.product,
                access: .permission(.writeProducts),
                .form("Changes a product"),
                handler: save
            ),
            AppRoute(
                .post,
                CatalogPath.restoreProduct,
                access: .permission(.writeProducts),
                .form("Gives a product the fields of an earlier version"),
                handler: restore
            ),
            AppRoute(
                .get,
                CatalogPath.deleteProduct,
                access: .permission(.writeProducts),
                needs: .seeingProducts,
                .page("Confirmation page for deleting a product"),
                handler: askToDelete
            ),
            AppRoute(
                .post,
                CatalogPath.deleteProduct,
                access: .permission(.writeProducts),
                .form("Deletes a product"),
                handler: delete
            ),
        ]

    // MARK: A new product

    @Sendable static func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let fields = try ProductForm.fields(Product(), try context.currency, CategoryNames(context.database))
        let model = ProductEditModel(stored: nil, fields: fields, canWrite: true)
        return .page(ProductEditView.html(model, in: try context.shell()))
    }

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        let currency = try context.currency
        let draft = try ProductForm.draft(form, onto: Product(), currency, CategoryNames(context.database))
        var problems = draft.problems
        if problems.isEmpty {
            do {
                let product = try ProductStore(context.database).insert(draft.product, try context.writeContext)
                ProductSearch.indexAfterCommit(context.database)
                return .seeOther("\(CatalogPath.product(product.id))?done=created")
            } catch let refusal as ProductStore.Refusal {
                problems = ProductRefusal.error(refusal).problems
            }
        }
        let (fields, rest) = ProductForm.fields(form, currency).showing(problems)
        let model = ProductEditModel(stored: nil, fields: fields, problems: rest, canWrite: true)
        return .page(ProductEditView.html(model, in: try context.shell()), status: 422)
    }

    // MARK: One product

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let id = try context.parameters.int("id")
        try context.request.checkParameters(["done"])
        let flashes = flashes(context.request.query["done"])
        guard let product = try ProductStore(context.database).find(id) else {
            return try DeletedProductPages.tombstone(id, flashes, context)
        }
        return .page(try page(product, context, flashes: flashes) { _ in })
    }

    /// What was just done.
    private static func flashes(_ done: String?) -> [Flash] {
        switch done {
        case "created": [Flash(.success, "The product was created.")]
        case "saved": [Flash(.success, "Your changes were saved.")]
        case "pictures": [Flash(.success, "The pictures were added.")]
        case "merged": [Flash(.success, "Your changes were saved, and those that others made meanwhile were kept.")]
        case "restored": [Flash(.success, "The earlier version was restored as a new one.")]
        case "back": [Flash(.success, "The product is back.")]
        case "stale": [Flash(.warning, "Another user changed this product meanwhile. Nothing was restored.")]
        case "taken": [Flash(.warning, "Another product has the SKU of that version. Nothing was restored.")]
        case "handle": [Flash(.warning, "Another product has the handle of that version. Nothing was restored.")]
        case "expired": [Flash(.warning, "The history does not reach that far back any more.")]
        default: []
        }
    }

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let found = try find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let seen = form["version"].flatMap({ Int64($0) }) else {
            throw WebError.badRequest("no_version", "The form does not say which version it was made from.")
        }
        let currency = try context.currency
        do {
            guard seen == found.version else { return try merge(form, seen, found, context) }
            let draft = try ProductForm.draft(form, onto: found, currency, CategoryNames(context.database))
            guard draft.problems.isEmpty else { throw WebError.invalid(draft.problems) }
            if draft.product != found {
                _ = try ProductStore(context.database).update(found.id, try context.writeContext) { current in
                    try requireVersion(seen, of: current)
                    return draft.product
                }
                ProductSearch.indexAfterCommit(context.database)
            }
            return .seeOther("\(CatalogPath.product(found.id))?done=saved")
        } catch let stale as StaleForm {
            return try conflict(stale.product, form, seen, context)
        } catch ProductStore.Refusal.missing {
            throw ProductRefusal.missing
        } catch let refusal as ProductStore.Refusal {
            return try refused(found, form, ProductRefusal.error(refusal).problems, context)
        } catch let error as WebError where error.status == 422 {
            return try refused(found, form, error.problems, context)
        }
    }

    /// Somebody saved after the form was made: what stands now.
    struct StaleForm: Error {
        let product: Product
    }

    static func requireVersion(_ seen: Int64, of product: Product) throws {
        if product.version != seen { throw StaleForm(product: product) }
    }

    /// The product that the path names. Throws 404.
    static func find(_ context: RequestContext) throws -> Product {
        let id = try context.parameters.int("id")
        guard let product = try ProductStore(context.database).find(id) else { throw ProductRefusal.missing }
        return product
    }

    private static func refused(
        _ product: Product,
        _ form: Fields,
        _ problems: [Problem],
        _ context: RequestContext
    ) throws -> Response {
        let (fields, rest) = ProductForm.fields(form, try context.currency).showing(problems)
        let html = try page(product, context) { model in
            model.fields = fields
            model.problems = rest
        }
        return .page(html, status: 422)
    }

    static func page(
        _ product: Product,
        _ context: RequestContext,
        flashes: [Flash] = [],
        _ change: (inout ProductEditModel) throws -> Void
    ) throws -> HTML {
        let currency = try context.currency
        let shell = try context.shell(flashes: flashes)
        var model = ProductEditModel(
            stored: .init(
                id: product.id,
                name: product.name,
                status: product.status.rawValue,
                version: product.version,
                createdAt: product.createdAt,
                updatedAt: product.updatedAt
            ),
            fields: try ProductForm.fields(product, currency, CategoryNames(context.database)),
            revisions: try ProductHistory(
                connection: context.database,
                currency: currency,
                kinds: try context.jobKinds
            ).rows(of: product),
            siblings: try siblings(of: product, context),
            canWrite: shell.allows(.writeProducts)
        )
        model.metafields = try ProductMetafieldPages.section(product, context)
        model.images = try ProductImagePages.section(product, context)
        try change(&model)
        return ProductEditView.html(model, in: shell)
    }

    private static func siblings(of product: Product, _ context: RequestContext) throws -> ProductSiblings? {
        guard let group = product.groupKey else { return nil }
        let found = try ProductStore(context.database).siblings(of: product, limit: ProductSiblings.most + 1)
        guard !found.isEmpty else { return nil }
        let currency = try context.currency
        let rows = found.prefix(ProductSiblings.most).map { sibling in
            ProductSiblings.Row(product: ProductRow(sibling, currency), options: sibling.optionText)
        }
        return ProductSiblings(
            group: group,
            rows: Array(rows),
            hasMore: found.count > rows.count,
            currency: currency.code
        )
    }

    // MARK: Going back

    @Sendable static func restore(_ context: RequestContext) throws -> Response {
        let id = try context.parameters.int("id")
        let gone = try DeletedProducts(context).find(id)
        if gone == nil { _ = try find(context) }
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let version = form["version"].flatMap({ Int64($0) }), let seen = form["seen"].flatMap({ Int64($0) })
        else {
            throw WebError.badRequest("no_version", "The form does not say which version it means.")
        }
        let done: String
        do {
            _ = try ProductRestore(context.database, id).restore(version, try context.writeContext) { current in
                if let current { try requireVersion(seen, of: current) }
            }
            ProductSearch.indexAfterCommit(context.database)
            done = gone == nil ? "restored" : "back"
        } catch is StaleForm {
            done = "stale"
        } catch let error as WebError where error.code == "sku_taken" {
            done = "taken"
        } catch let error as WebError where error.code == "handle_taken" {
            done = "handle"
        } catch let error as WebError where error.code == "history_expired" {
            done = "expired"
        }
        return .seeOther("\(CatalogPath.product(id))?done=\(done)")
    }

    // MARK: Deleting one

    @Sendable static func askToDelete(_ context: RequestContext) throws -> Response {
        let product = try find(context)
        try context.request.checkParameters([])
        let target = ProductDeleteModel.Target.one(id: product.id, sku: product.sku, name: product.name)
        let model = ProductDeleteModel(target: target, count: 1)
        return .page(ProductDeleteView.html(model, in: try context.shell()))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let id = try find(context).id
        try context.request.checkParameters([])
        let writer = try context.writeContext
        try ProductRefusal.answered { try ProductStore(context.database).delete(id, writer) }
        ProductSearch.indexAfterCommit(context.database)
        return .seeOther("\(CatalogPath.products)?done=deleted&gone=\(id)")
    }
}
