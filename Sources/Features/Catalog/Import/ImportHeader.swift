package import Database
import Support
import Tables
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
        let choice = ImportProfileChoice(connection)
        let (wanted, mapping) = (options.table, options.mapping)
        let named = try choice.named(options.profile)
        func head(_ choices: TableChoices) throws(WebError) -> ImportHead {
            try ImportHead.read(descriptor, range, choices, scratch: scratch) { headers in
                try choice.knows(headers, [mapping] + (named.map { [$0.mapping] } ?? []))
            }
        }
        if let named { options.table = wanted.filled(from: named) }
        var found = try head(options.table)
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

    /// Finds out which profile holds for the file and makes its mapping that of the options.
    ///
    /// Throws 422 `unknown_profile`, and the problems of defaults that their fields refuse.
    package static func prepare(
        _ headers: [String],
        _ options: inout ImportOptions,
        _ connection: Connection
    ) throws -> ImportProfileUse? {
        let problems = options.mapping.problems(try ProductStore(connection).currency())
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let outcome = try ImportProfileChoice(connection)
            .resolve(headers, profile: options.profile, mapping: options.mapping)
        options.mapping = outcome.mapping
        if let use = outcome.use { options.take(use.profile) }
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
    ///
    /// Throws 422 `no_sku_column`, `duplicate_column` or `missing_column`.
    package static func columns(
        _ headers: [String],
        _ mapping: ImportMapping
    ) throws(WebError) -> ImportColumns {
        do {
            return try ImportColumns(headers: headers, mapping: mapping)
        } catch {
            throw refusal(error)
        }
    }

    static func refusal(_ refusal: ImportColumns.Refusal) -> WebError {
        switch refusal {
        case .noSKUColumn(let headers):
            WebError(
                422,
                "no_sku_column",
                "No column is named sku. Name one so, or say with mapping which column holds the SKU.",
                members: [list("headers", headers)]
            )
        case .ambiguousSKU(let columns, let headers):
            WebError(
                422,
                "no_sku_column",
                "The SKU may stand in \(columns.joined(separator: " or ")). Say with mapping which one it is.",
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
        }
    }

    private static func list(_ name: String, _ texts: [String]) -> JSON.Member {
        JSON.Member(name, .array(texts.map(JSON.string)))
    }
}
