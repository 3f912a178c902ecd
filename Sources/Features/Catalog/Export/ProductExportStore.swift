import Database

extension ProductStore {
    /// Reads matching products in order, as rows of `columns`, as long as the closure wants more.
    /// - Returns: the product at which it had enough; nil when there was none behind the last.
    func read(
        _ filter: ProductFilter,
        _ sort: ProductSort,
        after cursor: ProductCursor?,
        few: SQL?,
        _ take: (borrowing Row) throws -> Bool
    ) throws -> Product? {
        try connection.read {
            for part in Self.parts(filter, sort, after: cursor, few: few, isScan: true) {
                let statement = try connection.prepare(part.statement(limit: .max))
                while try statement.step() {
                    let row = statement.row()
                    if try !take(row) { return Self.read(row) }
                }
            }
            return nil
        }
    }
}
