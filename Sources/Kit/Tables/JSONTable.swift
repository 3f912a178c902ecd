/// JSON objects as a table: one column for each name that any of them has, in the order of appearance.
enum JSONTable {
    /// Reads the source twice: for the names, which are all checked then, and for the values.
    /// - Parameter open: gives the text from its beginning.
    static func convert(
        _ kind: TableFormat.Kind,
        to sink: TableSink,
        limits: TableLimits,
        open: () throws(TableError) -> any ByteStream
    ) throws {
        var columns = JSONColumns(limits: limits)
        try eachObject(try open(), kind, limits, sink) { objects, reader in
            try columns.beginObject()
            try reader.read(objects.object) { name, _ in try columns.note(name) }
            return columns.objects < sink.wantedRecords
        }
        guard !columns.names.isEmpty else { return }
        try sink.begin(line: 0)
        for name in columns.names { name.withUnsafeBufferPointer(sink.cell) }
        try sink.endRecord()
        var row = JSONRow(columns: columns.names.count)
        try eachObject(try open(), kind, limits, sink) { objects, reader in
            row.clear()
            columns.beginCells()
            try reader.read(objects.object) { name, value in row.set(columns.column(name), value) }
            try sink.begin(line: objects.line)
            row.write(to: sink)
            try sink.endRecord()
            return !sink.isFull
        }
    }

    /// - Parameter body: returns whether to go on.
    private static func eachObject(
        _ source: any ByteStream,
        _ kind: TableFormat.Kind,
        _ limits: TableLimits,
        _ sink: TableSink,
        _ body: (borrowing JSONObjects, inout JSONObjectReader) throws -> Bool
    ) throws {
        var objects = JSONObjects(source, kind, limits: limits)
        var reader = JSONObjectReader(depth: limits.depth)
        var reported: Int64 = 0
        do {
            while try objects.next() {
                guard try body(objects, &reader) else { return }
                try sink.noteRead(Int(objects.bytesRead - reported))
                reported = objects.bytesRead
            }
        } catch let fault as JSONObjectReader.Fault {
            if fault.isTooDeep {
                throw TableError.refused(.limit(.depth, "\(limits.depth) levels (line \(objects.line))"))
            }
            throw TableError.refused(.notRecords(line: objects.line, detail: fault.detail))
        }
    }
}

/// The names of all members and their places.
private struct JSONColumns {
    private(set) var names: [[UInt8]] = []
    /// Objects begun so far, which number the marks of ``seen``.
    private(set) var objects: Int64 = 0
    private var places: [[UInt8]: Int] = [:]
    private var seen: [Int64] = []
    private var expected = 0
    private let limits: TableLimits

    init(limits: TableLimits) { self.limits = limits }

    mutating func beginObject() throws {
        objects += 1
        expected = 0
    }

    mutating func beginCells() { expected = 0 }

    mutating func note(_ name: UnsafeBufferPointer<UInt8>) throws {
        let place = column(name)
        if place >= 0 {
            guard seen[place] < objects else {
                let text = String(decoding: name.prefix(60), as: UTF8.self)
                throw JSONObjectReader.Fault(detail: "the name '\(text)' stands twice in one object")
            }
            seen[place] = objects
            return
        }
        guard names.count < limits.columns else {
            throw TableError.refused(.limit(.columns, "\(limits.columns)"))
        }
        places[Array(name)] = names.count
        names.append(Array(name))
        seen.append(objects)
        expected = names.count
    }

    /// -1 for a name that was not noted. Most objects have their names in one order: then this is a comparison.
    mutating func column(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        if expected < names.count, names[expected].elementsEqual(name) {
            expected += 1
            return expected - 1
        }
        guard let place = places[Array(name)] else { return -1 }
        expected = place + 1
        return place
    }
}

/// The cells of one object, in memory that is used again.
private struct JSONRow {
    private var bytes: [UInt8] = []
    private var cells: [Range<Int>]

    init(columns: Int) { cells = Array(repeating: 0..<0, count: columns) }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        for index in cells.indices { cells[index] = 0..<0 }
    }

    mutating func set(_ column: Int, _ value: UnsafeBufferPointer<UInt8>) {
        // Among the first records that a preview reads, every name was noted; a file that changes meanwhile loses.
        guard cells.indices.contains(column) else { return }
        let start = bytes.count
        bytes += value
        cells[column] = start..<bytes.count
    }

    func write(to sink: TableSink) {
        bytes.withUnsafeBufferPointer { buffer in
            for cell in cells { sink.cell(UnsafeBufferPointer(rebasing: buffer[cell])) }
        }
    }
}
