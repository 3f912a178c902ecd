/// Finds the cells of one record in contiguous bytes. It starts from the record's first byte each time: a record that
/// is not whole yet is scanned again when more of it was read, which keeps every rule in one place and every window
/// border out of it.
struct CSVScanner: ~Copyable {
    /// Cells of the record; capacity is kept from record to record.
    private(set) var cells: UnsafeMutablePointer<CSVCellRange>
    private(set) var count = 0
    /// From the record's first byte to its line end, and over its line end.
    private(set) var contentLength = 0
    private(set) var length = 0
    /// Line breaks inside quoted cells.
    private(set) var innerLines: Int64 = 0
    private(set) var problems: CSVProblems = []
    private(set) var faultyCell: Int?
    /// Some cell is marked: its range is raw bytes, to be unescaped.
    private(set) var hasEscapes = false

    private let delimiter: UInt8
    private let quote: UInt8
    private let isQuoting: Bool
    private let plainEnd: ByteSearch
    private let quotedStop: ByteSearch
    private var capacity = 64

    init(_ dialect: CSVDialect) {
        delimiter = dialect.delimiter
        quote = dialect.quote ?? 0
        isQuoting = dialect.quote != nil
        plainEnd = ByteSearch(dialect.delimiter, lineFeed, carriageReturn)
        quotedStop = ByteSearch(quote, lineFeed, carriageReturn)
        cells = .allocate(capacity: capacity)
    }

    deinit { cells.deallocate() }

    /// Scans the record that starts at `bytes[0]`.
    /// - Parameters:
    ///   - limit: how many bytes there are; `ByteSearch.overrun` more must be readable.
    ///   - isLast: whether the file ends there.
    /// - Returns: false when the record's end is not among the bytes; nothing but `cells` may be relied on then.
    mutating func scan(_ bytes: UnsafePointer<UInt8>, limit: Int, isLast: Bool) -> Bool {
        count = 0
        innerLines = 0
        problems = []
        faultyCell = nil
        hasEscapes = false
        var index = 0
        while true {
            if index < limit && isQuoting && bytes[index] == quote {
                guard let end = scanQuoted(bytes, from: index, limit: limit, isLast: isLast) else { return false }
                index = end
            } else {
                let end = plainEnd.index(in: bytes, from: index, limit: limit)
                append(CSVCellRange(index, end))
                index = end
            }
            if index == limit {
                return isLast && finish(index, lineEnd: 0)
            }
            if bytes[index] != delimiter { break }
            index &+= 1
        }
        if bytes[index] == lineFeed { return finish(index, lineEnd: 1) }
        // Whether a line feed belongs to the carriage return, only the next byte can tell.
        if index &+ 1 == limit { return isLast && finish(index, lineEnd: 1) }
        return finish(index, lineEnd: bytes[index &+ 1] == lineFeed ? 2 : 1)
    }

    /// Makes the record one of so many cells: those that are missing are empty, those too many are left out.
    mutating func fit(to width: Int) {
        while count < width { append(CSVCellRange(contentLength, contentLength)) }
        count = width
    }

    /// - Returns: the end of the cell: a delimiter, a line break or the limit; nil when more bytes are needed.
    private mutating func scanQuoted(
        _ bytes: UnsafePointer<UInt8>,
        from open: Int,
        limit: Int,
        isLast: Bool
    ) -> Int? {
        let start = open &+ 1
        var index = start
        var isEscaped = false
        while true {
            index = quotedStop.index(in: bytes, from: index, limit: limit)
            if index == limit {
                guard isLast else { return nil }
                note(.unclosedQuote)
                append(CSVCellRange(start, limit, isUnescaped: isEscaped))
                hasEscapes = hasEscapes || isEscaped
                return limit
            }
            if bytes[index] != quote {
                if bytes[index] == carriageReturn || bytes[index &- 1] != carriageReturn { innerLines &+= 1 }
                index &+= 1
                continue
            }
            if index &+ 1 == limit || bytes[index &+ 1] != quote { break }
            isEscaped = true
            index &+= 2
        }
        let close = index
        index &+= 1
        let isWhole = index == limit || isCellEnd(bytes[index])
        if !isWhole {
            note(.badQuote)
            index = plainEnd.index(in: bytes, from: index, limit: limit)
        }
        append(CSVCellRange(start, isWhole ? close : index, isUnescaped: isEscaped || !isWhole))
        hasEscapes = hasEscapes || isEscaped || !isWhole
        return index
    }

    private func isCellEnd(_ byte: UInt8) -> Bool {
        byte == delimiter || byte == lineFeed || byte == carriageReturn
    }

    /// To be called before the cell at fault is appended.
    private mutating func note(_ problem: CSVProblems) {
        problems.insert(problem)
        if faultyCell == nil { faultyCell = count }
    }

    private mutating func finish(_ end: Int, lineEnd: Int) -> Bool {
        contentLength = end
        length = end &+ lineEnd
        return true
    }

    @inline(__always)
    private mutating func append(_ cell: CSVCellRange) {
        if count == capacity { grow() }
        cells[count] = cell
        count &+= 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<CSVCellRange>.allocate(capacity: capacity * 2)
        larger.update(from: cells, count: count)
        cells.deallocate()
        cells = larger
        capacity *= 2
    }
}
