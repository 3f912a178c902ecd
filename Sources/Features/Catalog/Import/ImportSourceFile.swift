import Glibc
import Jobs
import Support
import Tables

/// The table of an import, open for reading. Every reader of an import's records is made here.
final class ImportSourceFile {
    private let source: ProductImport.Source
    private let file: OwnedDescriptor

    /// Throws `JobError.failed` when the upload is gone.
    init(_ source: ProductImport.Source) throws {
        self.source = source
        do {
            file = try Files.open(source.path, O_RDONLY)
        } catch {
            throw JobError.failed("The uploaded file is gone (\(error)). Upload it again.")
        }
    }

    /// Bytes of the table.
    var byteCount: Int64 { source.range.upperBound - source.range.lowerBound }

    /// Reads records from a place on.
    func reader(from position: CSVPosition = .start) -> CSVReader {
        CSVReader(descriptor: file.raw, range: source.range, from: position)
    }

    /// Which columns feed which fields.
    ///
    /// Throws `JobError.failed` for an empty file, and `ImportColumns.Refusal`.
    func columns(_ options: ImportOptions) throws -> ImportColumns {
        var reader = reader()
        guard try reader.next() else { throw JobError.failed("The file is empty.") }
        return try ImportColumns(headers: CSVHeader(reader.record).names, mapping: options.mapping)
    }
}
