import Database
import Records
import Support

extension ProductSearchStore {
    /// How many changes of a product are looked at for words that it had.
    private static let historyLength = 20
    /// Bytes of texts after which a part ends: each of their words is looked for in the index, and the job runner,
    /// which does that, has one thread.
    static let mostComparedBytes = 256 << 10

    /// The next products, those that are gone among them, with the words that they have and had; without those that
    /// were changed since a position of the log. Fewer where they come to `mostBytes`, but one at least. Call inside a
    /// read transaction.
    /// - Returns: the products, and the id to go on behind; nil behind the last.
    func comparable(
        after id: Int64,
        asOf position: TextIndex.Position,
        limit: Int,
        mostBytes: Int = mostComparedBytes
    ) throws -> (products: [ProductTextsEver], last: Int64?) {
        let ids = try connection.all(
            """
            SELECT id FROM (
                SELECT id FROM (SELECT id FROM product WHERE id > \(id) ORDER BY id LIMIT \(limit)) present
                UNION
                SELECT product_id FROM (
                    SELECT DISTINCT product_id FROM product_revision WHERE product_id > \(id)
                    ORDER BY product_id LIMIT \(limit)) known
            ) both_of_them ORDER BY id LIMIT \(limit)
            """
        ) { row in row.int(0) }
        var (found, bytes): ([ProductTextsEver], Int) = ([], 0)
        for id in ids {
            guard let product = try comparable([id], asOf: position).first else { continue }
            found.append(product)
            bytes += product.ever.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
            if bytes >= mostBytes { return (found, id) }
        }
        return (found, ids.count < limit ? nil : ids.last)
    }

    /// These products, by ascending id.
    func comparable(_ ids: [Int64], asOf position: TextIndex.Position) throws -> [ProductTextsEver] {
        var found: [ProductTextsEver] = []
        for id in ids.sorted() {
            let isChanged = try connection.first(
                "SELECT 1 FROM product_revision WHERE product_id = \(id) AND id > \(position.id) LIMIT 1"
            ) { _ in true }
            guard isChanged == nil else { continue }
            let own = try texts(of: id)
            var ever = own ?? ProductFields.searched.map { _ in nil }
            for revision in try RevisionStore(connection).history(id, limit: Self.historyLength) {
                guard let before = revision.before else { continue }
                for (index, field) in ProductFields.searched.enumerated() {
                    guard let text = field.indexed(before: before) ?? nil else { continue }
                    ever[index] = ever[index].map { "\($0) \(text)" } ?? text
                }
            }
            found.append(ProductTextsEver(id: id, own: own, ever: ever))
        }
        return found
    }

    /// Of these products those whose own texts match, in their order: the index is asked which may match, the product
    /// whether it does.
    func matchingThemselves(_ ids: [Int64], _ query: TextQuery) throws -> [Int64] {
        let matcher = try TextMatcher(columns: ProductFields.searched.map(\.name))
        var matching: [Int64] = []
        for start in stride(from: 0, to: ids.count, by: Self.part) {
            let part = ids[start..<min(start + Self.part, ids.count)]
            var records: [(id: Int64, texts: [String?])] = []
            for id in part { if let texts = try texts(of: id) { records.append((id, texts)) } }
            let found = try matcher.matching(query, records)
            matching += part.filter(found.contains)
        }
        return matching
    }

    /// How many texts are cut into words at once.
    private static let part = 500
}
