import Glibc
package import Jobs
package import Support
package import Tables
import Web

/// The table of an import, open for reading: the upload itself when it is plain text in UTF-8, else the working table
/// that was made of it. Every reader of an import's records is made here.
package final class ImportTable {
    private let file: OwnedDescriptor
    /// Where the table lies in its file.
    package let range: Range<Int64>
    /// What the upload was found, or said, to be.
    package private(set) var format: TableFormat

    private init(_ file: consuming OwnedDescriptor, _ range: Range<Int64>, _ format: TableFormat) {
        self.file = file
        self.range = range
        self.format = format
    }

    /// Open for reading as long as this is there.
    package var descriptor: Int32 { file.raw }

    /// Bytes of the table.
    package var byteCount: Int64 { range.upperBound - range.lowerBound }

    /// How the table is delimited.
    package var dialect: CSVDialect { format.readDialect }

    /// Reads records from a place on; from the header when none is given.
    package func reader(from position: CSVPosition? = nil) -> CSVReader {
        CSVReader(
            descriptor: file.raw,
            range: range,
            dialect: format.readDialect,
            countsInnerLines: format.countsInnerLines,
            from: position ?? format.start
        )
    }

    /// Which columns feed which fields.
    ///
    /// Throws `JobError.failed` for an empty file and for a header that cannot be used.
    func columns(_ options: ImportOptions) throws -> ImportColumns {
        var reader = reader()
        guard try reader.next() else { throw JobError.failed("The file is empty.") }
        do {
            return try ImportColumns(headers: CSVHeader(reader.record).names, mapping: options.mapping)
        } catch {
            throw JobError.failed(ImportHeader.refusal(error).detail)
        }
    }

    // MARK: For the worker

    /// Opens the table of a job; converts the upload first when that is needed and was not done yet.
    ///
    /// The conversion writes beside its target, syncs and renames, so that a table that is there is whole, and an
    /// attempt that dies leaves nothing that the next one would take for one.
    ///
    /// Throws `JobError.failed` when the upload is gone or is no table, `.diskFull`, `.cancelled`, `.fenced`.
    package static func open(_ source: ProductImport.Source, _ run: JobRun) throws -> ImportTable {
        let upload = try open(source.path)
        guard source.format.isConverted else { return ImportTable(upload, source.range, source.format) }
        let path = workingPath(of: source)
        if !Files.exists(path) {
            do {
                try convert(upload.raw, source, to: path, run)
            } catch let error as TableError {
                throw error.fault.map { JobError.failed($0.description) } ?? failure(error)
            }
        }
        let table = try Files.open(path, O_RDONLY)
        return ImportTable(table, 0..<(Files.size(path) ?? 0), source.format)
    }

    /// A file that is not there will not come back; one that cannot be opened may be fine in a moment.
    private static func open(_ path: String) throws -> OwnedDescriptor {
        do {
            return try Files.open(path, O_RDONLY)
        } catch  where error.code == ENOENT {
            throw JobError.failed("The uploaded file is gone. Upload it again.")
        }
    }

    /// The first records of a file, without converting all of it; of JSON so many objects give the columns.
    /// - Parameters:
    ///   - descriptor: the upload, open for reading; it stays the caller's.
    ///   - range: where the upload lies in the file.
    ///   - scratch: a folder for temporary files without a name.
    ///   - header: finds the header; the table's format says where it stands.
    ///   - rows: how many records are wanted behind the header; there may be more.
    ///
    /// Throws `TableError`, `SystemError`, and what `HeaderRow.place` throws.
    static func head(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        scratch: String,
        header: HeaderRow,
        rows: Int = 200
    ) throws -> ImportTable {
        let table = try opened(descriptor, range, format, scratch: scratch, rows: rows)
        if format.hasHeaderLine, let place = try header.place(in: table), place.line != format.start.line {
            table.format.preambleBytes = place.byteOffset
            table.format.headerLine = place.line
        }
        return table
    }

    private static func opened(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        scratch: String,
        rows: Int
    ) throws -> ImportTable {
        guard format.isConverted else {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { throw SystemError("open the upload again") }
            return ImportTable(OwnedDescriptor(copy), range, format)
        }
        let file = try Files.temporary(in: scratch)
        try TableConverter.convert(
            descriptor,
            range,
            format,
            to: file.raw,
            scratch: scratch,
            records: Int64(rows + HeaderRow.searched)
        )
        let length = Int64(lseek(file.raw, 0, SEEK_END))
        return ImportTable(file, 0..<length, format)
    }

    /// Opens the table of a job that has run: the upload, or what was converted of it.
    ///
    /// Throws `SystemError` when it is gone.
    package static func existing(_ source: ProductImport.Source) throws(SystemError) -> ImportTable {
        guard source.format.isConverted else {
            return ImportTable(try Files.open(source.path, O_RDONLY), source.range, source.format)
        }
        let path = workingPath(of: source)
        return ImportTable(try Files.open(path, O_RDONLY), 0..<(Files.size(path) ?? 0), source.format)
    }

    /// Whether `existing` can open it.
    package static func isKept(_ source: ProductImport.Source) -> Bool {
        Files.exists(source.format.isConverted ? workingPath(of: source) : source.path)
    }

    /// What is made of a file because of its format, and goes with its job.
    package static func workingPath(of source: ProductImport.Source) -> String { "\(source.companion).table" }

    private static func convert(
        _ upload: Int32,
        _ source: ProductImport.Source,
        to path: String,
        _ run: JobRun
    ) throws {
        try run.show { $0.stage = "counting" }
        removeLeftovers(of: path)
        // The attempt is part of the name: another worker that still believes to have the job writes elsewhere.
        let temporary = "\(path).\(run.job.attempt).new"
        let file = try Files.open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
        do {
            try TableConverter.convert(
                upload,
                source.range,
                source.format,
                to: file.raw,
                scratch: run.scratch
            ) { records in
                if let free = Files.freeBytes(at: run.scratch), free < reserveBytes { throw JobError.diskFull }
                try run.show { $0.books.total = max($0.books.total, records - 1) }
            }
            guard fsync(file.raw) == 0 else { throw SystemError("sync \(temporary)") }
            run.failpoints.die(at: "before-table-rename")
            try Files.rename(temporary, to: path)
            run.failpoints.die(at: "after-table-rename")
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func removeLeftovers(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = String(path[..<slash])
        let name = String(path[path.index(after: slash)...])
        for other in Files.names(in: folder) where other.hasPrefix("\(name).") && other.hasSuffix(".new") {
            unlink("\(folder)/\(other)")
        }
    }

    /// Free space below which a job waits rather than fills the disk.
    private static let reserveBytes: Int64 = 16 << 20

    /// A read that the machine refused is an error of the machine, as everywhere.
    private static func failure(_ error: TableError) -> any Error { error.cause ?? error }
}
