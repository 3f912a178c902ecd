import AdminKit
import Database
import Identity
import RecordKit
import Support
import Web

/// `/api/products/duplicates`: products that share their SKU, and the job that keeps the newest of each.
enum DuplicateSKUAPI {
    static let path: PathPattern = "/api/products/duplicates"

    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            path,
            access: .permission(.readProducts),
            pool: .slow,
            Operation(
                "SKUs that several products have, each with its products, the one changed last first",
                parameters: [.limit, .cursor],
                responses: [200: [.json("DuplicateSKUs")]]
            ),
            handler: list
        ),
        AppRoute(
            .delete,
            path,
            access: .permission(.deleteProducts),
            pool: .slow,
            Operation(
                "Keeps of products that share their SKU the one changed last, as a job",
                parameters: [
                    .init("confirm", .count(), "how many products that deletes; left out, 428 tells the number"),
                    .seen,
                ],
                responses: [202: [.json("JobAccepted")], 409: [.problem], 428: [.problem]],
                headers: [.location]
            ),
            handler: remove
        ),
    ]

    /// Products of a SKU that are listed.
    static let shown = 20

    static let schemas: [NamedSchema] = [
        NamedSchema(
            "DuplicateSKU",
            .object(
                [
                    "sku": .text("As the product that stays has it."),
                    "count": .count("How many products have it."),
                    "products": .list(
                        of: .ref("Product"),
                        "The one that would stay first; at most \(shown)."
                    ),
                ]
            ).example(["sku": "A-1", "count": 2, "products": []])
        ),
        NamedSchema(
            "DuplicateSKUs",
            .object(
                [
                    "count": .count("How many products would be deleted for each SKU to stand for one."),
                    "seen": .text("Tells which products stay from any others: `seen` of the deletion."),
                    "items": .list(of: .ref("DuplicateSKU"), "In the order of their SKUs."),
                    "next": .text("The address of the next page.").orNull,
                ]
            ).example(["count": 0, "seen": "00000000000000000000000000000000", "items": [], "next": nil])
        ),
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["sku"], defaultSort: ListSort("sku", descends: false), filters: [])
        let query = try ListQuery(context.request, rules)
        var after = ""
        if let values = query.after {
            guard values.count == 1, let key = values[0].stringValue else { throw WebError.badCursor }
            after = key
        }
        let currency = try context.currency
        let store = DuplicateSKUStore(context.database)
        return try context.database.read {
            let survey = try store.survey()
            let groups = survey.count > 0 ? try store.groups(after: after, limit: query.limit + 1) : []
            let page = groups.prefix(query.limit)
            let items = try page.map { group in
                let products = try store.products(group.key, limit: shown)
                return JSON.object([
                    JSON.Member("sku", .string(products.first?.sku ?? group.key)),
                    JSON.Member("count", .int(group.count)),
                    JSON.Member("products", .array(products.map { $0.json(currency) })),
                ])
            }
            let last = groups.count > query.limit ? page.last : nil
            return .json([
                "count": .int(survey.count), "seen": .string(survey.seen), "items": .array(items),
                "next": .optional(last.map { query.next(after: [.string($0.key)]) }),
            ])
        }
    }

    @Sendable static func remove(_ context: RequestContext) throws -> Response {
        let request = context.request
        try request.checkParameters(["confirm", "seen"])
        let confirmed = try request.query["confirm"].map { (text) throws(WebError) in
            guard let number = Int64(text), number >= 0 else {
                throw .badParameter("confirm", "bad_number", "'confirm' takes the number of products to delete.")
            }
            return number
        }
        let store = DuplicateSKUStore(context.database)
        let survey = try context.database.read { try store.survey() }
        guard survey.count > 0 else {
            throw WebError(409, "no_duplicates", "No two products share a SKU, so there is nothing to delete.")
        }
        guard confirmed == survey.count, request.query["seen"] ?? survey.seen == survey.seen else {
            throw DeletionConfirmation.required(survey.count, seen: survey.seen)
        }
        return try JobAnswers.accepted(try DuplicateRemoval.order(survey, context), context)
    }
}
