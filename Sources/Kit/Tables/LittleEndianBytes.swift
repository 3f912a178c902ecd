/// Numbers with the lowest byte first, read from a stream. What ends too early is a damaged archive.
struct LittleEndianBytes {
    private let source: any ByteStream
    private var buffer: [UInt8] = []
    private var index = 0

    init(_ source: any ByteStream) { self.source = source }

    mutating func uint16() throws(TableError) -> UInt16 { UInt16(truncatingIfNeeded: try number(2)) }
    mutating func uint32() throws(TableError) -> UInt32 { UInt32(truncatingIfNeeded: try number(4)) }
    /// Above what a file may be long, -1.
    mutating func int64() throws(TableError) -> Int64 { Int64(exactly: try number(8)) ?? -1 }

    /// nil at the end.
    mutating func uint32IfAny() throws(TableError) -> UInt32? { try has(4) ? try uint32() : nil }
    mutating func uint16IfAny() throws(TableError) -> UInt16? { try has(2) ? try uint16() : nil }

    mutating func skip(_ count: Int) throws(TableError) {
        var left = count
        while left > 0 {
            guard try has(1) else { return }
            let step = min(left, buffer.count - index)
            index += step
            left -= step
        }
    }

    mutating func bytes(_ count: Int) throws(TableError) -> [UInt8] {
        guard try has(count) else { throw ZipDirectory.damaged }
        defer { index += count }
        return Array(buffer[index..<index + count])
    }

    private mutating func number(_ count: Int) throws(TableError) -> UInt64 {
        guard try has(count) else { throw ZipDirectory.damaged }
        var value: UInt64 = 0
        for place in 0..<count { value |= UInt64(buffer[index + place]) << UInt64(8 * place) }
        index += count
        return value
    }

    private mutating func has(_ count: Int) throws(TableError) -> Bool {
        if buffer.count - index >= count { return true }
        buffer.removeFirst(index)
        index = 0
        buffer += try source.prefix(max(4096, count) - buffer.count)
        return buffer.count >= count
    }
}
