import Glibc
import Support
import Tables
import Web

/// The first records of an upload, opened for reading as often as wanted.
final class ImportSampleTable {
    /// What the file is, by itself and by what was chosen.
    let format: TableFormat
    let headers: [String]
    /// The records as text, for people: cells cut at 80 characters.
    let samples: [[String]]
    private let table: ImportTable

    /// The first lines of the file, by number, from which the header may be chosen; none for JSON.
    let firstLines: [(line: Int64, text: String)]

    /// - Parameters:
    ///   - choices: how the file is to be read, where that is not to be found out.
    ///   - isKnown: whether some profile or mapping was made for these columns.
    ///
    /// Throws 409 `file_gone`, and what `ImportHead.read` throws.
    init(
        _ source: ProductImport.Source,
        _ choices: TableChoices,
        scratch: String,
        isKnown: @escaping ([String]) throws -> Bool = { _ in false }
    ) throws(WebError) {
        let file: OwnedDescriptor
        do {
            file = try Files.open(source.path, O_RDONLY)
        } catch {
            throw WebError(409, "file_gone", "The uploaded file is gone. Upload it again.", cause: "\(error)")
        }
        do {
            let found = try TableSniffer.sniff(file.raw, source.range, choices: choices)
            let header = HeaderRow(line: choices.headerLine, isKnown: isKnown)
            table = try ImportTable.head(
                file.raw,
                source.range,
                found,
                scratch: scratch,
                header: header,
                rows: ImportTrial.rows
            )
            format = table.format
            firstLines = try Self.firstLines(table)
            var reader = table.reader()
            guard try reader.next() else { throw WebError(422, "empty_file", "The file is empty.") }
            headers = CSVHeader(reader.record).names
            var samples: [[String]] = []
            while samples.count < ImportTrial.rows, try reader.next() {
                let record = reader.record
                samples.append((0..<record.count).map { String(record.text($0).prefix(80)) })
            }
            self.samples = samples
        } catch {
            throw ImportHead.refusal(error)
        }
    }

    private static func firstLines(_ table: ImportTable) throws -> [(line: Int64, text: String)] {
        guard table.format.hasHeaderLine else { return [] }
        var reader = table.reader(from: CSVPosition(byteOffset: 0, line: 1, row: 0))
        var lines: [(line: Int64, text: String)] = []
        while lines.count < HeaderRow.searched, try reader.next() {
            let record = reader.record
            guard record.position.line <= TableChoices.headerRows.upperBound else { break }
            let cells = (0..<min(record.count, 12)).map { record.text($0).trimmed }.filter { !$0.isEmpty }
            lines.append((record.position.line, String(cells.joined(separator: ", ").prefix(50))))
        }
        return lines
    }

    /// A reader behind the header.
    func reader() throws -> CSVReader {
        var reader = table.reader()
        _ = try reader.next()
        return reader
    }

    /// The first values of a column that are not blank, each once.
    func values(of column: Int, limit: Int = 3) -> [String] {
        var values: [String] = []
        for record in samples where column < record.count && values.count < limit {
            let value = record[column].trimmed
            if !value.isEmpty, !values.contains(value) { values.append(value) }
        }
        return values
    }
}
