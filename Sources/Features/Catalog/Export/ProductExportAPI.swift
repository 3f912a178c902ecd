import Database
import Identity
import Support
import Web

/// `GET /api/products.csv`, `.ndjson` and `.xlsx`: the list as a file.
enum ProductExportAPI {
    static let routes: [AppRoute] = [
        route(
            CatalogPath.exportProducts,
            .csv,
            "Products that match all filters, as CSV; importing it changes nothing"
        ),
        route("/api/products.ndjson", .ndjson, "Products that match all filters, a record a line"),
        route(
            CatalogPath.exportWorkbook,
            .xlsx,
            "Products that match all filters, as a workbook of at most 1,048,575 rows"
        ),
    ]

    private static func route(_ path: PathPattern, _ format: ProductExport.Format, _ summary: String) -> AppRoute {
        AppRoute(
            .get,
            path,
            access: .permission(.readProducts),
            pool: .export,
            Operation(
                summary,
                parameters: ProductAPI.filters + [ProductAPI.sort] + ProductAPI.jobFilters
                    + (format == .csv ? [mark] : []),
                responses: [200: [.init(format.mediaType, schema(format))]],
                headers: [.disposition]
            )
        ) { context in try export(context, format) }
    }

    private static let mark = Operation.Parameter(
        ProductExport.markParameter,
        .choice(["1", "0"]),
        "1: begin with a byte order mark, by which spreadsheets know UTF-8; 0 when left out"
    )

    private static func schema(_ format: ProductExport.Format) -> String {
        switch format {
        case .csv: "ProductExport"
        case .ndjson: "ProductExportLines"
        case .xlsx: "ProductExportSheet"
        }
    }

    /// Bytes of a file that fits between us and any reader: it is sent at once and does not count as a download.
    private static let firstBytes = 128 << 10

    private static func export(_ context: RequestContext, _ format: ProductExport.Format) throws -> Response {
        try context.request.checkParameters(ProductExport.parameters(format, in: context.request.query))
        var export = try ProductExport(context.request.query, format, context.database)
        // What goes wrong at once is answered with an error and not with a broken file.
        var first = try export.next(context.database, firstBytes)
        let isWhole = export.isAtEnd
        let answer = Response(
            status: 200,
            headers: .headers(["Content-Type": format.mediaType]),
            body: isWhole
                ? .bytes(first ?? [])
                : .stream { [database = context.database] bytes in
                    if let part = first.take() { return part }
                    return try export.next(database, bytes)
                }
        ).attached(as: filename(format, context.environment.now()))
        let wanted = ProductExport.audited(format, context.request.query)
        return try context.noting(answer, "product.export", "product", after: wanted)
    }

    /// `products-2026-11-21-0546.csv`, in UTC.
    static func filename(_ format: ProductExport.Format, _ now: Timestamp) -> String {
        let text = now.rfc3339
        let minute = text.dropFirst(11).prefix(5).filter { $0 != ":" }
        return "products-\(text.prefix(10))-\(minute).\(format.rawValue)"
    }
}
