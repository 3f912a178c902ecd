import Database
import Support

/// Plans what is left of a file by matching it with the whole catalogue: what most records of a file in an order of its
/// own do becomes known without a single look-up (see `ProductMatches`).
///
/// First every record is noted, then every product is met, then both are joined; then each record can be asked for. A
/// product counts as it was when it was met, and that version of it stands in the plan.
final class PlanMatching {
    /// The first record that is matched.
    let firstRow: Int64
    private let connection: Connection
    private let digest: ProductDigest
    private let products: ProductScanStore
    @exclusivity(unchecked) private var matches: ProductMatches

    /// - Parameters:
    ///   - rows: the records that are left.
    ///   - products: how many the catalogue may hold.
    ///   - folder: for temporary files.
    init(
        rows: ClosedRange<Int64>,
        _ digest: ProductDigest,
        _ connection: Connection,
        products count: Int64,
        folder: String
    ) throws {
        firstRow = rows.lowerBound
        self.connection = connection
        self.digest = digest
        products = try ProductScanStore(connection, fields: digest.fields)
        matches = ProductMatches(rows: rows, products: count, folder: folder)
    }

    /// Notes a record. No two may have the same key.
    func note(_ key: UnsafeBufferPointer<UInt8>, _ values: borrowing [ImportValue], row: Int64) throws {
        // One whose values do not tell enough has to be looked at, as any that nothing was found for.
        guard let record = digest.record(key, values) else { return }
        try matches.add(record, row: row)
    }

    /// Meets products until the time is over or all were met.
    /// - Parameter end: in nanoseconds of the monotonic clock.
    /// - Returns: whether there are more.
    func meetProducts(until end: UInt64) throws -> Bool {
        try connection.read {
            try products.part(until: end) { key, row in
                try matches.add(digest.product(key, row, products.columns), id: row.int(0), version: row.int(1))
            }
        }
    }

    /// How much of the catalogue was met, from 0 to 1.
    var shareMet: Double { products.share }

    /// Joins a part of the records with their products.
    /// - Returns: whether there is more.
    func joinNext() throws -> Bool { try matches.joinNext() }

    /// What was found for a record; rows ascend.
    func match(of row: Int64) throws -> ProductMatches.Match { try matches.match(of: row) }
}
