import Support

/// What the bytes of a table were when they were read first: one hash for each block of 256 KiB.
///
/// Every reader that is given the same `TableBlocks` gets the same bytes or an error: who comes to a block first notes
/// its hash, and whoever comes there later must find it again. So what is checked in one pass is what is applied in
/// another, though the file is somebody's own and may be written to at any moment. It costs one multiplication for 16
/// bytes, and 8 bytes of memory a block.
public final class TableBlocks {
    /// Bytes of a block; the last one of a table may have fewer.
    public static let blockBytes = 256 << 10

    /// Bytes of the table.
    let length: Int64
    /// The hash of each block, in order; 0 for one that was not read yet.
    @exclusivity(unchecked) private var hashes: [UInt64]
    @exclusivity(unchecked) private var unread: Int

    /// - Parameter length: bytes of the table.
    public init(length: Int64) {
        self.length = max(0, length)
        let count = Int((self.length + Int64(Self.blockBytes) - 1) / Int64(Self.blockBytes))
        hashes = [UInt64](repeating: 0, count: count)
        unread = count
    }

    /// The hash of all blocks and of their length, as hexadecimal text; nil as long as some were not read.
    public var digest: String? {
        guard unread == 0 else { return nil }
        return Self.keys.map { key in
            var hash = SequenceHash(key: key)
            hash.add(length)
            hashes.withUnsafeBytes { hash.add($0) }
            return withUnsafeBytes(of: hash.value.bigEndian) { Array($0) }.hex
        }.joined()
    }

    /// Reads what no reader has come to yet.
    /// - Parameters:
    ///   - descriptor: the file, open for reading.
    ///   - start: where the table begins in it.
    ///   - step: called behind each block that was read.
    ///
    /// Throws `TableError` and what the closure throws.
    public func readAll(_ descriptor: Int32, from start: Int64, step: () throws -> Void) throws {
        guard unread > 0 else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 16)
        defer { buffer.deallocate() }
        for block in hashes.indices where hashes[block] == 0 {
            let offset = Int64(block) * Int64(Self.blockBytes)
            let wanted = min(Self.blockBytes, Int(clamping: length - offset))
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            let count: Int
            do {
                count = try Files.read(descriptor, into: piece, at: start + offset, "the table")
            } catch {
                throw TableError(.read, byteOffset: offset, cause: error)
            }
            guard count == wanted else { throw TableError(.truncated, byteOffset: offset + Int64(count)) }
            try check(UnsafeRawBufferPointer(piece), at: offset)
            try step()
        }
    }

    /// Notes a block, or finds it as it was.
    /// - Parameters:
    ///   - bytes: the whole block.
    ///   - offset: where it begins, a multiple of the block size.
    ///
    /// Throws code `changed`.
    func check(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(TableError) {
        let block = Int(offset / Int64(Self.blockBytes))
        let found = Self.hash(bytes)
        if hashes[block] == 0 {
            hashes[block] = found
            unread -= 1
        } else if hashes[block] != found {
            throw TableError(.changed, byteOffset: offset)
        }
    }

    /// Fixed, because the next process compares too. Whoever could make two files of one hash may have both imported.
    private static let keys: [(UInt64, UInt64)] = [
        (0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03), (0x8CB9_2BA7_2F3D_8DD7, 0xA076_1D64_78BD_642F),
    ]

    /// Not 0.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = SequenceHash(key: keys[0])
        hash.add(bytes)
        return max(1, hash.value)
    }
}
