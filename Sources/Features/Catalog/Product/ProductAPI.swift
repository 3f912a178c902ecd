import AdminKit
import Database
import Identity
import Jobs
import RecordKit
import Support
import Web

/// The JSON API of products: the list, single records by id or by SKU, and the way to delete many. Bulk changes stand
/// in `ProductBulkAPI`.
enum ProductAPI {
    static let routes: [AppRoute] =
        [listRoute, createRoute, deleteRoute] + recordRoutes("/api/products/{id:int}")
        + recordRoutes("/api/products/by-sku/{sku}")

    private static let listRoute = AppRoute(
        .get,
        "/api/products",
        access: .permission(.readProducts),
        Operation(
            "Products that match all filters",
            parameters: filters + [
                sort
            ] + jobFilters + Operation.Parameter.paging,
            responses: [200: [.json("ProductList")]]
        ),
        handler: list
    )

    private static let createRoute = AppRoute(
        .post,
        "/api/products",
        access: .permission(.writeProducts),
        Operation(
            "Adds a product",
            request: [.json("NewProduct")],
            responses: [201: [.json("Product")], 409: [.problem]],
            headers: [.etag, .location]
        ),
        handler: create
    )

    private static let deleteRoute = AppRoute(
        .delete,
        "/api/products",
        access: .permission(.deleteProducts),
        Operation(
            "Deletes every product that matches, as a job",
            parameters: filters + [
                .init("confirm", .count(), "how many products that is; left out, 428 tells the number"), .seen,
            ],
            responses: [202: [.json("JobAccepted")], 428: [.problem]],
            headers: [.location]
        ),
        handler: deleteMatching
    )

    private static func recordRoutes(_ path: PathPattern) -> [AppRoute] {
        AppRoute.record(
            path,
            "product",
            schema: "Product",
            read: .readProducts,
            write: .writeProducts,
            .init(show: show, merge: merge, replace: replace, delete: delete)
        )
    }

    static let sort = Operation.Parameter.sort(
        ProductSort.Key.allCases.map(\.rawValue),
        defaultValue: "-id",
        "with `q` only id"
    )

    static let jobFilters: [Operation.Parameter] = [
        .init(
            "job",
            .text(pattern: "^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"),
            "the id of a job that changed them",
            example: "0198f2a4-6c1e-7d3b-9a50-2f4e8c7b1d36"
        ),
        .words("change", ["created", "updated", "restored", "deleted"], "what the job did, only with `job`"),
    ]

    private static let text = Schema.text(length: 0...ProductFilter.maxText)

    private static let whole = Schema.integer(nil, -1_000_000_000...1_000_000_000)

    private static func presence(_ name: String, _ description: String) -> Operation.Parameter {
        let metafield = "metafield:[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+"
        let one = "(\(ProductFilter.optional.joined(separator: "|"))|\(metafield))"
        return Operation.Parameter(
            name,
            .text(pattern: "^(\(one)(,\(one))*)?$"),
            """
            \(description), with commas between: metafields, like metafield:custom.material, and \
            \(ProductFilter.optional.joined(separator: ", "))
            """,
            example: ProductFilter.optional.first
        )
    }

    static let filters: [Operation.Parameter] = [
        .init(
            "q",
            text,
            """
            every word as the beginning of a word, in any of SKU, name, brand, description, bar code \
            and the values of custom attributes; at most \(TextQuery.maxWords) different words
            """
        ),
        .init("name", text, "the same in the name"), .init("brand", text, "the same in the brand"),
        .init("description", text, "the same in the description"),
        .init("sku", text, "how the SKU begins, in any case"),
        .words("status", Product.Status.allCases.map(\.rawValue), "any of these"),
        .init("active", .boolean(), "true for active, false for all others"),
        .init("price_min", .ref("Amount"), "at least this amount"),
        .init("price_max", .ref("Amount"), "at most this amount"),
        .init("group_key", Schema.text(length: 0...255), "products of this group, as it is written"),
        .init("inventory_quantity_min", whole, "units in stock, at least"),
        .init("inventory_quantity_max", whole, "units in stock, at most"),
        .init("synced", .boolean(), "true for those that a shop has as they are, false for all others"),
        presence("has", "has a value in all of these"), presence("lacks", "has no value in any of these"),
        .init("updated_since", .time(), "changed at this time or later"),
        .init("category_id", .count(), "in this category; 0 for those without one"),
        .init("descendants", .choice(["0", "1"]), "1 takes the categories below it too, only with `category_id`"),
        .init(
            "ids",
            .text(pattern: "^[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,199}$"),
            "these products only: up to \(ProductFilter.mostIDs) ids with commas",
            example: "12,15"
        ),
    ]

    // MARK: Reading

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, .products(context.request.query))
        let currency = try context.currency
        var filter = try ProductFilter(query.filters, currency)
        filter.job = try ProductFilterJob(query.filters, context.database)
        filter.metafields = try MetafieldFilter.read(query.filters, context.database)
        let sort = ProductSort(query.sort)
        let cursor = try query.after.map { (values) throws(WebError) in try ProductCursor(values, sort) }
        let store = ProductStore(context.database)
        let (found, total) = try ProductSearch.reading(context.database, filter) {
            try context.database.read {
                (
                    try store.list(filter, sort, after: cursor, limit: query.limit + 1),
                    query.includesTotal ? try store.count(filter) : nil
                )
            }
        }
        return query.answer(
            found,
            total: { total ?? 0 },
            cursor: { ProductCursor($0, sort).values(sort) },
            item: { $0.json(currency) }
        )
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let product = try find(context)
        try context.request.checkParameters([])
        return .json(product.json(try context.currency)).tagged(product.entityTag, for: context.request)
    }

    /// The product that the path names. Throws 404.
    private static func find(_ context: RequestContext) throws -> Product {
        let store = ProductStore(context.database)
        let sku = context.parameters["sku"]
        let product = try sku.map { try store.find(sku: $0) } ?? store.find(try context.parameters.int("id"))
        guard let product else { throw ProductRefusal.missing }
        return product
    }

    // MARK: Writing

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        let currency = try context.currency
        let draft = ProductBody(purpose: .create, currency: currency).draft(body, onto: nil)
        guard draft.problems.isEmpty else { throw WebError.invalid(draft.problems) }
        let writer = try context.writeContext
        let product = try ProductRefusal.answered {
            try ProductStore(context.database).insert(draft.product, writer)
        }
        ProductSearch.indexAfterCommit(context.database)
        return Response.json(product.json(currency), status: 201)
            .with("Location", "/api/products/\(product.id)")
            .tagged(product.entityTag, for: context.request)
    }

    @Sendable static func merge(_ context: RequestContext) throws -> Response {
        try write(context, .merge, Request.mergePatchTypes)
    }

    @Sendable static func replace(_ context: RequestContext) throws -> Response {
        try write(context, .replace, ["application/json"])
    }

    private static func write(
        _ context: RequestContext,
        _ purpose: ProductBody.Purpose,
        _ types: [String]
    ) throws -> Response {
        let request = context.request
        let found = try find(context)
        let json = try request.json(types: types)
        try request.checkParameters([])
        let currency = try context.currency
        let body = ProductBody(purpose: purpose, currency: currency)
        func edit(_ current: Product) throws -> Product {
            try request.requireMatch(current.entityTag)
            let draft = body.draft(json, onto: current)
            guard draft.problems.isEmpty else { throw WebError.invalid(draft.problems) }
            return draft.product
        }
        var product = found
        // What is refused, or changes nothing, need not wait for those who write.
        if try edit(found) != found {
            let writer = try context.writeContext
            product = try ProductRefusal.answered {
                try ProductStore(context.database).update(found.id, writer, edit)
            }
            ProductSearch.indexAfterCommit(context.database)
        }
        return .json(product.json(currency)).tagged(product.entityTag, for: request)
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try find(context)
        try request.checkParameters([])
        try request.requireMatch(found.entityTag)
        let writer = try context.writeContext
        try ProductRefusal.answered {
            try ProductStore(context.database).delete(found.id, writer) { try request.requireMatch($0.entityTag) }
        }
        ProductSearch.indexAfterCommit(context.database)
        return .noContent
    }

    @Sendable static func deleteMatching(_ context: RequestContext) throws -> Response {
        let request = context.request
        try request.checkParameters(["confirm", "seen"] + ProductFilter.parameters)
        let filter = try ProductFilter(request.query, try context.currency, isStrict: true)
        let confirmed = try request.query["confirm"].map { (text) throws(WebError) in
            guard let number = Int64(text), number >= 0 else {
                throw .badParameter("confirm", "bad_number", "'confirm' takes the number of products to delete.")
            }
            return number
        }
        let plan = try ProductDeletion(filter, context.database)
        guard confirmed == plan.count, request.query["seen"] ?? plan.seen == plan.seen else {
            throw DeletionConfirmation.required(plan.count, seen: plan.seen)
        }
        return try JobAnswers.accepted(try plan.order(context), context)
    }
}
