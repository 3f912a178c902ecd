import Glibc
import Money
import Support
package import Tables
package import Web

/// The first records of an upload, opened for reading as often as wanted.
package final class ImportSampleTable {
    /// What the file is, by itself and by what was chosen.
    package let format: TableFormat
    package let headers: [String]
    /// The records as text, for people: cells cut at 80 characters.
    package let samples: [[String]]
    private let table: ImportTable
    private let source: ImportJob.Source

    /// The first lines of the file, by number, from which the header may be chosen; none for JSON.
    package let firstLines: [(line: Int64, text: String)]

    /// - Parameters:
    ///   - choices: how the file is to be read, where that is not to be found out.
    ///   - decimals: those of the shop's currency.
    ///   - isKnown: whether some profile or mapping was made for these columns.
    ///
    /// Throws 409 `file_gone`, and what `ImportHead.read` throws.
    package init(
        _ source: ImportJob.Source,
        _ choices: TableChoices,
        target: ImportTarget,
        scratch: String,
        decimals: Int,
        isKnown: @escaping ([String]) throws -> Bool = { _ in false }
    ) throws(WebError) {
        self.source = source
        let file: OwnedDescriptor
        do {
            file = try Files.open(source.path, O_RDONLY)
        } catch {
            throw WebError(409, "file_gone", "The uploaded file is gone. Upload it again.", cause: "\(error)")
        }
        do {
            let found = try TableSniffer.sniff(
                file.raw,
                source.range,
                choices: choices,
                isRecord: target.synonyms.nameRecord
            )
            let header = HeaderRow(target: target, line: choices.headerLine, isKnown: isKnown)
            table = try ImportTable.head(
                file.raw,
                source.range,
                found,
                scratch: scratch,
                header: header,
                rows: ImportTrial.convertedRows,
                decimals: decimals
            )
            format = table.format
            firstLines = try Self.firstLines(table)
            var reader = table.reader()
            guard try reader.next() else { throw WebError(422, "empty_file", "The file is empty.") }
            headers = CSVHeader(reader.record).names
            var samples: [[String]] = []
            while samples.count < ImportTrial.rows, try reader.next() {
                let record = reader.record
                samples.append((0..<record.count).map { String(record.text($0).prefix(StoredSamples.length)) })
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

    /// A few texts of the upload as they would be in each encoding.
    package func samples(in encodings: [TextEncoding]) throws(WebError) -> [EncodingSample] {
        do {
            let file = try Files.open(source.path, O_RDONLY)
            return try EncodingSample.read(file.raw, source.range, format, in: encodings)
        } catch {
            throw ImportHead.refusal(error)
        }
    }

    /// What a choice makes of the first records where SKUs are made.
    package func identity(_ options: ImportOptions, _ use: ImportProfileUse?, scratch: String) throws(WebError)
        -> IdentityProposal?
    {
        let file: OwnedDescriptor
        do {
            file = try Files.open(source.path, O_RDONLY)
        } catch {
            throw ImportHead.refusal(error)
        }
        let head = ImportHead(format: format, headers: headers)
        return try IdentityProposal.find(file.raw, source.range, head, options, use, scratch: scratch)
    }

    /// A reader behind the header.
    /// - Parameter rule: what becomes of records with other numbers of cells than the header.
    package func reader(_ rule: ImportOptions.Ragged) throws -> CSVReader {
        table.fit(to: headers, rule)
        var reader = table.reader()
        _ = try reader.next()
        return reader
    }

    /// All values of a column in the first records, without blanks at their ends.
    package func all(of column: Int) -> [String] { samples.map { column < $0.count ? $0[column].trimmed : "" } }

    /// Whether these were all records of the file, when the reader has come to its end.
    package func isWhole(after records: Int) -> Bool { table.isWhole(after: records) }

    /// The first values of a column that are not blank, each once.
    package func values(of column: Int, limit: Int = StoredSamples.values) -> [String] {
        var values: [String] = []
        for record in samples where column < record.count && values.count < limit {
            let value = record[column].trimmed
            if !value.isEmpty, !values.contains(value) { values.append(value) }
        }
        return values
    }
}

extension ImportTable {
    /// Whether the end of the table, after this number of records, is that of the file: of one that is converted only
    /// the first records may have been, or the first bytes.
    func isWhole(after records: Int) -> Bool {
        guard format.isConverted else { return true }
        let mayBeCut = format.kind == .delimited && byteCount >= TableConverter.headBytes
        return !mayBeCut && records < ImportTrial.convertedRows
    }
}
