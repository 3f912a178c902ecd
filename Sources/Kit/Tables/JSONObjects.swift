/// Finds the objects of a JSON array, or of a row of objects, one after the other in a stream: follows braces and texts
/// only, and leaves what stands inside an object to `JSONObjectReader`.
struct JSONObjects {
    /// The object that `next()` came to, from brace to brace.
    private(set) var object: [UInt8] = []
    /// The line in which it begins, from 1.
    private(set) var line: Int64 = 1

    private let source: any ByteStream
    private let isArray: Bool
    private let limits: TableLimits
    private var window = [UInt8](repeating: 0, count: 64 << 10)
    private var index = 0
    private var filled = 0
    private var currentLine: Int64 = 1
    private var previous: UInt8 = 0
    private var isStarted = false
    private var isEnded = false
    /// Bytes read from the source so far.
    private(set) var bytesRead: Int64 = 0

    init(_ source: any ByteStream, _ kind: TableFormat.Kind, limits: TableLimits) {
        self.source = source
        self.limits = limits
        isArray = kind == .json
    }

    /// - Returns: false at the end of the list.
    mutating func next() throws(TableError) -> Bool {
        if !isStarted {
            try start()
        } else if isArray && !isEnded {
            try separator()
        }
        guard let byte = try sign() else {
            if isArray && !isEnded { throw failure("the array does not end") }
            return false
        }
        if isEnded { throw failure("something follows the end of the array") }
        if isArray && byte == UInt8(ascii: "]") && object.isEmpty {
            index += 1
            isEnded = true
            return try next()
        }
        guard byte == UInt8(ascii: "{") else { throw failure("an object was expected, in braces") }
        try readObject()
        return true
    }

    private mutating func start() throws(TableError) {
        isStarted = true
        if try peek() != nil, window[..<filled].starts(with: byteOrderMark) { index = byteOrderMark.count }
        guard isArray else { return }
        guard try sign() == UInt8(ascii: "[") else { throw failure("an array was expected, in brackets") }
        index += 1
    }

    /// Behind an object of an array stands a comma or the end.
    private mutating func separator() throws(TableError) {
        switch try sign() {
        case UInt8(ascii: ","): index += 1
        case UInt8(ascii: "]"):
            index += 1
            isEnded = true
        default: throw failure("a comma or the end of the array was expected")
        }
    }

    private mutating func readObject() throws(TableError) {
        object.removeAll(keepingCapacity: true)
        line = currentLine
        var depth = 0
        var isText = false
        var isEscaped = false
        while true {
            guard try peek() != nil else { throw failure("the object that begins here does not end") }
            let start = index
            var isWhole = false
            while index < filled {
                let byte = window[index]
                index += 1
                if isText {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isText = false
                    }
                    if byte == lineFeed || byte == carriageReturn { countLine(byte) }
                    previous = byte
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isText = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case lineFeed, carriageReturn: countLine(byte)
                default: break
                }
                previous = byte
                if depth == 0 {
                    isWhole = true
                    break
                }
            }
            object += window[start..<index]
            guard object.count <= limits.record else {
                throw .refused(.limit(.object, "\(limits.record) bytes (line \(line))"))
            }
            if isWhole { return }
        }
    }

    private mutating func countLine(_ byte: UInt8) {
        if byte == carriageReturn || previous != carriageReturn { currentLine += 1 }
    }

    /// The next byte that is no white space; nil at the end. It is not consumed.
    private mutating func sign() throws(TableError) -> UInt8? {
        while let byte = try peek() {
            guard byte == 0x20 || byte == 0x09 || byte == lineFeed || byte == carriageReturn else { return byte }
            if byte == lineFeed || byte == carriageReturn { countLine(byte) }
            previous = byte
            index += 1
        }
        return nil
    }

    private mutating func peek() throws(TableError) -> UInt8? {
        if index == filled {
            var failure: TableError?
            let source = source
            let isFirst = bytesRead == 0
            filled = window.withUnsafeMutableBytes { (buffer) -> Int in
                do throws(TableError) {
                    // A byte order mark must not come in pieces.
                    let mark = UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteOrderMark.count])
                    return try isFirst ? source.fill(mark) : source.read(into: buffer)
                } catch {
                    failure = error
                    return 0
                }
            }
            index = 0
            if let failure { throw failure }
            bytesRead += Int64(filled)
            if filled == 0 { return nil }
        }
        return window[index]
    }

    private func failure(_ detail: String) -> TableError {
        .refused(.notRecords(line: currentLine, detail: detail))
    }
}
