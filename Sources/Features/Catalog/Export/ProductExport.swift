package import Database
import Money
import Records
package import Support
package import Web

/// The products of a list as a file that is made while it is sent.
///
/// The parts are read one by one, each by its own short query that goes on behind the last product of the one before:
/// no read transaction lasts while a client is slow, so the database's log can be brought home meanwhile, and memory
/// does not grow with the catalogue. What changes while an export runs is in it as it was before or after the change;
/// in the order of `updated_at` a product that is changed meanwhile may stand in it twice.
package struct ProductExport {
    package enum Format: String, Sendable, CaseIterable {
        /// RFC 4180 in UTF-8, the fields as columns: importing it again changes nothing.
        case csv
        /// One record of the API a line.
        case ndjson
        /// A workbook with one sheet: amounts are numbers, all else is text.
        case xlsx

        package var mediaType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8; header=present"
            case .ndjson: "application/x-ndjson"
            case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        }
    }

    /// The parameters that a query may have.
    package static let parameters = ProductFilter.parameters + ProductFilterJob.parameters + ["sort"]
    /// Of a CSV file: whether it begins with a byte order mark.
    package static let markParameter = "bom"

    /// The parameters of a format.
    /// - Parameter query: may ask for metafields too.
    package static func parameters(_ format: Format, in query: Fields) -> [String] {
        parameters + (format == .csv ? [markParameter] : []) + MetafieldFilter.parameters(in: query)
    }

    package let format: Format
    private let filter: ProductFilter
    private let sort: ProductSort
    private let currency: Currency
    private let few: SQL?
    /// As they are called when the export begins.
    private let categories: CategoryNames
    /// Those that stand behind the fields.
    private let columns: MetafieldColumns
    private var cursor: ProductCursor?
    private let startsWithMark: Bool
    private var sheet: ProductSheet?
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
    /// Throws a `WebError` 400 for what cannot be read; the names of the parameters are the caller's to check. 422
    /// `too_many_rows` for more products than a sheet has rows.
    package init(_ query: Fields, _ format: Format, _ connection: Connection) throws {
        let store = ProductStore(connection)
        self.format = format
        categories = CategoryNames(connection)
        currency = try CurrencyStore(connection).currency()
        var filter = try ProductFilter(query, currency)
        filter.job = try ProductFilterJob(query, connection)
        filter.metafields = try MetafieldFilter.read(query, connection)
        columns = try MetafieldColumns(connection)
        self.filter = filter
        sort = ProductSort(try ListRules.products(query).sort(query["sort"]))
        few = try connection.read { [filter] in try store.fewest(filter) }
        startsWithMark = try Self.flag(query)
        guard format == .xlsx else { return }
        guard try store.count(filter, limit: ProductSheet.limit + 1) <= ProductSheet.limit else {
            throw WebError(
                422,
                "too_many_rows",
                """
                More products match than a sheet has rows: \(ProductSheet.limit) under its header. Narrow the filters, \
                or take the CSV file.
                """
            )
        }
        sheet = try ProductSheet(currency, categories, columns)
    }

    private static func flag(_ query: Fields) throws -> Bool {
        switch query[markParameter] {
        case nil, "", "0": return false
        case "1": return true
        default: throw WebError(400, "bad_option", "\(markParameter) takes 1 or 0.")
        }
    }

    /// Texts that were too long for a cell of a workbook and are left out, so far.
    package var omittedTexts: Int64 { sheet?.omittedTexts ?? 0 }

    /// What the audit trail says of an export: its form, and what was asked for.
    package static func audited(_ format: Format, _ query: Fields) -> JSON {
        let wanted = query.all.map { JSON.Member($0.name, .string($0.value)) }
        return ["format": .string(format.rawValue), "query": .object(wanted)]
    }

    /// Whether the text index is asked.
    package var needsSearch: Bool { filter.isText }

    /// The next part of the file; nil behind the last. The first one begins with the header.
    package mutating func next(_ connection: Connection, _ bytes: Int = partBytes) throws -> [UInt8]? {
        guard !isAtEnd else { return nil }
        switch format {
        case .csv: return try nextCSV(connection, bytes)
        case .ndjson: return try nextLines(connection, bytes)
        case .xlsx: return try nextRows(connection, bytes)
        }
    }

    private mutating func nextCSV(_ connection: Connection, _ bytes: Int) throws -> [UInt8] {
        var table = ProductCSV(currency, categories, columns)
        if !hasBegun { table.appendHeader(mark: startsWithMark) }
        try read(connection, bytes) { row in
            try table.append(row)
            return table.count
        }
        return table.take()
    }

    private mutating func nextLines(_ connection: Connection, _ bytes: Int) throws -> [UInt8] {
        var lines: [UInt8] = []
        let (currency, columns) = (currency, columns)
        try read(connection, bytes) { row in
            let product = ProductStore.read(row)
            lines += try columns.adding(to: product.json(currency), of: product.id).bytes
            lines.append(0x0A)
            return lines.count
        }
        return lines
    }

    /// May be empty: what is packed comes out in blocks.
    private mutating func nextRows(_ connection: Connection, _ bytes: Int) throws -> [UInt8] {
        guard let sheet else { return [] }
        let start = sheet.count
        try read(connection, bytes) { row in
            try sheet.append(row)
            return Int(sheet.count - start)
        }
        // Products that came in between have no row left.
        isAtEnd = isAtEnd || count >= ProductSheet.limit
        if isAtEnd { try sheet.finish() }
        return sheet.take()
    }

    /// Hands products to the closure, which says how many bytes there are now, until that is a part.
    private mutating func read(
        _ connection: Connection,
        _ wanted: Int,
        _ append: (borrowing Row) throws -> Int
    ) throws {
        hasBegun = true
        let end = monotonicNanoseconds() + Self.partNanoseconds
        var taken: Int64 = 0
        let most = format == .xlsx ? ProductSheet.limit - count : .max
        let own = try OwnTexts(filter)
        var seen = 0
        let last = try ProductSearch.reading(connection, filter, isComplete: true) {
            try ProductStore(connection).read(filter, sort, after: cursor, few: few) { row in
                seen += 1
                let isTimeLeft = seen & 63 != 0 || monotonicNanoseconds() < end
                if let own, try !own.match(ProductStore.read(row)) { return isTimeLeft }
                let bytes = try append(row)
                taken += 1
                return bytes < wanted && isTimeLeft && taken < most
            }
        }
        count += taken
        cursor = last.map { ProductCursor($0, sort) }
        isAtEnd = last == nil
    }
}
