import Database
import Support

/// Gives many products one status, some at a time, so that nobody waits long for the writer gate. Each leaves its
/// revision and its event; each part one entry in the audit trail.
struct ProductStatusChange {
    /// As many as a bulk change through the API takes.
    static let most = 10_000
    /// How many are changed in one transaction.
    private static let part = 200

    let status: Product.Status
    private let store: ProductStore
    private let connection: Connection

    init(_ status: Product.Status, _ connection: Connection) {
        self.status = status
        self.connection = connection
        store = ProductStore(connection)
    }

    /// - Returns: how many had another status before.
    func run(_ ids: [Int64], _ context: WriteContext) throws -> Int {
        var total = 0
        for start in stride(from: 0, to: ids.count, by: Self.part) {
            let part = ids[start..<min(start + Self.part, ids.count)]
            total += try connection.write { try change(part, context) }
        }
        ProductSearch.indexAfterCommit(connection)
        return total
    }

    private func change(_ ids: ArraySlice<Int64>, _ context: WriteContext) throws -> Int {
        var changed = ChangedProducts()
        for id in ids {
            // One that is gone by now needs no status.
            guard let current = try store.find(id), current.status != status else { continue }
            var wanted = current
            wanted.status = status
            _ = try store.replace(current, ProductChange(from: current, to: wanted), context)
            changed.note(current.sku, isNew: false)
        }
        guard !changed.isEmpty else { return 0 }
        let after = JSON.object([JSON.Member("status", .string(status.rawValue))] + changed.members)
        try AuditStore(connection).append(
            AuditEntry("product.bulk", "product", id: nil, after: after),
            context: context
        )
        return changed.updated
    }
}
