package import Database
import Records
import Support

/// The text index cannot be asked just now; it is being mended.
package enum SearchUnavailable: Error {
    /// It is missing or damaged.
    case broken
    /// It is built anew and knows only a part of the products, which will not do for what acts on all that match.
    case incomplete

    /// What a person is told.
    package var detail: String {
        switch self {
        case .broken: "The search index is being repaired. Nothing was changed: try again in a minute."
        case .incomplete:
            """
            The search index is being built anew and does not know all products yet. Nothing was changed: try again \
            when the notice on the home page is gone.
            """
        }
    }
}

extension ProductSearch {
    /// Runs queries that ask the text index where the filter does.
    /// - Parameter isComplete: whether it has to know all products.
    ///
    /// Throws `SearchUnavailable` when the index cannot be asked, and what the body throws.
    package static func reading<T>(
        _ connection: Connection,
        _ filter: ProductFilter,
        isComplete: Bool = false,
        _ body: () throws -> T
    ) throws -> T {
        // A database in memory has no file beside it.
        guard case .query(let query) = filter.textCondition, connection.gate != nil else { return try body() }
        try attach(to: connection, isComplete: isComplete)
        do {
            return try body()
        } catch let error as DatabaseError where TextIndex.isUnusable(error, path(besides: connection.path)) {
            // The database itself may be what is damaged.
            guard !isReadable(connection, query) else { throw error }
            throw reported(connection, error)
        }
    }

    /// Makes the index visible to the queries of a connection; a new one where the file was replaced.
    static func attach(to connection: Connection, isComplete: Bool = false) throws {
        let path = path(besides: connection.path)
        do {
            try connection.attach(path, as: attached.schema)
            guard try connection.indexVersion(attached.schema) == TextIndex.version else {
                throw SearchUnavailable.broken
            }
            guard isComplete else { return }
            if try connection.isBeingBuilt(attached) { throw SearchUnavailable.incomplete }
        } catch let error as DatabaseError {
            if TextIndex.isUnusable(error, path), FileIdentity(path) != nil { throw reported(connection, error) }
            guard TextIndex.isOutOfReach(error) || FileIdentity(path) == nil else { throw error }
            connection.log.warning("the text index cannot be opened just now", ["reason": "\(error)"])
            try? connection.detach(attached.schema)
            throw SearchUnavailable.broken
        }
    }

    private static func isReadable(_ connection: Connection, _ query: TextQuery) -> Bool {
        (try? connection.count(query, in: attached)) != nil
    }

    /// Leaves word for the index process, and lets go of the file.
    private static func reported(_ connection: Connection, _ error: DatabaseError) -> SearchUnavailable {
        connection.log.error("the text index is damaged", ["reason": "\(error)"])
        if let file = FileIdentity(path(besides: connection.path)) {
            try? Files.replace(reportPath(connection), with: Array(file.text.utf8))
        }
        try? connection.detach(attached.schema)
        return .broken
    }
}

/// Whether products themselves match a filter's texts, told without the index.
struct OwnTexts {
    private let query: TextQuery
    private let matcher: TextMatcher

    /// Nil for a filter without texts.
    init?(_ filter: ProductFilter) throws(DatabaseError) {
        guard case .query(let query) = filter.textCondition else { return nil }
        self.query = query
        matcher = try TextMatcher(columns: ProductFields.searched.map(\.name))
    }

    func match(_ product: Product) throws(DatabaseError) -> Bool {
        let texts: [String?] = ProductFields.all.filter(\.record.isSearched).map { field in
            if case .text(let text) = field.read(product) { field.record.indexed(text) } else { nil }
        }
        return try !matcher.matching(query, [(product.id, texts)]).isEmpty
    }
}
