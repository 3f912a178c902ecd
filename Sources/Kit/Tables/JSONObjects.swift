/// Finds the objects of a JSON list, or of a row of objects, one after the other in a stream: follows braces and texts
/// only, and leaves what stands inside an object to `JSONObjectReader`.
///
/// The list is the whole text, or stands under a name in it, `data.products`; or the objects stand each under a name of
/// its own, which is told then. In a row of objects of which each has its line a line that is none is told as broken,
/// and the next line is the next object.
struct JSONObjects {
    /// The object that `next()` came to, from brace to brace; of a broken one what stands in its line.
    private(set) var object: [UInt8] = []
    /// The name under which it stands, as it is written; empty in a list.
    private(set) var name: [UInt8] = []
    /// The line in which it begins, from 1.
    private(set) var line: Int64 = 1
    /// Why it is no object, where that is told.
    private(set) var fault: String?

    private var stream: JSONBytes
    private let format: TableFormat
    private let limits: TableLimits
    private var isStarted = false
    private var isEnded = false
    private var isFirst = true
    private var isLineByLine = false

    /// Bytes read from the source so far.
    var bytesRead: Int64 { stream.bytesRead }

    init(_ source: any ByteStream, _ format: TableFormat, limits: TableLimits) {
        stream = JSONBytes(source)
        self.format = format
        self.limits = limits
    }

    private var isList: Bool { format.kind == .json }

    /// - Returns: false at the end of the list.
    mutating func next() throws(TableError) -> Bool {
        fault = nil
        if !isStarted {
            try start()
        } else if !isEnded {
            try separator()
        }
        guard let byte = try stream.sign() else {
            if isList && !isEnded { throw failure("the list of objects does not end") }
            return false
        }
        if isEnded {
            // What else an object holds beside its list was not asked for.
            if format.list != nil || format.isKeyed { return false }
            throw failure("something follows the end of the array")
        }
        if isList && byte == closing && isFirst {
            stream.take()
            isEnded = true
            return try next()
        }
        isFirst = false
        if format.isKeyed { try readName() }
        guard try stream.sign() == UInt8(ascii: "{") else {
            guard isLineByLine else { throw failure("an object was expected, in braces") }
            return try readBrokenLine()
        }
        try readObject()
        return true
    }

    // MARK: The list

    private var closing: UInt8 { format.isKeyed ? UInt8(ascii: "}") : UInt8(ascii: "]") }

    private mutating func start() throws(TableError) {
        isStarted = true
        try stream.begin()
        guard isList else {
            isLineByLine = JSONLines.areObjects(stream.beginning)
            return
        }
        if let list = format.list, !list.isEmpty { try find(Array(list.utf8)[...]) }
        let opening = format.isKeyed ? UInt8(ascii: "{") : UInt8(ascii: "[")
        guard try stream.sign() == opening else {
            throw failure(format.isKeyed ? "an object was expected, in braces" : "an array was expected, in brackets")
        }
        stream.take()
    }

    /// Goes to the value under a name, through the objects in which it stands.
    private mutating func find(_ path: ArraySlice<UInt8>) throws(TableError) {
        guard try stream.sign() == UInt8(ascii: "{") else { throw missing }
        stream.take()
        while let byte = try stream.sign(), byte != UInt8(ascii: "}") {
            try readName()
            let key = JSONOutline.text(name)
            if path.elementsEqual(key) { return }
            if path.starts(with: key), path.dropFirst(key.count).first == UInt8(ascii: "."),
                try stream.sign() == UInt8(ascii: "{")
            {
                return try find(path.dropFirst(key.count + 1))
            }
            try stream.skipValue()
            guard try stream.sign() == UInt8(ascii: ",") else { break }
            stream.take()
        }
        throw missing
    }

    private var missing: TableError { .refused(.noSuchList(format.list ?? "", lists: format.lists)) }

    /// A name and the colon behind it.
    private mutating func readName() throws(TableError) {
        guard try stream.sign() == UInt8(ascii: "\"") else { throw failure("a name in double quotes was expected") }
        name = try stream.readText(limit: limits.record)
        guard try stream.sign() == UInt8(ascii: ":") else { throw failure("':' was expected") }
        stream.take()
    }

    /// Behind an object of a list stands a comma or the end; those in a row may be parted by commas too.
    private mutating func separator() throws(TableError) {
        switch try stream.sign() {
        case UInt8(ascii: ","): stream.take()
        case closing where isList:
            stream.take()
            isEnded = true
        default: if isList { throw failure("a comma or the end of the array was expected") }
        }
    }

    // MARK: An object

    private mutating func readObject() throws(TableError) {
        object.removeAll(keepingCapacity: true)
        line = stream.line
        var scan = JSONNesting()
        while true {
            guard try stream.peek() != nil else {
                guard isLineByLine else { throw failure("the object that begins here does not end") }
                return endBroken("the object does not end")
            }
            let outcome = stream.advance(&scan, isLineByLine: isLineByLine)
            object += outcome.bytes
            guard object.count <= limits.record else {
                throw .refused(.limit(.object, "\(limits.record) bytes (line \(line))"))
            }
            switch outcome.end {
            case .whole: return
            case .broken: return endBroken("the object does not end in its line")
            case .more: continue
            }
        }
    }

    private mutating func endBroken(_ detail: String) {
        while let last = object.last, last == lineFeed || last == carriageReturn { object.removeLast() }
        fault = detail
    }

    private mutating func readBrokenLine() throws(TableError) -> Bool {
        line = stream.line
        object = try stream.readLine(limit: limits.record)
        fault = "an object was expected, in braces"
        return true
    }

    private func failure(_ detail: String) -> TableError {
        .refused(.notRecords(line: stream.line, detail: detail))
    }
}

/// How deep in arrays, objects and texts the next byte stands.
struct JSONNesting {
    var depth = 0
    var isText = false
    var isEscaped = false
    /// Nothing but line ends stands before the next byte in its line.
    var isAtLineStart = false
}

/// Whether a text holds an object in each of its lines.
enum JSONLines {
    /// - Parameter text: the beginning of it. Some line must be a whole object to all appearances, and the first line
    /// more than a brace: an object that is spread over lines begins with one.
    static func areObjects(_ text: ArraySlice<UInt8>) -> Bool {
        var isFirst = true
        for line in text.split(whereSeparator: { $0 == lineFeed || $0 == carriageReturn }) {
            var rest = line.drop(while: isSpace)
            while let last = rest.last, isSpace(last) || last == UInt8(ascii: ",") { rest.removeLast() }
            guard let first = rest.first else { continue }
            if isFirst, rest.count < 2 || first != UInt8(ascii: "{") { return false }
            isFirst = false
            if line.first == UInt8(ascii: "{"), rest.last == UInt8(ascii: "}") { return true }
        }
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
