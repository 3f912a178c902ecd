import Records
import Support
package import Tables
package import Web

/// What is looked at before an import is accepted: what the file is, and its header.
package struct ImportHead: Sendable, Equatable {
    package let format: TableFormat
    /// The names of the columns as the header has them, without White_Space at the ends.
    package let headers: [String]

    /// Finds out what the file is and reads its header, without converting all of it.
    /// - Parameters:
    ///   - range: where the upload lies in the file.
    ///   - scratch: a folder for temporary files without a name.
    ///   - isKnown: whether some profile or mapping was made for these columns.
    ///
    /// Throws 415 `not_a_table`, 422 `empty_file` and the codes of ``TableFault``.
    package static func read(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ choices: TableChoices,
        target: ImportTarget,
        scratch: String,
        isKnown: @escaping ([String]) throws -> Bool = { _ in false }
    ) throws(WebError) -> ImportHead {
        guard !range.isEmpty else { throw WebError(422, "empty_file", "The file is empty.") }
        do {
            let format = try TableSniffer.sniff(
                descriptor,
                range,
                choices: choices,
                isRecord: target.synonyms.nameRecord
            )
            let header = HeaderRow(target: target, line: choices.headerLine, isKnown: isKnown)
            let table = try ImportTable.head(descriptor, range, format, scratch: scratch, header: header)
            var reader = table.reader()
            guard try reader.next() else { throw empty(table.format, isChosen: choices.sheet != nil) }
            guard reader.record.problems.isEmpty else {
                throw WebError(415, "not_a_table", "The line with the names of the columns cannot be read.")
            }
            return ImportHead(format: table.format, headers: CSVHeader(reader.record).names)
        } catch {
            throw refusal(error)
        }
    }

    /// What a table without a record is answered with.
    private static func empty(_ format: TableFormat, isChosen: Bool) -> WebError {
        guard format.sheets.count > 1, let sheet = format.sheet else {
            return WebError(422, "empty_file", "The file is empty.")
        }
        let error = WebError(422, "empty_file", "The sheet '\(sheet)' is empty.")
        return isChosen ? error : error.naming(format)
    }

    /// The answer to a file that cannot be read.
    package static func refusal(_ error: any Error) -> WebError {
        switch error {
        case let error as WebError: return error
        case let error as TableError:
            guard let fault = error.fault else { break }
            return WebError(fault.code == "not_a_table" ? 415 : 422, fault.code, fault.description)
        default: break
        }
        let cause = (error as? TableError)?.cause ?? error
        if let cause = cause as? SystemError, cause.isDiskFull { return .diskFull(cause: "\(error)") }
        return WebError(500, nil, "The file could not be read.", cause: "\(error)")
    }
}

extension WebError {
    /// The same, with the sheets of the workbook: where the one that is read first is not the right one, the option
    /// `sheet` names another.
    package func naming(_ format: TableFormat) -> WebError {
        guard format.sheets.count > 1, let sheet = format.sheet else { return self }
        let others = format.sheets.filter { $0 != sheet }
        let names = others.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        let more = others.count > 5 ? " and \(others.count - 5) more" : ""
        return WebError(
            status,
            code,
            """
            \(detail) The workbook has other sheets than '\(sheet)', which was read: \(names)\(more). Say with sheet \
            which one is meant.
            """,
            members: members + [JSON.Member("sheets", .array(format.sheets.map(JSON.string)))]
        )
    }
}
