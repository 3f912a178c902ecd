import AdminKit
import Database
import Identity
import Markup
import Web

/// The pages of single products; the list stands in `ProductListPages`.
enum ProductPages {
    static let routes: [AppRoute] =
        ProductListPages.routes + [
            AppRoute(
                .get,
                "/products/new",
                access: .permission(.writeProducts),
                .page("The form of a new product"),
                handler: new
            ),
            // The form posts to its own address, so that loading a refused one again shows the form, not the list.
            AppRoute(
                .post,
                "/products/new",
                access: .permission(.writeProducts),
                .form("Adds a product"),
                handler: create
            ),
            AppRoute(.post, "/products", access: .permission(.writeProducts), .form("Adds a product"), handler: create),
            AppRoute(
                .get,
                "/products/{id:int}",
                access: .permission(.readProducts),
                .page("One product"),
                handler: show
            ),
            AppRoute(
                .post,
                "/products/{id:int}",
                access: .permission(.writeProducts),
                .form("Changes a product"),
                handler: save
            ),
            AppRoute(
                .post,
                "/products/{id:int}/restore",
                access: .permission(.writeProducts),
                .form("Gives a product the fields of an earlier version"),
                handler: restore
            ),
            AppRoute(
                .get,
                "/products/{id:int}/delete",
                access: .permission(.writeProducts),
                .page("Asks before a product is deleted"),
                handler: askToDelete
            ),
            AppRoute(
                .post,
                "/products/{id:int}/delete",
                access: .permission(.writeProducts),
                .form("Deletes a product"),
                handler: delete
            ),
        ]

    // MARK: A new product

    @Sendable static func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let fields = ProductForm.fields(Product(), try context.currency)
        let model = ProductEditModel(stored: nil, fields: fields, canWrite: true)
        return .page(ProductEditView.html(model, in: try context.shell()))
    }

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        let currency = try context.currency
        let draft = ProductForm.draft(form, onto: Product(), currency)
        var problems = draft.problems
        if problems.isEmpty {
            do {
                let product = try ProductStore(context.database).insert(draft.product, try context.writeContext)
                ProductSearch.noteChange(context.database)
                return .seeOther("\(CatalogPath.product(product.id))?done=created")
            } catch ProductStore.Refusal.skuTaken(let id) {
                problems = ProductRefusal.skuTaken(id).problems
            }
        }
        let (fields, rest) = ProductForm.fields(form, currency).showing(problems)
        let model = ProductEditModel(stored: nil, fields: fields, problems: rest, canWrite: true)
        return .page(ProductEditView.html(model, in: try context.shell()), status: 422)
    }

    // MARK: One product

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let product = try find(context)
        try context.request.checkParameters(["done"])
        let flashes: [Flash] =
            switch context.request.query["done"] {
            case "created": [Flash(.success, "The product was created.")]
            case "saved": [Flash(.success, "Your changes were saved.")]
            case "restored": [Flash(.success, "The earlier version was restored as a new one.")]
            case "stale": [Flash(.warning, "Somebody changed this product meanwhile. Nothing was restored.")]
            case "taken": [Flash(.warning, "Another product has the SKU of that version. Nothing was restored.")]
            case "expired": [Flash(.warning, "The history does not reach that far back any more.")]
            default: []
            }
        return .page(try page(product, context, flashes: flashes) { _ in })
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
            try requireVersion(seen, of: found)
            let draft = ProductForm.draft(form, onto: found, currency)
            guard draft.problems.isEmpty else { throw WebError.invalid(draft.problems) }
            if draft.product != found {
                _ = try ProductStore(context.database).update(found.id, try context.writeContext) { current in
                    try requireVersion(seen, of: current)
                    return draft.product
                }
                ProductSearch.noteChange(context.database)
            }
            return .seeOther("\(CatalogPath.product(found.id))?done=saved")
        } catch let stale as StaleForm {
            return try conflict(stale.product, form, context)
        } catch ProductStore.Refusal.skuTaken(let id) {
            return try refused(found, form, ProductRefusal.skuTaken(id).problems, context)
        } catch ProductStore.Refusal.missing {
            throw ProductRefusal.missing
        } catch let error as WebError where error.status == 422 {
            return try refused(found, form, error.problems, context)
        }
    }

    /// Somebody saved after the form was made: what stands now.
    private struct StaleForm: Error {
        let product: Product
    }

    private static func requireVersion(_ seen: Int64, of product: Product) throws {
        if product.version != seen { throw StaleForm(product: product) }
    }

    private static func find(_ context: RequestContext) throws -> Product {
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

    private static func conflict(_ product: Product, _ form: Fields, _ context: RequestContext) throws -> Response {
        let currency = try context.currency
        let typed = ProductForm.fields(form, currency)
        let stored = ProductForm.fields(product, currency)
        let html = try page(product, context) { model in
            model.fields = typed
            model.conflict = ProductConflict(
                by: model.revisions.first?.actor ?? "Somebody",
                at: product.updatedAt,
                differences: zip(stored, typed).filter { $0.value != $1.value }.map {
                    .init(label: $0.label, stored: $0.value, typed: $1.value)
                }
            )
        }
        return .page(html, status: 409)
    }

    private static func page(
        _ product: Product,
        _ context: RequestContext,
        flashes: [Flash] = [],
        _ change: (inout ProductEditModel) -> Void
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
            fields: ProductForm.fields(product, currency),
            revisions: try ProductHistory(connection: context.database, currency: currency).rows(of: product),
            canWrite: shell.allows(.writeProducts)
        )
        change(&model)
        return ProductEditView.html(model, in: shell)
    }

    // MARK: Going back

    @Sendable static func restore(_ context: RequestContext) throws -> Response {
        let product = try find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let version = form["version"].flatMap({ Int64($0) }), let seen = form["seen"].flatMap({ Int64($0) })
        else {
            throw WebError.badRequest("no_version", "The form does not say which version it means.")
        }
        let done: String
        do {
            _ = try ProductRestore(context.database, product.id).restore(version, try context.writeContext) { current in
                if let current { try requireVersion(seen, of: current) }
            }
            ProductSearch.noteChange(context.database)
            done = "restored"
        } catch is StaleForm {
            done = "stale"
        } catch let error as WebError where error.code == "sku_taken" {
            done = "taken"
        } catch let error as WebError where error.code == "history_expired" {
            done = "expired"
        }
        return .seeOther("\(CatalogPath.product(product.id))?done=\(done)")
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
        ProductSearch.noteChange(context.database)
        return .seeOther("\(CatalogPath.products)?done=deleted")
    }
}
