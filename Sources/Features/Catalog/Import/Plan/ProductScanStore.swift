import Database
import Support

/// Goes through the whole catalogue in the order of ids, in pieces, so that no read transaction is long.
final class ProductScanStore {
    private let products: Prepared
    /// The product that was met last.
    private var last: Int64 = 0
    private let greatestID: Int64

    init(_ connection: Connection) throws(DatabaseError) {
        products = try Self.inOrder(connection)
        greatestID = try ImportPlanStore(connection).greatestID()
    }

    /// How much of the catalogue was met, from 0 to 1.
    var share: Double { greatestID > 0 ? min(1, Double(last) / Double(greatestID)) : 1 }

    /// Meets products until the time is over or all were met; inside a read transaction.
    /// - Parameters:
    ///   - end: in nanoseconds of the monotonic clock.
    ///   - meet: gets the folded SKU and the row, which has the columns of `ProductImportStore.find`.
    /// - Returns: whether there are more.
    func part(
        until end: UInt64,
        _ meet: (_ key: UnsafeBufferPointer<UInt8>, _ row: borrowing Row) throws -> Void
    ) throws -> Bool {
        products.statement.bind(1, last)
        defer { products.statement.reset() }
        var count = 0
        while try products.statement.step() {
            let row = products.statement.row()
            try meet(row.bytes(Self.keyColumn), row)
            last = row.int(0)
            count += 1
            if count & 0xFF == 0, monotonicNanoseconds() >= end { return true }
        }
        return false
    }

    /// Selects the products behind an id in the order of ids: the columns of `ProductImportStore.find`, and behind them
    /// the key. Nothing is sorted for it: the id is the key of the table.
    static func inOrder(_ connection: Connection) throws(DatabaseError) -> Prepared {
        Prepared(
            try connection.prepare(
                "SELECT id, version, \(ProductStore.fieldNames), sku_norm FROM product WHERE id > ? ORDER BY id"
            )
        )
    }

    static let keyColumn = ProductImportStore.firstField + Int32(ProductImportStore.fields.count)
}
