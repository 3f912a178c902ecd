import AdminKit
import Database
import Identity
import Markup
import Money
import RecordKit
import Support
import Web

/// Two versions of a product beside each other: `/api/products/{id}/compare`, and its page.
enum ProductComparisonPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/products/{id:int}/compare",
            access: .permission(.readProducts),
            Operation(
                "What differs between two versions of a product",
                parameters: [
                    .init("from", .integer(nil, 1...Int64.max), "the one version", isRequired: true),
                    .init("to", .integer(nil, 1...Int64.max), "the other one; left out: the newest"),
                ],
                responses: [200: [.json("ProductComparison")], 409: [.problem], 422: [.problem]]
            ),
            handler: json
        ),
        AppRoute(
            .get,
            CatalogPath.compareProduct,
            access: .permission(.readProducts),
            .page("Two versions of a product"),
            handler: page
        ),
    ]

    private static func comparison(_ context: RequestContext) throws -> ProductComparison {
        try context.request.checkParameters(["from", "to"])
        func version(_ name: String) throws -> Int64? {
            guard let text = context.request.query[name]?.trimmed, !text.isEmpty else { return nil }
            guard let number = Int64(text), number >= 1 else {
                throw WebError.badParameter(name, "bad_number", "'\(name)' takes the number of a version.")
            }
            return number
        }
        guard let from = try version("from") else {
            throw WebError.badParameter("from", "bad_number", "'from' takes the number of a version, like 1.")
        }
        return try ProductComparison(
            context.database,
            try context.parameters.int("id"),
            from: from,
            to: try version("to"),
            context.currency
        )
    }

    @Sendable static func json(_ context: RequestContext) throws -> Response {
        let comparison = try comparison(context)
        return .json([
            "from": .int(comparison.from), "to": .int(comparison.to),
            "changes": .array(
                comparison.differences.map { difference in
                    [
                        "field": .string(difference.field), "before": difference.before.json,
                        "after": difference.after.json,
                    ]
                }
            ),
        ])
    }

    @Sendable static func page(_ context: RequestContext) throws -> Response {
        let product = try ProductPages.find(context)
        let comparison = try comparison(context)
        return .page(html(product, comparison, in: try context.shell()))
    }

    private static func html(_ product: Product, _ comparison: ProductComparison, in shell: Shell) -> HTML {
        let fields = [
            FormField("from", "Version", .wholeNumber, value: String(comparison.from), isRequired: true),
            FormField("to", "With version", .wholeNumber, value: String(comparison.to), isRequired: true),
        ]
        let address = CatalogPath.compareProduct(product.id).description
        return Page(
            "Versions \(comparison.from) and \(comparison.to)",
            parent: Link(product.name, CatalogPath.product(product.id).description),
            content: """
                <search class="filters"><form method="get" action="\(address)">
                <div class="filter-row">\(each: fields, \.compact)\
                <button class="button secondary">Compare</button></div>
                </form></search>
                \(comparison.differences.isEmpty ? same.html : table(comparison))
                """
        ).html(in: shell)
    }

    private static let same = EmptyState(
        "The versions are the same",
        "Every field and metafield holds the same in both."
    )

    private static func table(_ comparison: ProductComparison) -> HTML {
        Table(
            "Where the versions differ",
            columns: [
                Column<ProductComparison.Difference>("Field", isRowHeading: true) { HTML(escaping: $0.label) },
                Column("Version \(comparison.from)", style: "wide") { .text($0.before.text) },
                Column("Version \(comparison.to)", style: "wide") { .text($0.after.text) },
            ],
            rows: comparison.differences
        ).html
    }

    static let schemas: [NamedSchema] = [
        NamedSchema(
            "ProductComparison",
            .object([
                "from": .integer(nil, 1...Int64.max), "to": .integer(nil, 1...Int64.max),
                "changes": .list(
                    of: .object([
                        "field": .text("Its name, or metafield:namespace.key."),
                        "before": Schema.anything.described("As the product shows it."),
                        "after": Schema.anything.described("As the product shows it."),
                    ])
                ),
            ]).example([
                "from": 1, "to": 3, "changes": [["field": "price", "before": "12.50", "after": "13.00"]],
            ])
        )
    ]
}
