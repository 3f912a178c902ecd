import Database
import Glibc

/// Goes through the catalogue beside a file that names the products in the order in which they once came, as a supplier
/// does who sends the same file again: the next product is then usually the one that the next record names, and its
/// key need not be searched. Where the orders differ it stands aside.
///
/// Holds a statement open, so it must be ended with the read transaction in which it walks.
final class ProductWalkStore {
    /// The products behind an id; the columns of `ProductImportStore.find`, and behind them the key.
    private let products: Prepared
    private static let keyColumn = ProductImportStore.firstField + Int32(ProductImportStore.fields.count)
    /// Whether the statement stands on a product.
    @exclusivity(unchecked) private var isOnProduct = false
    /// Whether the product that it stands on was asked for already.
    @exclusivity(unchecked) private var isSpent = false
    @exclusivity(unchecked) private var isOver = false
    /// The product that was found last.
    @exclusivity(unchecked) private var last: Int64 = 0
    /// How many products were found in the order of their ids, one after another.
    @exclusivity(unchecked) private var inOrder = 0
    /// How many keys the walk had no product for, so that they had to be searched for.
    @exclusivity(unchecked) private(set) var searches: Int64 = 0

    /// So many in order show that it pays to walk.
    private static let enough = 16
    /// So many products that the file does not name are stepped over; for more a search is cheaper.
    private static let stride: Int64 = 16

    init(_ connection: Connection) throws(DatabaseError) {
        // Nothing is sorted for it: the id is the key of the table.
        products = Prepared(
            try connection.prepare(
                "SELECT id, version, \(ProductStore.fieldNames), sku_norm FROM product WHERE id > ? ORDER BY id"
            )
        )
    }

    /// The statement, standing on the product with that key; nil when that is not the next one. Valid until the next
    /// call.
    func next(_ key: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Prepared? {
        if try standsOn(key) { return products }
        searches += 1
        return nil
    }

    private func standsOn(_ key: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Bool {
        guard inOrder >= Self.enough, !isOver else { return false }
        if !isOnProduct {
            products.statement.bind(1, last)
            try step()
        } else if isSpent {
            try step()
        }
        guard isOnProduct else { return false }
        let stored = products.statement.row().bytes(Self.keyColumn)
        guard stored.count == key.count, let left = stored.baseAddress, let right = key.baseAddress,
            memcmp(left, right, key.count) == 0
        else { return false }
        isSpent = true
        last = products.statement.row().int(0)
        return true
    }

    /// Takes note of a product that was searched for by its key: follows when it stands a little further on, gives up
    /// walking for a while when it stands elsewhere.
    func note(found id: Int64) throws(DatabaseError) {
        let isNear = id > last && id - last <= Self.stride
        last = id
        guard isNear else {
            inOrder = 0
            return end()
        }
        inOrder += 1
        while isOnProduct, products.statement.row().int(0) < id { try step() }
        isSpent = isOnProduct && products.statement.row().int(0) == id
    }

    /// Stands on nothing any more; goes on behind the last product when it is asked again.
    func end() {
        products.statement.reset()
        isOnProduct = false
        isSpent = false
        isOver = false
    }

    private func step() throws(DatabaseError) {
        isOnProduct = try products.statement.step()
        isSpent = false
        isOver = !isOnProduct
    }
}
