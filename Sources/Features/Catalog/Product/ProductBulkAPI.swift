import Identity
import Support
import Web

/// `PATCH /api/products`: many products at once, one line of JSON each, found by their SKU.
enum ProductBulkAPI {
    static let routes = [
        AppRoute(
            .patch,
            "/api/products",
            access: .permission(.writeProducts),
            pool: .slow,
            Operation(
                "Adds or changes many products by SKU, each line on its own",
                request: [.init(mediaType, "ProductLines")],
                responses: [200: [.init(mediaType, "ProductLineResults")]]
            ),
            handler: apply
        )
    ]

    private static let mediaType = "application/x-ndjson"
    /// In bytes.
    static let bodyLimit = 16 << 20
    static let lineLimit = 10_000

    @Sendable static func apply(_ context: RequestContext) throws -> Response {
        let body = try context.request.bodyBytes(limit: bodyLimit)
        let lines = split(body)
        guard lines.count <= lineLimit else {
            throw WebError(413, "too_many_lines", "At most \(lineLimit) lines may be sent at once.")
        }
        guard context.request.contentType == mediaType else { throw WebError.unsupportedMediaType([mediaType]) }
        try context.request.checkParameters([])
        var bulk = ProductBulk(context.database, try context.currency, try context.writeContext, lines)
        let answer = try bulk.run()
        return Response(status: 200, headers: .headers(["Content-Type": mediaType]), body: .bytes(answer))
    }

    /// The lines that hold anything, with their numbers from 1.
    private static func split(_ body: [UInt8]) -> [ProductBulk.Line] {
        body.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().compactMap { index, bytes in
            let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            return isBlank ? nil : ProductBulk.Line(number: index + 1, bytes: bytes)
        }
    }
}
