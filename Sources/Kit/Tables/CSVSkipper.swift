/// Follows a record that is too long to be kept, byte by byte and in no memory of its own, by the same rules as
/// `CSVScanner`.
struct CSVSkipper {
    private enum State { case cellStart, plain, quoted, quoteInQuoted, carriageReturn }

    private(set) var innerLines: Int64 = 0
    private(set) var problems: CSVProblems = .recordTooLong
    private let dialect: CSVDialect
    private var state = State.cellStart
    private var previous: UInt8 = 0

    init(_ dialect: CSVDialect) { self.dialect = dialect }

    /// - Returns: how many of the bytes belong to the record when its end is among them, else nil.
    mutating func end(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if state == .carriageReturn { return byte == lineFeed ? index + 1 : index }
            if step(byte) { return index + 1 }
            previous = byte
        }
        return nil
    }

    /// To be called when the file ends inside the record.
    mutating func finish() {
        if state == .quoted { problems.insert(.unclosedQuote) }
    }

    /// - Returns: whether the byte is a line feed that ends the record.
    private mutating func step(_ byte: UInt8) -> Bool {
        switch state {
        case .quoted:
            if byte == dialect.quote {
                state = .quoteInQuoted
            } else if byte == carriageReturn || (byte == lineFeed && previous != carriageReturn) {
                innerLines += 1
            }
            return false
        case .cellStart where byte == dialect.quote, .quoteInQuoted where byte == dialect.quote:
            state = .quoted
            return false
        case .quoteInQuoted where byte != dialect.delimiter && byte != lineFeed && byte != carriageReturn:
            problems.insert(.badQuote)
        default:
            break
        }
        if byte == carriageReturn {
            state = .carriageReturn
        } else {
            state = byte == dialect.delimiter ? .cellStart : .plain
        }
        return byte == lineFeed
    }
}
