import AdminKit
import Database
import Identity
import RecordKit
import Support
import Web

/// `GET /api/products/facets`: how the products of a list divide.
enum ProductFacetAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/products/facets",
            access: .permission(.readProducts),
            Operation(
                "How many of the products that match have each status, brand and category",
                parameters: ProductAPI.filters + ProductAPI.jobFilters + [
                    .init(
                        "limit",
                        .integer(nil, 1...most).defaultValue(.int(defaultLimit)),
                        "how many brands and categories are named, the most frequent first"
                    )
                ],
                responses: [200: [.json("ProductFacets")]]
            ),
            handler: facets
        )
    ]

    private static let most: Int64 = 100
    private static let defaultLimit: Int64 = 20

    @Sendable static func facets(_ context: RequestContext) throws -> Response {
        let query = context.request.query
        let filters = ProductFilter.parameters + ProductFilterJob.parameters + MetafieldFilter.parameters(in: query)
        try context.request.checkParameters(filters + ["limit"])
        let limit = query["limit"].map { Int64($0) ?? 0 } ?? defaultLimit
        guard (1...most).contains(limit) else {
            throw WebError.badParameter("limit", "bad_limit", "'limit' takes a whole number from 1 to \(most).")
        }
        var filter = try ProductFilter(query, try context.currency)
        filter.job = try ProductFilterJob(query, context.database)
        filter.metafields = try MetafieldFilter.read(query, context.database)
        let facets = try ProductFacetStore(context.database).facets(filter, most: Int(limit))
        return .json([
            "status": .array(facets.statuses.map { ["status": .optional($0.value), "count": .int($0.count)] }),
            "brand": .array(facets.brands.map { ["brand": .optional($0.value), "count": .int($0.count)] }),
            "category": .array(
                facets.categories.map { facet in
                    let id = facet.value.flatMap { Int64($0) }
                    return [
                        "category_id": .optional(id), "name": id == nil ? .null : .string(facet.label),
                        "count": .int(facet.count),
                    ]
                }
            ),
        ])
    }

    static let schemas: [NamedSchema] = [
        NamedSchema(
            "ProductFacets",
            .object([
                "status": .list(
                    of: .object(["status": .choice(Product.Status.allCases.map(\.rawValue)), "count": .count()]),
                    "As if no status were asked for."
                ),
                "brand": .list(
                    of: .object(["brand": Schema.text("Null for those without one.").orNull, "count": .count()])
                ),
                "category": .list(
                    of: .object([
                        "category_id": Schema.integer("Null for those without one.", 1...Int64.max).orNull,
                        "name": Schema.text("The names from the top down.").orNull, "count": .count(),
                    ]),
                    "As if no category were asked for; products of categories below one count there only."
                ),
            ]).example([
                "status": [
                    ["status": "draft", "count": 3], ["status": "active", "count": 120],
                    ["status": "archived", "count": 0],
                ],
                "brand": [["brand": "Quetzal", "count": 80], ["brand": nil, "count": 43]],
                "category": [
                    ["category_id": 42, "name": "Wine > Red wine", "count": 12],
                    ["category_id": nil, "name": nil, "count": 111],
                ],
            ])
        )
    ]
}
