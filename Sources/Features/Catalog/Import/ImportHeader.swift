package import Database
import Support
import Tables
package import Web

/// What is looked at before an import is accepted: whether the file is a table and which columns it has.
package enum ImportHeader {
    /// Reads the header record.
    ///
    /// Throws 415 `not_a_table`, 422 `empty_file`.
    package static func names(_ descriptor: Int32, _ range: Range<Int64>) throws(WebError) -> [String] {
        if let kind = TableSignature.binaryKind(descriptor, range) {
            throw WebError(
                415,
                "not_a_table",
                "This file is \(kind), not a table. Save it as CSV in UTF-8 and upload that."
            )
        }
        var reader = CSVReader(descriptor: descriptor, range: range)
        do {
            guard try reader.next() else { throw WebError(422, "empty_file", "The file is empty.") }
            guard reader.record.problems.isEmpty else {
                throw WebError(415, "not_a_table", "The first line of the file is not a readable CSV header.")
            }
            return CSVHeader(reader.record).names
        } catch let error as WebError {
            throw error
        } catch {
            throw WebError(500, nil, "The file could not be read.", cause: "\(error)")
        }
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

    private static func refusal(_ refusal: ImportColumns.Refusal) -> WebError {
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
