package import Database
import Support
package import Web

/// What a header says: which profile holds for the file, and which columns it has.
package enum ImportHeader {
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
