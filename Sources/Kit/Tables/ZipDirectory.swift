/// One file in a ZIP archive, as the central directory has it.
struct ZipEntry: Equatable {
    /// At most 1,024 bytes of the name, malformed UTF-8 replaced.
    var name: String
    var flags: UInt16
    /// 0 stored, 8 deflated; nothing else is read.
    var method: UInt16
    var checksum: UInt32
    var packedSize: Int64
    var size: Int64
    /// Where its local header starts, from the start of the archive.
    var offset: Int64

    var isFolder: Bool { name.hasSuffix("/") }
}

/// The list of files at the end of a ZIP archive (PKWARE APPNOTE 4.3, with Zip64), read in memory that is bounded by
/// the limit of entries and not by what the archive says of itself.
struct ZipDirectory {
    let entries: [ZipEntry]
    private let descriptor: Int32
    private let range: Range<Int64>

    private static let endLength: Int64 = 22
    private static let nameLimit = 1_024

    init(_ descriptor: Int32, _ range: Range<Int64>, limits: TableLimits) throws(TableError) {
        self.descriptor = descriptor
        self.range = range
        let place = try Self.directory(descriptor, range)
        var bytes = LittleEndianBytes(FileBytes(descriptor, place))
        var entries: [ZipEntry] = []
        while let signature = try bytes.uint32IfAny(), signature == 0x0201_4B50 {
            guard entries.count < limits.entries else {
                throw .refused(.limit(.entries, "\(limits.entries)"))
            }
            entries.append(try Self.entry(&bytes))
        }
        self.entries = entries
    }

    /// The bytes of an entry, unpacked, and held against its length and checksum.
    func open(_ entry: ZipEntry, limits: TableLimits) throws(TableError) -> any ByteStream {
        guard entry.flags & 1 == 0 else {
            throw .refused(.unreadableEntry(name: entry.name, reason: "it is protected by a password"))
        }
        guard entry.method == 0 || entry.method == 8 else {
            throw .refused(.unreadableEntry(name: entry.name, reason: "its compression is number \(entry.method)"))
        }
        if entry.size > limits.bytes { throw .refused(.limit(.bytes, "\(limits.bytes >> 20) MiB")) }
        let packed = FileBytes(descriptor, try content(of: entry))
        let plain: any ByteStream = entry.method == 0 ? packed : try InflatedBytes(packed, .none, limits: limits)
        return CheckedBytes(plain, entry)
    }

    /// Where the entry's packed bytes lie in the file: behind its local header, whose length only the header knows.
    private func content(of entry: ZipEntry) throws(TableError) -> Range<Int64> {
        let length = range.upperBound - range.lowerBound
        guard entry.offset >= 0, entry.offset <= length - 30 else { throw Self.damaged }
        let start = range.lowerBound + entry.offset
        var header = LittleEndianBytes(FileBytes(descriptor, start..<start + 30))
        guard try header.uint32() == 0x0403_4B50 else { throw Self.damaged }
        try header.skip(22)
        let nameLength = Int64(try header.uint16())
        let first = start + 30 + nameLength + Int64(try header.uint16())
        guard entry.packedSize >= 0, first <= range.upperBound, entry.packedSize <= range.upperBound - first else {
            throw Self.damaged
        }
        return first..<first + entry.packedSize
    }

    static var damaged: TableError {
        .refused(.damaged(format: "ZIP", detail: "its list of files does not fit its contents"))
    }

    // MARK: Finding and reading the list

    /// From the end record, which stands last but for a comment of at most 65,535 bytes.
    private static func directory(_ descriptor: Int32, _ range: Range<Int64>) throws(TableError) -> Range<Int64> {
        let tailStart = max(range.lowerBound, range.upperBound - endLength - 65_535)
        let tail = try FileBytes(descriptor, tailStart..<range.upperBound).prefix(Int(range.upperBound - tailStart))
        var index = tail.count - Int(endLength)
        while index >= 0 {
            if tail[index...].starts(with: [0x50, 0x4B, 0x05, 0x06]) {
                let comment = Int(tail[index + 20]) | Int(tail[index + 21]) << 8
                if index + Int(endLength) + comment == tail.count { break }
            }
            index -= 1
        }
        guard index >= 0 else { throw .refused(.damaged(format: "ZIP", detail: "it ends too early")) }
        let endRecord = tailStart + Int64(index)
        var bytes = LittleEndianBytes(MemoryBytes(Array(tail[(index + 12)...])))
        var size = Int64(try bytes.uint32())
        var offset = Int64(try bytes.uint32())
        if offset == 0xFFFF_FFFF || size == 0xFFFF_FFFF {
            (size, offset) = try zip64(descriptor, range, endRecord: endRecord)
        }
        guard size >= 0, offset >= 0, offset <= endRecord - range.lowerBound,
            size <= endRecord - range.lowerBound - offset
        else { throw damaged }
        return range.lowerBound + offset..<range.lowerBound + offset + size
    }

    private static func zip64(
        _ descriptor: Int32,
        _ range: Range<Int64>,
        endRecord: Int64
    ) throws(TableError) -> (size: Int64, offset: Int64) {
        let locatorStart = endRecord - 20
        guard locatorStart >= range.lowerBound else { throw damaged }
        var locator = LittleEndianBytes(FileBytes(descriptor, locatorStart..<endRecord))
        guard try locator.uint32() == 0x0706_4B50 else { throw damaged }
        try locator.skip(4)
        let place = try locator.int64()
        guard place >= 0, place <= locatorStart - range.lowerBound - 56 else { throw damaged }
        let start = range.lowerBound + place
        var record = LittleEndianBytes(FileBytes(descriptor, start..<start + 56))
        guard try record.uint32() == 0x0606_4B50 else { throw damaged }
        try record.skip(36)
        return (try record.int64(), try record.int64())
    }

    /// Reads on behind the signature.
    private static func entry(_ bytes: inout LittleEndianBytes) throws(TableError) -> ZipEntry {
        try bytes.skip(4)
        let flags = try bytes.uint16()
        let method = try bytes.uint16()
        try bytes.skip(4)
        let checksum = try bytes.uint32()
        var packedSize = Int64(try bytes.uint32())
        var size = Int64(try bytes.uint32())
        let nameLength = Int(try bytes.uint16())
        let extraLength = Int(try bytes.uint16())
        let commentLength = Int(try bytes.uint16())
        try bytes.skip(8)
        var offset = Int64(try bytes.uint32())
        let name = try bytes.bytes(nameLength)
        var extra = LittleEndianBytes(MemoryBytes(try bytes.bytes(extraLength)))
        try bytes.skip(commentLength)
        while let id = try extra.uint16IfAny() {
            guard let length = try extra.uint16IfAny() else { break }
            guard id == 1 else {
                try extra.skip(min(Int(length), extraLength))
                continue
            }
            if size == 0xFFFF_FFFF { size = try extra.int64() }
            if packedSize == 0xFFFF_FFFF { packedSize = try extra.int64() }
            if offset == 0xFFFF_FFFF { offset = try extra.int64() }
            break
        }
        return ZipEntry(
            name: String(decoding: name.prefix(nameLimit), as: UTF8.self),
            flags: flags,
            method: method,
            checksum: checksum,
            packedSize: packedSize,
            size: size,
            offset: offset
        )
    }
}
