/// Reads a delimited file record by record in fixed memory, as RFC 4180 has it and as real files need it:
///
/// - LF, CRLF and a lone CR end a record outside quotes; the last record may go without.
/// - A line with no byte in it is no record, and neither is one of nothing but delimiters and white space, as
///   spreadsheets leave them behind. They count as lines, not as rows.
/// - A quote opens a quoted cell only as the cell's first byte; elsewhere it is text.
/// - UTF-8 byte order marks before the first record are skipped, however many. NUL is a byte like any other.
/// - A record over the limit, one with text behind a closing quote and one whose quote is never closed are delivered
///   with their `problems`, and reading goes on behind them.
/// - Where the table's width is given, cells missing at the end of a record are empty, and empty ones too many are left
///   out. A record with something in a cell too many keeps its number of cells.
///
/// Two readers of the same bytes give the same records whatever the read size and wherever one was resumed.
public struct CSVReader: ~Copyable {
    /// Bytes that a record may have without its line end: 1 MiB.
    public static let recordLimit = 1 << 20

    /// Where the next record is looked for and which row it will be: the place to resume from.
    public private(set) var position: CSVPosition

    private let dialect: CSVDialect
    private let countsInnerLines: Bool
    private let recordLimit: Int
    private let width: Int
    private var window: CSVWindow
    private var scanner: CSVScanner
    private var unescape = CSVUnescape()
    private var recordPosition: CSVPosition
    private var recordStart = 0
    private var recordLength: Int64 = 0
    private var problems: CSVProblems = []
    private var writtenCount = 0

    /// - Parameters:
    ///   - descriptor: an open regular file. It stays the caller's, must outlive the reader, and its position is not
    /// used.
    ///   - range: where the table lies in the file, in bytes.
    ///   - countsInnerLines: whether line breaks in quoted cells count as lines. Not in a table that was converted from
    /// another format: there each line stands for one row of the source.
    ///   - width: how many cells each record has; 0: as many as stand there.
    ///   - position: where to begin; a `position` that an earlier reader of the same range had.
    ///   - recordLimit: bytes that a record may have without its line end, at most 1 GiB.
    ///   - readSize: bytes asked from the kernel at a time.
    ///   - blocks: what other readers of the same range have found there; nil where it does not matter.
    public init(
        descriptor: Int32,
        range: Range<Int64>,
        dialect: CSVDialect = .rfc4180,
        countsInnerLines: Bool = true,
        width: Int = 0,
        from position: CSVPosition = .start,
        recordLimit: Int = CSVReader.recordLimit,
        readSize: Int = 256 << 10,
        blocks: TableBlocks? = nil
    ) {
        self.dialect = dialect
        self.countsInnerLines = countsInnerLines
        self.position = position
        self.width = width
        self.recordLimit = min(max(1, recordLimit), 1 << 30)
        recordPosition = position
        window = CSVWindow(
            descriptor: descriptor,
            range: range,
            offset: position.byteOffset,
            readSize: readSize,
            blocks: blocks
        )
        scanner = CSVScanner(dialect)
    }

    /// The record that `next()` came to: valid until the next call.
    public var record: CSVRecord {
        CSVRecord(
            position: recordPosition,
            byteLength: recordLength,
            problems: problems,
            faultyCell: problems.contains(.recordTooLong) ? nil : scanner.faultyCell,
            count: problems.contains(.recordTooLong) ? 0 : scanner.count,
            writtenCount: problems.contains(.recordTooLong) ? 0 : writtenCount,
            bytes: window.bytes + recordStart,
            unescaped: unescape.bytes,
            cells: scanner.cells
        )
    }

    /// Goes to the next record.
    /// - Returns: false at the end of the table.
    public mutating func next() throws(TableError) -> Bool {
        if position.byteOffset == 0 { try skipByteOrderMarks() }
        while true {
            guard try skipBlankLines() else { return false }
            try readRecord()
            guard mayBeBlank, isBlank else { break }
            position.row &-= 1
        }
        writtenCount = scanner.count
        if writtenCount != width { fit() }
        return true
    }

    private mutating func readRecord() throws(TableError) {
        recordPosition = position
        while true {
            let bytes = window.bytes + window.start
            if scanner.scan(bytes, limit: window.available, isLast: window.isLast) { break }
            // One byte more than the limit may still be a carriage return that ends the record.
            if window.available > recordLimit &+ 1 {
                return try skipRecord()
            }
            try window.fill()
        }
        takeRecord()
    }

    /// Whether a record begins like one of nothing but delimiters and white space: nearly none does, so that the cells
    /// of the others are not looked at.
    private var mayBeBlank: Bool {
        guard problems.isEmpty else { return false }
        let first = window.bytes[recordStart]
        return first <= 0x20 || first >= 0x80 || first == dialect.delimiter || first == dialect.quote
    }

    private var isBlank: Bool { isBlank(from: 0) }

    /// Whether the cells from one on hold nothing but white space.
    private func isBlank(from first: Int) -> Bool {
        let record = record
        return (first..<scanner.count).allSatisfy { WhiteSpace.isAll(record.cell($0)) }
    }

    private mutating func fit() {
        guard width > 0, problems.isEmpty, scanner.count < width || isBlank(from: width) else { return }
        scanner.fit(to: width)
    }

    /// Reads on over at most so many records.
    /// - Returns: how many there were; fewer than asked at the end of the table.
    public mutating func count(atMost limit: Int64 = .max) throws(TableError) -> Int64 {
        let first = position.row
        while position.row &- first < limit, try next() {}
        return position.row &- first
    }

    /// Goes to a place between two records: one that a reader of the same table had, or that a record of it has. The
    /// next `next()` reads what stands there. Costs nothing when the place is among the bytes in memory, which it is
    /// for a short way forward.
    public mutating func seek(to position: CSVPosition) {
        window.move(to: position.byteOffset)
        self.position = position
    }

    private mutating func takeRecord() {
        problems = scanner.problems
        recordStart = window.start
        recordLength = Int64(scanner.length)
        if scanner.contentLength > recordLimit {
            problems.insert(.recordTooLong)
        } else if scanner.hasEscapes, let quote = dialect.quote {
            unescape.resolve(
                scanner.cells,
                count: scanner.count,
                in: window.bytes + recordStart,
                length: scanner.contentLength,
                quote: quote
            )
        }
        window.start &+= scanner.length
        endRecord(innerLines: scanner.innerLines)
    }

    /// Moves the position behind a record of `recordLength` bytes.
    private mutating func endRecord(innerLines: Int64) {
        position.byteOffset &+= recordLength
        position.line &+= countsInnerLines ? innerLines &+ 1 : 1
        position.row &+= 1
    }

    private mutating func skipRecord() throws(TableError) {
        var skipper = CSVSkipper(dialect)
        recordLength = 0
        recordStart = 0
        while true {
            let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: window.available)
            let end = skipper.end(in: bytes)
            window.start &+= end ?? bytes.count
            recordLength &+= Int64(end ?? bytes.count)
            if end != nil || window.isLast { break }
            try window.fill()
        }
        skipper.finish()
        problems = skipper.problems
        endRecord(innerLines: skipper.innerLines)
    }

    private mutating func skipByteOrderMarks() throws(TableError) {
        while true {
            while window.available < byteOrderMark.count && !window.isLast { try window.fill() }
            guard window.available >= byteOrderMark.count else { return }
            let start = window.start
            for index in 0..<byteOrderMark.count where window.bytes[start + index] != byteOrderMark[index] { return }
            window.start += byteOrderMark.count
            position.byteOffset += Int64(byteOrderMark.count)
        }
    }

    /// - Returns: false when nothing but blank lines stood before the end of the table.
    private mutating func skipBlankLines() throws(TableError) -> Bool {
        while true {
            if window.available == 0 {
                if window.isLast { return false }
                try window.fill()
            }
            let byte = window.bytes[window.start]
            guard byte == lineFeed || byte == carriageReturn else { return true }
            var length = 1
            if byte == carriageReturn {
                if window.available == 1 && !window.isLast { try window.fill() }
                if window.available > 1 && window.bytes[window.start &+ 1] == lineFeed { length = 2 }
            }
            window.start &+= length
            position.byteOffset &+= Int64(length)
            position.line &+= 1
        }
    }
}
