/// Turns a file of any known format into a plain table in UTF-8 (see ``TableFormat/readDialect``), in memory that does
/// not grow with the file.
///
/// - Compressed text and other encodings keep their delimiter and every line.
/// - A row of a sheet stands in the line of its number, a JSON object in the line where it begins (or the next free
///   one, when several begin in one line), so that what is said of a line of the converted table holds for the source.
public enum TableConverter {
    /// Bytes of text that are enough for the first records of it.
    public static let headBytes: Int64 = 4 << 20

    /// - Parameters:
    ///   - descriptor: the upload, open for reading; the table lies in `range`.
    ///   - target: an empty file, open for writing.
    ///   - scratch: a folder for temporary files, which have no name.
    ///   - records: how many records are wanted, the header included; nil: all. Text may give more.
    ///   - isHeaderKnown: whether the format says where the header stands, and not only from where it is looked for.
    ///   - decimals: numbers of a workbook are given as they are shown, but not rounded to fewer decimals than these.
    ///   - progress: called with the number of records, at least once for each MiB read; what it throws is thrown.
    ///
    /// Throws a `TableError` when the file cannot be read as the format says, a `SystemError` when writing fails.
    public static func convert(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        to target: Int32,
        scratch: String,
        limits: TableLimits = .standard,
        records: Int64? = nil,
        isHeaderKnown: Bool = false,
        decimals: Int = 2,
        progress: @escaping (Int64) throws -> Void = { _ in }
    ) throws {
        let sink = TableSink(
            target,
            // Where the header stands is another matter: what is above it is converted too, and keeps its lines.
            firstLine: format.hasHeaderLine ? 1 : format.start.line,
            limits: limits,
            records: records,
            progress: progress
        )
        switch format.kind {
        case .delimited: try copy(descriptor, range, format, sink, limits, atMost: records == nil ? nil : headBytes)
        case .xlsx:
            let directory = try ZipDirectory(descriptor, range, limits: limits)
            let workbook = try Workbook(directory, limits: limits)
            let header = isHeaderKnown ? format.headerLine : nil
            try workbook.convert(sheet: format.sheet, to: sink, scratch: scratch, header: header, decimals: decimals)
        case .ndjson, .json:
            try JSONTable.convert(format, to: sink, limits: limits) { () throws(TableError) in
                try TableContent.text(descriptor, range, format, limits: limits)
            }
        }
        try sink.finish()
    }

    private static func copy(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        _ format: TableFormat,
        _ sink: TableSink,
        _ limits: TableLimits,
        atMost limit: Int64?
    ) throws {
        let source = try TableContent.text(descriptor, range, format, limits: limits)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var copied: Int64 = 0
        while copied < limit ?? .max {
            let count = try source.read(into: buffer)
            if count == 0 { break }
            try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            try sink.noteRead(count)
            copied += Int64(count)
        }
    }
}
