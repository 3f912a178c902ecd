import Glibc
import Support

/// Where a conversion writes: a plain table in UTF-8, through a buffer. Records of a sheet or of JSON stand in the line
/// that is their row's number there; lines without a record are blank.
final class TableSink {
    private let descriptor: Int32
    private let limits: TableLimits
    /// Records that are wanted, the header included.
    let wantedRecords: Int64
    private let progress: (Int64) throws -> Void
    private var writer = CSVWriter(lineEnd: .lf)
    private var raw: [UInt8] = []
    private let firstLine: Int64
    private var nextLine: Int64
    private var written: Int64 = 0
    private var unreported: Int64 = 0
    /// Records so far, the header among them.
    private(set) var records: Int64 = 0

    private static let bufferBytes = 256 << 10
    /// Bytes read between two reports of progress.
    private static let reportBytes: Int64 = 1 << 20

    /// - Parameters:
    ///   - descriptor: an empty file, open for writing.
    ///   - firstLine: the line of the first record.
    ///   - records: how many are wanted, the header included; nil: all.
    ///   - progress: called with the number of records at least once for each MiB that is read; what it throws ends
    /// the conversion.
    init(
        _ descriptor: Int32,
        firstLine: Int64,
        limits: TableLimits,
        records: Int64?,
        progress: @escaping (Int64) throws -> Void
    ) {
        self.descriptor = descriptor
        self.limits = limits
        self.progress = progress
        wantedRecords = records ?? .max
        self.firstLine = firstLine
        nextLine = firstLine
    }

    /// As many records were written as are wanted.
    var isFull: Bool { records >= wantedRecords }

    /// Notes that so many bytes of the source were read.
    func noteRead(_ count: Int) throws {
        unreported += Int64(count)
        guard unreported >= Self.reportBytes else { return }
        unreported = 0
        try progress(records)
    }

    /// Text that is a table already.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        raw += bytes
        if raw.count >= Self.bufferBytes { try flush() }
    }

    /// Goes to the line in which the next record stands.
    /// - Parameter line: at least one more than that of the record before.
    func begin(line: Int64) throws {
        while nextLine < line {
            let count = Int(min(line - nextLine, Int64(Self.bufferBytes)))
            raw += writer.take()
            raw += [UInt8](repeating: lineFeed, count: count)
            nextLine += Int64(count)
            try flush()
        }
    }

    /// - Parameter isNumber: whether the source says that it is a number whose point is one, see
    /// ``TableFormat/marksNumbers``.
    func cell(_ bytes: UnsafeBufferPointer<UInt8>, isNumber: Bool = false) {
        writer.append(bytes, isQuoted: isNumber)
    }

    func endRecord() throws {
        writer.endRecord()
        nextLine += 1
        records += 1
        if writer.bytes.count >= Self.bufferBytes { try flush() }
    }

    /// Begins once more, as if nothing had been written.
    func restart() throws {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw SystemError("write the converted table again")
        }
        _ = writer.take()
        raw.removeAll(keepingCapacity: true)
        nextLine = firstLine
        written = 0
        records = 0
    }

    /// To be called once, at the end.
    func finish() throws {
        try flush()
        try progress(records)
    }

    private func flush() throws {
        raw += writer.take()
        written += Int64(raw.count)
        guard written <= limits.bytes else {
            throw TableError.refused(.limit(.bytes, "\(limits.bytes >> 20) MiB"))
        }
        try Files.writeAll(raw, to: descriptor, "the converted table")
        raw.removeAll(keepingCapacity: true)
    }
}
