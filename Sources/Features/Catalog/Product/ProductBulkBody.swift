import Support
import Web

/// The body of a bulk change and its answer: lines of JSON, or for clients that know no lines a list in one JSON text.
enum ProductBulkBody {
    /// For many products, each line read by itself.
    static let lines = "application/x-ndjson"
    /// For some: it is read at once.
    static let list = "application/json"

    /// In bytes.
    static let linesLimit = 16 << 20
    static let listLimit = 4 << 20
    static let lineLimit = 10_000

    /// What is sent, by its number from 1: blank lines are counted and left out.
    ///
    /// Throws 413 `too_large` or `too_many_lines`, 415, and for a list 400 `not_json` and 422.
    static func read(_ request: Request) throws(WebError) -> [ProductBulk.Line] {
        let isList = request.contentType == list
        let body = try request.bodyBytes(limit: isList ? listLimit : linesLimit)
        let found = isList ? try items(request) : split(body)
        guard found.count <= lineLimit else {
            throw WebError(413, "too_many_lines", "At most \(lineLimit) products may be sent at once.")
        }
        guard isList || request.contentType == lines else { throw .unsupportedMediaType([lines, list]) }
        return found
    }

    private static func split(_ body: [UInt8]) -> [ProductBulk.Line] {
        body.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().compactMap { index, bytes in
            let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            return isBlank ? nil : ProductBulk.Line(number: index + 1, bytes: bytes)
        }
    }

    private static func items(_ request: Request) throws(WebError) -> [ProductBulk.Line] {
        let body = try request.json(limit: listLimit)
        guard let members = body.members else {
            throw .invalid([
                Problem("", "not_an_object", "The body is an object, like {\"items\": [{\"sku\": \"A-1\"}]}.")
            ])
        }
        var problems = members.filter { $0.name != "items" }.map {
            Problem($0.name, "unknown_field", "There is no member '\($0.name)' here; there is 'items'.")
        }
        guard let items = body["items"]?.arrayValue else {
            problems.append(Problem("items", "wrong_type", "'items' is the list of products."))
            throw .invalid(problems)
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return items.enumerated().map { ProductBulk.Line(number: $0 + 1, bytes: $1.bytes[...]) }
    }

    /// What became of each, in the form in which they were sent.
    static func answer(_ results: [JSON], to request: Request) -> Response {
        if request.contentType == list { return .json(["items": .array(results)]) }
        var bytes: [UInt8] = []
        for result in results { bytes += result.bytes + [0x0A] }
        return Response(status: 200, headers: .headers(["Content-Type": lines]), body: .bytes(bytes))
    }
}
