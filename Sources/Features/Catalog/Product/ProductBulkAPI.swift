import Identity
import RecordKit
import Support
import Web

/// `PATCH /api/products`: many products at once, each by itself, found by their SKU.
enum ProductBulkAPI {
    static let routes = [
        AppRoute(
            .patch,
            "/api/products",
            access: .permission(.writeProducts),
            pool: .slow,
            Operation(
                "Adds or changes many products by SKU, each on its own",
                request: [.json("ProductBatch"), .init(ProductBulkBody.lines, "ProductLines")],
                responses: [200: [.json("ProductBatchResults"), .init(ProductBulkBody.lines, "ProductLineResults")]]
            ),
            handler: apply
        )
    ]

    @Sendable static func apply(_ context: RequestContext) throws -> Response {
        let lines = try ProductBulkBody.read(context.request)
        try context.request.checkParameters([])
        var bulk = ProductBulk(context.database, try context.currency, try context.writeContext, lines)
        return ProductBulkBody.answer(try bulk.run(), to: context.request)
    }
}
