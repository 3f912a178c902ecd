import Catalog
import Database
import Glibc
import Support
import Web

/// `bodega export FILE`: the catalogue, or what filters leave of it, as the API sends it.
enum ExportCommand {
    static let command = Command(
        "export",
        "write products to a file that can be imported again",
        help: [
            "FILE  or - for standard output", "--format csv|ndjson|xlsx  (default: as the file's name ends, else csv)",
            "--bom  begin a CSV file with the mark by which spreadsheets know UTF-8",
            "--filter NAME=VALUE  may stand several times; \(filters)", "--sort KEY  as GET /api/products takes it",
            "--data DIR",
        ],
        run: run
    )

    private static let filters = ProductExport.parameters.filter { $0 != "sort" }.joined(separator: ", ")

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let data = DataFolder(try Settings(&arguments).data)
        var query = try query(&arguments)
        if arguments.flag(ProductExport.markParameter) { query.append(ProductExport.markParameter, "1") }
        let named = try arguments.option("format")
        let path = try arguments.next("FILE")
        try arguments.finish()
        let format = try format(named, path)
        let connection = try data.open(.maintenance)
        var export: ProductExport
        do {
            export = try ProductExport(query, format, connection)
        } catch let error as WebError {
            throw UsageError(error.detail)
        }
        // No other process may be there to keep the index.
        if export.needsSearch { try ProductSearch(connection, role: .maintenance).complete() }
        // Before anything is given out, as the reader may leave in the middle.
        try connection.write(.normal) {
            let context = WriteContext(actor: .system, now: data.clock.now())
            let entry = AuditEntry("product.export", "product", id: nil, after: ProductExport.audited(format, query))
            try AuditStore(connection).append(entry, context: context)
        }
        func write(to output: Int32) throws {
            do {
                while let part = try export.next(connection) { try Files.writeAll(part, to: output, path) }
            } catch let error as SearchUnavailable {
                throw CommandError(error.detail)
            }
        }
        if path == "-" {
            try write(to: 1)
        } else {
            let file = try FileReplacement(Files.absolute(path))
            try write(to: file.descriptor)
            try file.commit()
            let noun = export.count == 1 ? "product" : "products"
            print("exported: \(export.count) \(noun)")
            if export.omittedTexts > 0 {
                print("left out: \(export.omittedTexts) texts of more than 32,767 characters, which no cell may hold")
            }
        }
        return 0
    }

    /// Filters and order as a query.
    private static func query(_ arguments: inout Arguments) throws(UsageError) -> Fields {
        var query = Fields()
        for pair in try arguments.options("filter") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, parts[0] != "sort", ProductExport.parameters.contains(parts[0]) else {
                throw UsageError("--filter takes NAME=VALUE, not '\(pair)'; the names are \(filters).")
            }
            guard query[parts[0]] == nil else { throw UsageError("The filter \(parts[0]) may stand once.") }
            query.append(parts[0], parts[1])
        }
        if let sort = try arguments.option("sort") { query.append("sort", sort) }
        return query
    }

    private static func format(_ name: String?, _ path: String) throws(UsageError) -> ProductExport.Format {
        guard let name else {
            let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
            return ProductExport.Format(rawValue: ending) ?? .csv
        }
        guard let format = ProductExport.Format(rawValue: name) else {
            throw UsageError("--format takes csv, ndjson or xlsx, not '\(name)'.")
        }
        return format
    }
}
