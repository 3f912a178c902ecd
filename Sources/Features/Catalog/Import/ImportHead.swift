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
        scratch: String,
        isKnown: @escaping ([String]) throws -> Bool = { _ in false }
    ) throws(WebError) -> ImportHead {
        guard !range.isEmpty else { throw WebError(422, "empty_file", "The file is empty.") }
        do {
            let format = try TableSniffer.sniff(descriptor, range, choices: choices)
            let header = HeaderRow(line: choices.headerLine, isKnown: isKnown)
            let table = try ImportTable.head(descriptor, range, format, scratch: scratch, header: header)
            var reader = table.reader()
            guard try reader.next() else { throw WebError(422, "empty_file", "The file is empty.") }
            guard reader.record.problems.isEmpty else {
                throw WebError(415, "not_a_table", "The line with the names of the columns cannot be read.")
            }
            return ImportHead(format: table.format, headers: CSVHeader(reader.record).names)
        } catch {
            throw refusal(error)
        }
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
        return WebError(500, nil, "The file could not be read.", cause: "\(error)")
    }
}
