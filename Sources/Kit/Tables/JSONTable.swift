/// JSON objects as a table: one column for each name that any of them has, in the order of appearance. Of objects that
/// stand under names of their own that name comes first. What is no object, though it stands where one should, is a
/// record that says so (``CellFault``).
enum JSONTable {
    /// The column of the names under which objects stand.
    static let keyColumn = "key"

    /// Reads the source twice: for the names, which are all checked then, and for the values.
    /// - Parameter open: gives the text from its beginning.
    static func convert(
        _ format: TableFormat,
        to sink: TableSink,
        limits: TableLimits,
        open: () throws(TableError) -> any ByteStream
    ) throws {
        var columns = JSONColumns(limits: limits)
        if format.isKeyed { try columns.note(key: keyColumn) }
        var firstFault: (line: Int64, detail: String)?
        var sound: Int64 = 0
        try eachObject(try open(), format, limits, sink) { objects, reader in
            columns.beginObject()
            let fault = try fault(of: objects) {
                try reader.read(objects.object) { name, _, _ in try columns.note(name) }
            }
            if let fault {
                columns.forgetObject()
                firstFault = firstFault ?? (objects.line, fault)
            } else {
                sound += 1
            }
            return columns.objects < sink.wantedRecords
        }
        // Where nothing can be read it is the file that is at fault, and not its rows.
        if sound == 0, let firstFault {
            throw TableError.refused(.notRecords(line: firstFault.line, detail: firstFault.detail))
        }
        guard !columns.names.isEmpty else { return }
        try sink.begin(line: 0)
        for name in columns.names { name.withUnsafeBufferPointer { sink.cell($0) } }
        try sink.endRecord()
        try write(columns, format, to: sink, limits: limits, try open())
    }

    private static func write(
        _ names: JSONColumns,
        _ format: TableFormat,
        to sink: TableSink,
        limits: TableLimits,
        _ source: any ByteStream
    ) throws {
        var columns = names
        var row = JSONRow(columns: columns.names.count)
        var line: Int64 = 0
        try eachObject(source, format, limits, sink) { objects, reader in
            row.clear()
            columns.beginObject()
            let fault = try fault(of: objects) {
                if format.isKeyed {
                    JSONOutline.text(objects.name).withUnsafeBufferPointer { row.set(0, $0, isNumber: false) }
                }
                try reader.read(objects.object) { name, value, isNumber in
                    row.set(try columns.place(name), value, isNumber: isNumber)
                }
            }
            // Objects that begin in one line stand in the next ones that are free.
            line = max(line + 1, objects.line)
            try sink.begin(line: line)
            if fault == nil {
                row.write(to: sink)
            } else {
                CellFault.badJSON.marked(objects.object.prefix(shownBytes)).withUnsafeBufferPointer { sink.cell($0) }
            }
            try sink.endRecord()
            return !sink.isFull
        }
    }

    /// Bytes of what is no object that are kept, to be shown.
    private static let shownBytes = 1_000

    /// What is wrong with an object; nil when it was read.
    private static func fault(of objects: borrowing JSONObjects, _ read: () throws -> Void) throws -> String? {
        if let fault = objects.fault { return fault }
        do {
            try read()
            return nil
        } catch let fault as JSONObjectReader.Fault where !fault.isTooDeep {
            return fault.detail
        }
    }

    /// - Parameter body: returns whether to go on.
    private static func eachObject(
        _ source: any ByteStream,
        _ format: TableFormat,
        _ limits: TableLimits,
        _ sink: TableSink,
        _ body: (borrowing JSONObjects, inout JSONObjectReader) throws -> Bool
    ) throws {
        var objects = JSONObjects(source, format, limits: limits)
        var reader = JSONObjectReader(depth: limits.depth)
        var reported: Int64 = 0
        do {
            while try objects.next() {
                guard try body(objects, &reader) else { return }
                try sink.noteRead(Int(objects.bytesRead - reported))
                reported = objects.bytesRead
            }
        } catch _ as JSONObjectReader.Fault {
            throw TableError.refused(.limit(.depth, "\(limits.depth) levels (line \(objects.line))"))
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
    private var known = 0
    private let limits: TableLimits

    init(limits: TableLimits) { self.limits = limits }

    mutating func beginObject() {
        objects += 1
        expected = 0
        known = names.count
    }

    /// Takes back the names that only the present object has, which turned out to be none.
    mutating func forgetObject() {
        for name in names[known...] { places[name] = nil }
        names.removeLast(names.count - known)
        seen.removeLast(seen.count - known)
        expected = 0
    }

    /// A column that no object has a name for.
    mutating func note(key: String) throws {
        var key = key
        try key.withUTF8 { try note($0) }
    }

    mutating func note(_ name: UnsafeBufferPointer<UInt8>) throws {
        guard try place(name) < 0 else { return }
        guard names.count < limits.columns else {
            throw TableError.refused(.limit(.columns, "\(limits.columns)"))
        }
        places[Array(name)] = names.count
        names.append(Array(name))
        seen.append(objects)
        expected = names.count
    }

    /// The column of a member of the present object; -1 for a name that was not noted.
    ///
    /// Throws a `Fault` where the object has the name twice.
    mutating func place(_ name: UnsafeBufferPointer<UInt8>) throws -> Int {
        let place = column(name)
        guard place >= 0 else { return -1 }
        guard seen[place] < objects else {
            let text = String(decoding: name.prefix(60), as: UTF8.self)
            throw JSONObjectReader.Fault(detail: "the name '\(text)' stands twice in one object")
        }
        seen[place] = objects
        return place
    }

    /// -1 for a name that was not noted. Most objects have their names in one order: then this is a comparison.
    private mutating func column(_ name: UnsafeBufferPointer<UInt8>) -> Int {
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
    /// Which of them are numbers with a point or an exponent.
    private var numbers: [Bool]

    init(columns: Int) {
        cells = Array(repeating: 0..<0, count: columns)
        numbers = Array(repeating: false, count: columns)
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        for index in cells.indices {
            cells[index] = 0..<0
            numbers[index] = false
        }
    }

    mutating func set(_ column: Int, _ value: UnsafeBufferPointer<UInt8>, isNumber: Bool) {
        // Among the first records that a preview reads, every name was noted; a file that changes meanwhile loses.
        guard cells.indices.contains(column) else { return }
        let start = bytes.count
        bytes += value
        cells[column] = start..<bytes.count
        numbers[column] = isNumber
    }

    func write(to sink: TableSink) {
        bytes.withUnsafeBufferPointer { buffer in
            for (cell, isNumber) in zip(cells, numbers) {
                sink.cell(UnsafeBufferPointer(rebasing: buffer[cell]), isNumber: isNumber)
            }
        }
    }
}
