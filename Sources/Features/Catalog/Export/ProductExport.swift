package import Database
package import Support
package import Web

/// The products of a list as a file that is made while it is sent.
///
/// The parts are read one by one, each by its own short query that goes on behind the last product of the one before:
/// no read transaction lasts while a client is slow, so the database's log can be brought home meanwhile, and memory
/// does not grow with the catalogue. What changes while an export runs is in it as it was before or after the change;
/// in the order of `updated_at` a product that is changed meanwhile may stand in it twice.
package struct ProductExport: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// RFC 4180 in UTF-8, the fields as columns: importing it again changes nothing.
        case csv
        /// One record of the API a line.
        case ndjson

        package var mediaType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8; header=present"
            case .ndjson: "application/x-ndjson"
            }
        }
    }

    /// The parameters that a query may have.
    package static let parameters = ProductFilter.parameters + ProductFilterJob.parameters + ["sort"]

    package let format: Format
    private let filter: ProductFilter
    private let sort: ProductSort
    private let currency: Currency
    private let few: SQL?
    private var cursor: ProductCursor?
    private var hasBegun = false
    /// Whether the file is whole.
    package private(set) var isAtEnd = false
    /// Products written so far.
    package private(set) var count: Int64 = 0

    /// Bytes after which a part ends, unless its caller wants fewer; it also ends after `partNanoseconds`.
    package static let partBytes = 512 << 10
    static let partNanoseconds: UInt64 = 100_000_000

    /// - Parameter query: filters and `sort`, as `GET /api/products` takes them.
    ///
    /// Throws a `WebError` 400 for what cannot be read; the names of the parameters are the caller's to check.
    package init(_ query: Fields, _ format: Format, _ connection: Connection) throws {
        let store = ProductStore(connection)
        self.format = format
        currency = try store.currency()
        var filter = try ProductFilter(query, currency)
        filter.job = try ProductFilterJob(query, connection)
        self.filter = filter
        sort = ProductSort(try ListRules.products(query).sort(query["sort"]))
        few = try connection.read { [filter] in try store.fewest(filter) }
    }

    /// What the audit trail says of an export: its form, and what was asked for.
    package static func audited(_ format: Format, _ query: Fields) -> JSON {
        let wanted = query.all.map { JSON.Member($0.name, .string($0.value)) }
        return ["format": .string(format.rawValue), "query": .object(wanted)]
    }

    /// Whether the text index must be attached to the connection that reads.
    package var needsSearch: Bool { filter.isText }

    /// The next part of the file; nil behind the last. The first one begins with the header.
    package mutating func next(_ connection: Connection, _ bytes: Int = partBytes) throws -> [UInt8]? {
        guard !isAtEnd else { return nil }
        switch format {
        case .csv: return try nextCSV(connection, bytes)
        case .ndjson: return try nextLines(connection, bytes)
        }
    }

    private mutating func nextCSV(_ connection: Connection, _ bytes: Int) throws -> [UInt8] {
        var table = ProductCSV(currency)
        if !hasBegun { table.appendHeader() }
        try read(connection, bytes) { row in
            table.append(row)
            return table.count
        }
        return table.take()
    }

    private mutating func nextLines(_ connection: Connection, _ bytes: Int) throws -> [UInt8] {
        var lines: [UInt8] = []
        let currency = currency
        try read(connection, bytes) { row in
            lines += ProductStore.read(row).json(currency).bytes
            lines.append(0x0A)
            return lines.count
        }
        return lines
    }

    /// Hands products to the closure, which says how many bytes there are now, until that is a part.
    private mutating func read(_ connection: Connection, _ wanted: Int, _ append: (borrowing Row) -> Int) throws {
        hasBegun = true
        let end = monotonicNanoseconds() + Self.partNanoseconds
        var taken: Int64 = 0
        let last = try ProductStore(connection).read(filter, sort, after: cursor, few: few) { row in
            let bytes = append(row)
            taken += 1
            return bytes < wanted && (taken & 63 != 0 || monotonicNanoseconds() < end)
        }
        count += taken
        cursor = last.map { ProductCursor($0, sort) }
        isAtEnd = last == nil
    }
}
