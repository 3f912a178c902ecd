import Database
import Support

/// Goes through the whole catalogue in the order of ids, in pieces, so that no read transaction is long.
final class ProductScanStore {
    private let products: Prepared
    /// Where a row has the chosen fields.
    let columns: [Int32]
    /// The product that was met last.
    private var last: Int64 = 0
    private let greatestID: Int64

    /// - Parameter fields: those that are wanted of each product, by position in the field table.
    init(_ connection: Connection, fields: [Int]) throws(DatabaseError) {
        let names = fields.map { ", \(ident: ProductImportStore.fields[$0].name)" as SQL }.joined(separator: "")
        // Nothing is sorted for it: the id is the key of the table.
        products = Prepared(
            try connection.prepare("SELECT id, version, sku_norm\(names) FROM product WHERE id > ? ORDER BY id")
        )
        columns = fields.indices.map { 3 + Int32($0) }
        greatestID = try ImportPlanStore(connection).greatestID()
    }

    /// How much of the catalogue was met, from 0 to 1.
    var share: Double { greatestID > 0 ? min(1, Double(last) / Double(greatestID)) : 1 }

    /// Meets products until the time is over or all were met; inside a read transaction.
    /// - Parameters:
    ///   - end: in nanoseconds of the monotonic clock.
    ///   - meet: gets the folded SKU and the row: id, version, SKU and then `columns`.
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
            try meet(row.bytes(2), row)
            last = row.int(0)
            count += 1
            if count & 0xFF == 0, monotonicNanoseconds() >= end { return true }
        }
        return false
    }
}
