import Database
import Identity
import Support
import Web

/// `GET /api/products.csv` and `.ndjson`: the list as a file.
enum ProductExportAPI {
    static let routes: [AppRoute] = [
        route("/api/products.csv", .csv, "Products that match all filters, as CSV; importing it changes nothing"),
        route("/api/products.ndjson", .ndjson, "Products that match all filters, a record a line"),
    ]

    private static func route(_ path: PathPattern, _ format: ProductExport.Format, _ summary: String) -> AppRoute {
        AppRoute(
            .get,
            path,
            access: .permission(.readProducts),
            pool: .slow,
            Operation(
                summary,
                parameters: ProductAPI.filters + [ProductAPI.sort] + ProductAPI.jobFilters,
                responses: [200: [.init(format.mediaType, format == .csv ? "ProductExport" : "ProductExportLines")]],
                headers: [.disposition]
            )
        ) { context in try export(context, format) }
    }

    private static func export(_ context: RequestContext, _ format: ProductExport.Format) throws -> Response {
        try context.request.checkParameters(ProductExport.parameters)
        var export = try ProductExport(context.request.query, format, context.database)
        // What goes wrong at once is answered with an error and not with a broken file.
        let first = try export.next(context.database) ?? []
        return Response(
            status: 200,
            headers: .headers(["Content-Type": format.mediaType]),
            body: export.isAtEnd ? .bytes(first) : .stream(rest(of: export, behind: first, context.database.path))
        ).attached(as: filename(format, context.environment.now()))
    }

    /// `products-2026-11-21-0546.csv`, in UTC.
    static func filename(_ format: ProductExport.Format, _ now: Timestamp) -> String {
        let text = now.rfc3339
        let minute = text.dropFirst(11).prefix(5).filter { $0 != ":" }
        return "products-\(text.prefix(10))-\(minute).\(format.rawValue)"
    }

    /// Sends what is left by a connection of its own, which takes its memory along when it goes.
    private static func rest(
        of export: ProductExport,
        behind first: [UInt8],
        _ database: String
    ) -> @Sendable (any BodyWriter) throws -> Void {
        { writer in
            try writer.write(first)
            var export = export
            let connection = try Connection(path: database, role: .web)
            if export.needsSearch { try ProductSearch.attach(to: connection) }
            while let part = try export.next(connection) { try writer.write(part) }
        }
    }
}
