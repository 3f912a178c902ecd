package import Database
import Records
import Support
package import Tables
package import Web

/// What a header says: which profile holds for the file, and which columns it has.
package enum ImportHeader {
    /// Finds out what a file is, which profile holds for it, and which columns it has. What the caller says of reading
    /// goes before what the profile says, that before what is found.
    /// - Parameters:
    ///   - descriptor: the file, open for reading.
    ///   - range: where the upload lies in it.
    ///   - options: as the caller wants them; afterwards as they hold.
    ///   - scratch: a folder for temporary files without a name.
    ///
    /// Throws what `ImportHead.read` and `prepare` throw.
    package static func read(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ options: inout ImportOptions,
        _ connection: Connection,
        scratch: String
    ) throws -> (head: ImportHead, use: ImportProfileUse?) {
        let target = options.target
        let choice = ImportProfileChoice(connection, target)
        let (wanted, mapping) = (options.table, options.mapping)
        let named = try choice.named(options.profile)
        func head(_ choices: TableChoices) throws(WebError) -> ImportHead {
            try ImportHead.read(descriptor, range, choices, target: target, scratch: scratch) { headers in
                try choice.knows(headers, [mapping] + (named.map { [$0.mapping] } ?? []))
            }
        }
        if let named { options.table = wanted.filled(from: named) }
        var found = try head(options.table)
        try requireOneList(found.format, options)
        var use = try prepare(found.headers, &options, connection)
        guard let profile = use?.profile else { return (found, use) }
        let choices = wanted.filled(from: profile)
        // One that was remembered by a header as it was found must show the same header.
        if choices != options.table, let again = try readable({ () throws(WebError) in try head(choices) }),
            again.headers == found.headers
        {
            found = again
            options.table = choices
        }
        if options.table == choices { use?.reading = wanted.names(from: profile) }
        return (found, use)
    }

    /// A JSON text with several lists says not which one holds the products.
    private static func requireOneList(_ format: TableFormat, _ options: ImportOptions) throws(WebError) {
        guard format.lists.count > 1, options.table.list == nil, options.unmapped == .refuse else { return }
        let names = format.lists.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        let more = format.lists.count > 5 ? " and \(format.lists.count - 5) more" : ""
        throw WebError(
            422,
            "several_lists",
            """
            The file has \(format.lists.count) lists of objects: \(names)\(more). Say with items which one holds the \
            products, as in items=\(format.lists[0]).
            """,
            members: [list("lists", format.lists)]
        )
    }

    /// Finds out which profile holds for the file and makes its mapping that of the options.
    ///
    /// Throws 422 `unknown_profile`, and the problems of defaults that their fields refuse.
    package static func prepare(
        _ headers: [String],
        _ options: inout ImportOptions,
        _ connection: Connection
    ) throws -> ImportProfileUse? {
        let problems = options.mapping.problems(try CurrencyStore(connection).currency(), in: options.target)
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let outcome = try ImportProfileChoice(connection, options.target)
            .resolve(headers, profile: options.profile, mapping: options.mapping)
        options.mapping = outcome.mapping
        if let use = outcome.use { options.take(use.profile) }
        if options.identify == .handle {
            options.mapping = VariantColumns.mapping(headers, beside: options.mapping)
        }
        return outcome.use
    }

    /// Nil for a file that is no table when it is read like that.
    private static func readable(_ read: () throws(WebError) -> ImportHead) throws(WebError) -> ImportHead? {
        do throws(WebError) {
            return try read()
        } catch {
            guard error.status == 415 || error.status == 422 else { throw error }
            return nil
        }
    }

    /// The columns of a header.
    /// - Parameter format: what the file is, where other sheets may have other headers.
    ///
    /// Throws 422 `no_sku_column`, `no_identity_column`, `duplicate_column` or `missing_column`.
    package static func columns(
        _ headers: [String],
        _ options: ImportOptions,
        in format: TableFormat = TableFormat()
    ) throws(WebError) -> ImportColumns {
        do {
            return try ImportColumns(
                headers: headers,
                mapping: options.mapping,
                identify: options.identify ?? .sku,
                target: options.target
            )
        } catch {
            throw refusal(error).naming(format)
        }
    }

    static func refusal(_ refusal: ImportColumns.Refusal) -> WebError {
        switch refusal {
        case .noKeyColumn(let field, let headers) where field == "sku":
            WebError(
                422,
                "no_sku_column",
                """
                No column is named sku. Name one so, say with mapping which column holds the SKU, or with identify \
                which other column identifies the products.
                """,
                members: [list("headers", headers)]
            )
        case .noKeyColumn(let field, let headers):
            WebError(
                422,
                "no_key_column",
                "No column is named \(field). Name one so, or say with mapping which column it is.",
                members: [list("headers", headers)]
            )
        case .ambiguousKey(let field, let columns, let headers):
            WebError(
                422,
                field == "sku" ? "no_sku_column" : "no_key_column",
                """
                The \(field == "sku" ? "SKU" : field) may stand in \(columns.joined(separator: " or ")). Say with \
                mapping which one it is.
                """,
                members: [list("headers", headers), list("columns", columns)]
            )
        case .duplicateColumn(let field, let columns):
            WebError(
                422,
                "duplicate_column",
                "\(columns.count) columns feed \(field): \(columns.joined(separator: ", ")). Keep one of them.",
                members: [list("columns", columns)]
            )
        case .missingColumn(let name, let headers):
            WebError(
                422,
                "missing_column",
                "mapping names the column '\(name)', which the file does not have.",
                members: [list("headers", headers)]
            )
        case .noIdentity(let wanted, let headers):
            WebError(
                422,
                "no_identity_column",
                "The products cannot be identified by '\(wanted)': identify takes \(ImportIdentity.rule) of the file.",
                members: [list("headers", headers)]
            )
        }
    }

    static func list(_ name: String, _ texts: [String]) -> JSON.Member {
        JSON.Member(name, .array(texts.map(JSON.string)))
    }
}
