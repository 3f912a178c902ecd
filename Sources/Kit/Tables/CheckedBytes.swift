import CZlib

/// The bytes of an archive's entry, held against the length and the CRC-32 that the archive gives for them.
final class CheckedBytes: ByteStream {
    private let source: any ByteStream
    private let entry: ZipEntry
    private var length: Int64 = 0
    private var checksum: uLong = 0
    private var isAtEnd = false

    init(_ source: any ByteStream, _ entry: ZipEntry) {
        self.source = source
        self.entry = entry
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        guard !isAtEnd, !buffer.isEmpty else { return 0 }
        let count = try source.read(into: buffer)
        length += Int64(count)
        guard count > 0 else {
            isAtEnd = true
            guard length == entry.size, checksum == uLong(entry.checksum) else { throw Self.mismatch(entry) }
            return 0
        }
        guard length <= entry.size else { throw Self.mismatch(entry) }
        checksum = crc32(checksum, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(clamping: count))
        return count
    }

    private static func mismatch(_ entry: ZipEntry) -> TableError {
        .refused(.damaged(format: "ZIP", detail: "\(entry.name) does not match its length and checksum"))
    }
}
