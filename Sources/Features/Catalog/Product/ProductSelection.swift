import Database
import Support

/// The products that a filter matches now: how many, and which. Products that come later do not belong to it.
struct ProductSelection {
    let filter: ProductFilter
    let count: Int64
    /// Tells these products from any others, so that what is confirmed is what was shown.
    let seen: String
    private let connection: Connection

    init(_ filter: ProductFilter, _ connection: Connection) throws {
        self.connection = connection
        var bounded = filter
        let store = ProductDeleteStore(connection, jobID: 0)
        let found = try ProductSearch.reading(connection, filter, isComplete: true) {
            try connection.read {
                bounded.idMax = try ProductStore(connection).lastID()
                return try store.survey(bounded)
            }
        }
        (count, seen) = (found.count, found.seen.text)
        self.filter = bounded
    }

    /// The first of them by their ids; by their own texts where the text index was asked.
    func ids(limit: Int) throws -> [Int64] {
        let store = ProductDeleteStore(connection, jobID: 0)
        let ids = try ProductSearch.reading(connection, filter, isComplete: true) {
            try store.matching(filter, after: 0, limit: limit)
        }
        guard case .query(let query) = filter.textCondition else { return ids }
        return try ProductSearchStore(connection).matchingThemselves(ids, query)
    }
}
