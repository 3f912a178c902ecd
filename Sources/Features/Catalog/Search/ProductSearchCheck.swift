import Database
import Records
import Support

/// Compares what the index holds of products with their own words, some products at a time, and mends what differs.
///
/// What a product lacks is told by its own words; what it has too much by the words that its history says it had.
final class ProductSearchCheck {
    private let connection: Connection
    private var search: ProductSearch?
    /// Where the present round stands.
    private var after: Int64 = 0

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Of so many products compared at once more than these differ only where the whole index is not to be trusted.
    private static let fewDiffer = 10

    /// Compares the next products. Does nothing while the index is behind.
    /// - Returns: how many were compared and found to differ.
    @discardableResult
    func step(limit: Int = 100) throws -> (compared: Int, differing: Int) {
        let search = try self.search ?? ProductSearch(connection, role: .maintenance)
        self.search = search
        defer { search.releaseMemory() }
        let progress = try search.onIndex { index in try index.progress() }
        guard progress.builtUpTo == nil,
            try search.store.mark(of: progress.position.id) == progress.position.mark
        else { return (0, 0) }
        let texts = try connection.read {
            try search.store.comparable(after: after, asOf: progress.position, limit: limit)
        }
        after = texts.last ?? 0
        let differing = try mend(texts.products, search, progress)
        return (texts.products.count, differing)
    }

    /// Compares these products, which something was wrong with.
    func step(ids: [Int64]) throws {
        let search = try self.search ?? ProductSearch(connection, role: .maintenance)
        let progress = try search.onIndex { index in try index.progress() }
        guard progress.builtUpTo == nil else { return }
        let texts = try connection.read { try search.store.comparable(ids, asOf: progress.position) }
        _ = try mend(texts, search, progress)
    }

    private func mend(
        _ products: [ProductTextsEver],
        _ search: ProductSearch,
        _ progress: TextIndex.Progress
    ) throws -> Int {
        let differing = try Self.differing(products, search, progress)
        guard !differing.isEmpty else { return 0 }
        connection.log.warning(
            "the text index did not fit products and is mended",
            ["products": "\(differing.count)", "compared": "\(products.count)"]
        )
        if differing.count > Self.fewDiffer {
            try search.buildAnew("it did not fit the products")
            return differing.count
        }
        let wrong = products.filter { differing.contains($0.id) }
        _ = try search.onIndex { index in
            try index.update(from: progress, to: progress, wait: true) { pass in
                for product in wrong { try pass.replace(product.id, old: product.ever, new: product.own) }
            }
        }
        return differing.count
    }

    private static func differing(
        _ products: [ProductTextsEver],
        _ search: ProductSearch,
        _ progress: TextIndex.Progress
    ) throws -> Set<Int64> {
        guard let first = products.first?.id, let last = products.last?.id else { return [] }
        let columns = ProductFields.searched.map(\.name)
        let own = try TextMatcher(columns: columns)
        let ever = try TextMatcher(columns: columns)
        try own.fill(products.compactMap { product in product.own.map { (product.id, $0) } })
        try ever.fill(products.map { ($0.id, $0.ever) })
        let ids = Set(products.map(\.id))
        var differing: Set<Int64> = []
        // On one state of the index, and only if that is the one that the products were read for.
        try search.onIndex { index in
            try index.connection.read {
                guard try index.progress() == progress else { return }
                for word in try ever.words() {
                    let found = Set(try index.matching(word, in: first...last)).intersection(ids)
                    differing.formUnion(found.symmetricDifference(try own.ids(word)))
                }
            }
        }
        return differing
    }
}

/// The texts of a product, and all that its history knows of.
struct ProductTextsEver: Sendable {
    var id: Int64
    /// Nil when it is not there.
    var own: [String?]?
    /// Those texts and every earlier one of the column, with spaces in between.
    var ever: [String?]
}
