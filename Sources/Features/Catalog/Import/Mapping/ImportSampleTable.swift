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

    /// - Parameter choices: how the file is to be read, where that is not to be found out.
    ///
    /// Throws 409 `file_gone`, and what `ImportHead.read` throws.
    init(_ source: ProductImport.Source, _ choices: TableChoices, scratch: String) throws(WebError) {
        let file: OwnedDescriptor
        do {
            file = try Files.open(source.path, O_RDONLY)
        } catch {
            throw WebError(409, "file_gone", "The uploaded file is gone. Upload it again.", cause: "\(error)")
        }
        do {
            format = try TableSniffer.sniff(file.raw, source.range, choices: choices)
            table = try ImportTable.head(file.raw, source.range, format, scratch: scratch, rows: ImportTrial.rows)
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
