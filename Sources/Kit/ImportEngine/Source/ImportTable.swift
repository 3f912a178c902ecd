import Glibc
package import Jobs
import Money
import Records
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
    /// What its bytes were when they were first read; nil where they are read once.
    private let blocks: TableBlocks?
    /// How many cells each record has; 0: as many as stand there.
    private var width = 0
    /// Whether the file stands in the data folder, where no other program writes to it.
    private let isOurs: Bool

    /// - Parameter isChecked: whether all readers shall find the same bytes.
    private init(
        _ file: consuming OwnedDescriptor,
        _ range: Range<Int64>,
        _ format: TableFormat,
        isChecked: Bool = false,
        isOurs: Bool = false
    ) {
        self.isOurs = isOurs
        self.file = file
        self.range = range
        self.format = format
        blocks = isChecked ? TableBlocks(length: range.upperBound - range.lowerBound) : nil
    }

    /// Open for reading as long as this is there.
    package var descriptor: Int32 { file.raw }

    /// Bytes of the table.
    package var byteCount: Int64 { range.upperBound - range.lowerBound }

    /// How the table is delimited.
    package var dialect: CSVDialect { format.readDialect }
    /// What stands between two cells, in formats in which people see it.
    var shownDelimiter: UInt8? { format.kind == .delimited ? dialect.delimiter : nil }

    /// Tells this content from any other; nil before all of it was read.
    var digest: String? { blocks?.digest }

    /// Reads what no reader has come to, and makes sure that the table is what an earlier attempt has read.
    /// - Parameters:
    ///   - digest: what it was then; nil for jobs of earlier versions.
    ///   - step: called every 256 KiB of what has to be read for it.
    ///
    /// Throws `TableError` of code `changed` and what the closure throws.
    func require(_ digest: String?, step: () throws -> Void) throws {
        guard let blocks else { return }
        try blocks.readAll(file.raw, from: range.lowerBound, step: step)
        guard digest == nil || blocks.digest == digest else { throw TableError(.changed, byteOffset: 0) }
    }

    /// Reads records from a place on; from the header when none is given.
    package func reader(from position: CSVPosition? = nil) -> CSVReader {
        CSVReader(
            descriptor: file.raw,
            range: range,
            dialect: format.readDialect,
            countsInnerLines: format.countsInnerLines,
            width: width,
            from: position ?? format.start,
            blocks: blocks
        )
    }

    /// Reads single records here and there. What stands in the data folder is read in small pieces for that; of a
    /// user's own file each piece is as long as what its digests are of.
    func lookup() -> CSVReader {
        CSVReader(
            descriptor: file.raw,
            range: range,
            dialect: format.readDialect,
            countsInnerLines: format.countsInnerLines,
            width: width,
            from: format.start,
            readSize: isOurs ? Self.lookupBytes : TableBlocks.blockBytes,
            blocks: isOurs ? nil : blocks
        )
    }

    private static let lookupBytes = 8 << 10

    /// Has cells that are missing at the ends of records filled up from now on, and empty ones too many left out.
    /// - Parameter rule: what holds for text. The converted rows of a sheet or of JSON end behind their last value, so
    /// that nothing is wrong with those that are shorter.
    func fit(to headers: [String], _ rule: ImportOptions.Ragged) {
        if rule == .fill || format.kind != .delimited { width = headers.count }
    }

    /// Which columns feed which fields; records have one cell for each from now on.
    ///
    /// Throws `JobError.failed` for an empty file and for a header that cannot be used.
    package func columns(_ options: ImportOptions) throws -> ImportColumns {
        var reader = reader()
        guard try reader.next() else { throw JobError.failed("The file is empty.") }
        do {
            let headers = CSVHeader(reader.record).names
            let columns = try ImportColumns(
                headers: headers,
                mapping: options.mapping,
                identify: options.identify ?? .sku,
                target: options.target
            )
            fit(to: headers, options.ragged)
            return columns
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
    /// Throws `JobError.failed` when the upload is gone or is no table, `TableError` of code `changed` when another
    /// file stands there, `.diskFull`, `.cancelled`, `.fenced`.
    package static func open(_ source: ImportJob.Source, _ run: JobRun) throws -> ImportTable {
        guard source.format.isConverted else {
            let upload = try open(source.path)
            try requireSame(upload.raw, source)
            return ImportTable(upload, source.range, source.format, isChecked: true, isOurs: source.isOurs)
        }
        // What was made of the file is ours, and stays what it was.
        let path = source.workingPath
        if !Files.exists(path) {
            let upload = try open(source.path)
            try requireSame(upload.raw, source)
            do {
                try convert(upload.raw, source, to: path, run)
            } catch let error as TableError where !error.isChange {
                throw error.fault.map { JobError.failed($0.description) } ?? failure(error)
            }
        }
        let table = try Files.open(path, O_RDONLY)
        return ImportTable(table, 0..<(Files.size(path) ?? 0), source.format, isChecked: true, isOurs: true)
    }

    /// Makes sure that the file may be the one that the job was asked for with.
    private static func requireSame(_ upload: Int32, _ source: ImportJob.Source) throws {
        guard let known = source.identity else { return }
        guard known.fits(try SourceIdentity(upload, source.range)) else { throw TableError(.changed, byteOffset: 0) }
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
    ///   - decimals: those of the shop's currency, which numbers of a workbook keep.
    ///
    /// Throws `TableError`, `SystemError`, and what `HeaderRow.place` throws.
    static func head(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        scratch: String,
        header: HeaderRow,
        rows: Int = 200,
        decimals: Int = 2
    ) throws -> ImportTable {
        let table = try opened(descriptor, range, format, scratch: scratch, rows: rows, decimals: decimals)
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
        rows: Int,
        decimals: Int
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
            records: Int64(rows + HeaderRow.searched),
            decimals: decimals
        )
        let length = Int64(lseek(file.raw, 0, SEEK_END))
        return ImportTable(file, 0..<length, format)
    }

    /// Opens the table of a job that has run: the upload, or what was converted of it.
    ///
    /// - Parameter job: knows what the table was; a file that was only touched is read once for it.
    ///
    /// Throws `SystemError` when it is gone (ENOENT) and when another file stands there (ESTALE).
    package static func existing(_ source: ImportJob.Source, of job: Job) throws(SystemError) -> ImportTable {
        guard source.format.isConverted else {
            let table = ImportTable(
                try Files.open(source.path, O_RDONLY),
                source.range,
                source.format,
                isChecked: true,
                isOurs: source.isOurs
            )
            try table.requireUnchanged(source, digest: job.checkpoint?["table"]?.stringValue)
            return table
        }
        let path = source.workingPath
        return ImportTable(try Files.open(path, O_RDONLY), 0..<(Files.size(path) ?? 0), source.format, isOurs: true)
    }

    private func requireUnchanged(_ source: ImportJob.Source, digest: String?) throws(SystemError) {
        guard let known = source.identity else { return }
        let present = try SourceIdentity(file.raw, source.range)
        do {
            guard present.fits(known) else { throw TableError(.changed, byteOffset: 0) }
            if present.modified != known.modified { try require(digest) {} }
        } catch {
            throw SystemError("read \(source.path) as it was", code: ESTALE)
        }
    }

    /// Whether it is there; `existing` tells whether it is still the same.
    package static func isKept(_ source: ImportJob.Source) -> Bool {
        Files.exists(source.format.isConverted ? source.workingPath : source.path)
    }

    private static func convert(
        _ upload: Int32,
        _ source: ImportJob.Source,
        to path: String,
        _ run: JobRun
    ) throws {
        try run.show { $0.stage = "counting" }
        // Without a name until it is whole: another worker that still believes to have the job is not met.
        let file = try FileReplacement(path)
        let before = try SourceIdentity(upload, source.range)
        try TableConverter.convert(
            upload,
            source.range,
            source.format,
            to: file.descriptor,
            scratch: run.scratch,
            isHeaderKnown: true,
            decimals: try CurrencyStore(run.connection).currency().exponent
        ) { records in
            if let free = Files.freeBytes(at: run.scratch), free < reserveBytes { throw JobError.diskFull }
            try run.show { $0.books.total = max($0.books.total, records - 1) }
        }
        guard try SourceIdentity(upload, source.range) == before else { throw TableError(.changed, byteOffset: 0) }
        try file.sync()
        run.failpoints.die(at: "before-table-rename")
        try file.place()
        run.failpoints.die(at: "after-table-rename")
    }

    /// Free space below which a job waits rather than fills the disk.
    private static let reserveBytes: Int64 = 16 << 20

    /// A read that the machine refused is an error of the machine, as everywhere.
    private static func failure(_ error: TableError) -> any Error { error.cause ?? error }
}
