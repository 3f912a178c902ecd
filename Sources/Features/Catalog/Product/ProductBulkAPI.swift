import Database
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
    /// So many lines share a transaction, so that nobody waits long for their turn.
    private static let batchLines = 200

    @Sendable static func apply(_ context: RequestContext) throws -> Response {
        let body = try context.request.bodyBytes(limit: bodyLimit)
        let lines = split(body)
        guard lines.count <= lineLimit else {
            throw WebError(413, "too_many_lines", "At most \(lineLimit) lines may be sent at once.")
        }
        guard context.request.contentType == mediaType else { throw WebError.unsupportedMediaType([mediaType]) }
        try context.request.checkParameters([])
        let bulk = ProductBulk(
            store: ProductStore(context.database),
            currency: try context.currency,
            context: try context.writeContext
        )
        var answer: [UInt8] = []
        for start in stride(from: 0, to: lines.count, by: batchLines) {
            let batch = lines[start..<min(start + batchLines, lines.count)]
            try ProductIndexStore(context.database).prepareKey()
            try context.database.write {
                for line in batch { answer += try bulk.apply(line).bytes + [0x0A] }
                // One entry for all of them, with the first: whatever happens to the others, there is a trail.
                guard start == 0 else { return }
                let entry = AuditEntry("product.bulk", "product", id: nil, after: ["lines": .int(lines.count)])
                try AuditStore(context.database).append(entry, context: bulk.context)
            }
        }
        ProductSearch.noteChange(context.database)
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

/// Applies the lines of a bulk change. Nothing is written for a line that is refused.
struct ProductBulk {
    struct Line {
        /// From 1, blank lines counted.
        var number: Int
        var bytes: ArraySlice<UInt8>
    }

    let store: ProductStore
    let currency: Currency
    let context: WriteContext

    /// Adds or changes the product of a line, inside the caller's transaction.
    /// - Returns: what became of it, as the API says it.
    func apply(_ line: Line) throws -> JSON {
        let body: JSON
        do {
            body = try JSON.parse(Array(line.bytes))
        } catch {
            return Self.answer(line, 422, [Problem("", "not_json", "The line is \(error).")])
        }
        let sku = body["sku"]?.stringValue
        let current = try sku.flatMap { try store.find(sku: $0) }
        let purpose: ProductBody.Purpose = current == nil ? .create : .merge
        let draft = ProductBody(purpose: purpose, currency: currency).draft(body, onto: current)
        guard draft.problems.isEmpty else { return Self.answer(line, 422, draft.problems, current, sku) }
        do {
            guard let current else {
                return Self.answer(line, 201, [], try store.add(draft.product, context))
            }
            return Self.answer(line, 200, [], try store.replace(current, by: draft.product, context))
        } catch ProductStore.Refusal.skuTaken(let id) {
            return Self.answer(line, 409, ProductRefusal.skuTaken(id).problems, current, sku)
        }
    }

    private static func answer(
        _ line: Line,
        _ status: Int,
        _ problems: [Problem],
        _ product: Product? = nil,
        _ sku: String? = nil
    ) -> JSON {
        [
            "line": .int(line.number), "status": .int(status), "id": .optional(product?.id),
            "sku": .optional(product?.sku ?? sku), "errors": .array(problems.map(\.json)),
        ]
    }
}
