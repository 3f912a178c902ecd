/// Writes records as RFC 4180 has them, into memory that the caller empties. Cells are quoted only where a reader would
/// misunderstand them, so that what `CSVReader` read comes back as it was; one that holds another delimiter than its
/// own is quoted too, for readers that take several for one or find out which it is.
public struct CSVWriter: Sendable {
    /// What stands behind each record.
    public enum LineEnd: Sendable {
        /// As the RFC says.
        case crlf
        case lf
    }

    /// What was written since the last `take()`.
    public private(set) var bytes: [UInt8] = []

    private let dialect: CSVDialect
    private let lineEnd: LineEnd
    private var cells = 0
    private var isEmptySoFar = true

    public init(dialect: CSVDialect = .rfc4180, lineEnd: LineEnd = .crlf) {
        self.dialect = dialect
        self.lineEnd = lineEnd
    }

    /// Adds a cell to the record at hand.
    public mutating func append(_ cell: String) {
        var cell = cell
        cell.withUTF8 { append($0) }
    }

    /// Adds a cell to the record at hand. A dialect without quotes writes the bytes as they are.
    /// - Parameter isQuoted: whether it is quoted in any case.
    public mutating func append(_ cell: UnsafeBufferPointer<UInt8>, isQuoted: Bool = false) {
        if cells > 0 { bytes.append(dialect.delimiter) }
        cells += 1
        isEmptySoFar = isEmptySoFar && cell.isEmpty
        guard let quote = dialect.quote, isQuoted || needsQuotes(cell, quote) else {
            bytes.append(contentsOf: cell)
            return
        }
        bytes.append(quote)
        for byte in cell {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    /// Ends the record at hand. One empty cell is written as `""`, because an empty line is no record.
    public mutating func endRecord() {
        if cells == 1 && isEmptySoFar, let quote = dialect.quote { bytes += [quote, quote] }
        if lineEnd == .crlf { bytes.append(carriageReturn) }
        bytes.append(lineFeed)
        cells = 0
        isEmptySoFar = true
    }

    /// Adds a whole record.
    public mutating func append(record: [String]) {
        for cell in record { append(cell) }
        endRecord()
    }

    /// Says that the file is in UTF-8, before its first record.
    public mutating func appendByteOrderMark() { bytes += byteOrderMark }

    /// Gives away what was written; the next record is written behind it.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// A byte order mark at the start is quoted wherever it stands: the writer does not know where a file begins.
    private func needsQuotes(_ cell: UnsafeBufferPointer<UInt8>, _ quote: UInt8) -> Bool {
        cell.contains { byte in
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"), lineFeed, carriageReturn:
                true
            default: byte == dialect.delimiter || byte == quote
            }
        } || cell.starts(with: byteOrderMark)
    }
}
