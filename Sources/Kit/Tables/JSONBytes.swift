/// The bytes of a JSON text, with the line in which the next one stands.
struct JSONBytes {
    /// The line of the next byte, from 1.
    private(set) var line: Int64 = 1
    /// Bytes read from the source so far.
    private(set) var bytesRead: Int64 = 0

    private let source: any ByteStream
    private var window = [UInt8](repeating: 0, count: 64 << 10)
    private var index = 0
    private var filled = 0
    private var previous: UInt8 = 0

    init(_ source: any ByteStream) { self.source = source }

    /// Reads the first piece as a whole, whatever the pieces of the source, and goes behind a byte order mark.
    mutating func begin() throws(TableError) {
        try read { (source, buffer) throws(TableError) in try source.fill(buffer) }
        while window[index..<filled].starts(with: byteOrderMark) { index += byteOrderMark.count }
    }

    /// The first piece, while nothing of it was taken.
    var beginning: ArraySlice<UInt8> { window[index..<filled] }

    /// The next byte; nil at the end. It is not taken.
    mutating func peek() throws(TableError) -> UInt8? {
        if index == filled {
            try read { (source, buffer) throws(TableError) in try source.read(into: buffer) }
            if filled == 0 { return nil }
        }
        return window[index]
    }

    private mutating func read(
        _ body: (any ByteStream, UnsafeMutableRawBufferPointer) throws(TableError) -> Int
    ) throws(TableError) {
        var failure: TableError?
        let source = source
        filled = window.withUnsafeMutableBytes { (buffer) -> Int in
            do throws(TableError) {
                return try body(source, buffer)
            } catch {
                failure = error
                return 0
            }
        }
        index = 0
        bytesRead += Int64(filled)
        if let failure { throw failure }
    }

    /// Goes behind the byte that `peek` gave.
    mutating func take() {
        note(window[index])
        index += 1
    }

    private mutating func note(_ byte: UInt8) {
        if byte == carriageReturn || (byte == lineFeed && previous != carriageReturn) { line += 1 }
        previous = byte
    }

    /// The next byte that is no white space; nil at the end. It is not taken.
    mutating func sign() throws(TableError) -> UInt8? {
        while let byte = try peek() {
            guard byte == 0x20 || byte == 0x09 || byte == lineFeed || byte == carriageReturn else { return byte }
            take()
        }
        return nil
    }

    // MARK: An object

    enum End { case more, whole, broken }

    /// Takes bytes of an object as far as they are in memory.
    /// - Parameter isLineByLine: the object is broken where its line ends inside a text, or where the next line begins
    /// with another one.
    /// - Returns: what was taken, and whether the object has come to its end.
    mutating func advance(_ scan: inout JSONNesting, isLineByLine: Bool) -> (bytes: ArraySlice<UInt8>, end: End) {
        let start = index
        while index < filled {
            let byte = window[index]
            if isLineByLine, scan.isText || scan.isAtLineStart, endsLine(byte, &scan) {
                return (window[start..<index], .broken)
            }
            index += 1
            note(byte)
            guard !scan.isText else {
                if scan.isEscaped {
                    scan.isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    scan.isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    scan.isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): scan.isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): scan.depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): scan.depth -= 1
            case lineFeed, carriageReturn: scan.isAtLineStart = true
            default: break
            }
            if scan.depth == 0 { return (window[start..<index], .whole) }
        }
        return (window[start..<filled], .more)
    }

    private func endsLine(_ byte: UInt8, _ scan: inout JSONNesting) -> Bool {
        let isLineEnd = byte == lineFeed || byte == carriageReturn
        if scan.isText { return isLineEnd }
        if isLineEnd { return false }
        scan.isAtLineStart = false
        return byte == UInt8(ascii: "{")
    }

    // MARK: Around objects

    /// The rest of the line, without its end.
    /// - Parameter limit: bytes that are kept.
    mutating func readLine(limit: Int) throws(TableError) -> [UInt8] {
        var text: [UInt8] = []
        while let byte = try peek(), byte != lineFeed, byte != carriageReturn {
            if text.count < limit { text.append(byte) }
            take()
        }
        return text
    }

    /// A text as it is written, without its quotes.
    mutating func readText(limit: Int) throws(TableError) -> [UInt8] {
        var text: [UInt8] = []
        var isEscaped = false
        take()
        while let byte = try peek() {
            take()
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\"") {
                return text
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            }
            if text.count < limit { text.append(byte) }
        }
        throw .refused(.notRecords(line: line, detail: "a text does not end"))
    }

    /// Goes over a value.
    mutating func skipValue() throws(TableError) {
        switch try sign() {
        case UInt8(ascii: "\""): _ = try readText(limit: 0)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var scan = JSONNesting()
            while try peek() != nil {
                if advance(&scan, isLineByLine: false).end == .whole { return }
            }
            throw .refused(.notRecords(line: line, detail: "the file ends inside an object"))
        default:
            while let byte = try peek(), byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]")
            {
                take()
            }
        }
    }
}
