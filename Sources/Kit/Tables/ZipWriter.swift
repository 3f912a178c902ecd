import CZlib

/// Writes a ZIP archive (PKWARE APPNOTE 4.3) piece by piece into memory that the caller empties: lengths and checksums
/// stand behind each file, so that nothing has to be known before it.
///
/// Without Zip64, which spreadsheets refuse where it is not needed: neither a file nor the archive may have 4 GiB.
final class ZipWriter {
    /// What was written since the last `take()`.
    private(set) var bytes: [UInt8] = []

    private struct Entry {
        var name: [UInt8]
        var offset: Int64
        var checksum: UInt = 0
        var packedSize: Int64 = 0
        var size: Int64 = 0
    }

    /// Sizes behind the file, and names in UTF-8.
    private static let flags: UInt16 = 0x0808
    private static let deflated: UInt16 = 8
    private static let version: UInt16 = 20
    /// 1 January 1980: the archive says nothing of when it was made.
    private static let date: UInt16 = 0x0021
    /// zlib's levels go from 1, fast, to 9: from 4 on it takes more time than products take to be read.
    private static let level: Int32 = 3
    private static let windowBits: Int32 = 15

    // zlib keeps the address of the stream.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableBufferPointer<UInt8>
    private var entries: [Entry] = []
    private var given: Int64 = 0

    init() throws(TableError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(capacity: 64 << 10)
        guard bodega_deflate_init(stream, Self.level, -Self.windowBits) == Z_OK else {
            throw .refused(.damaged(format: "ZIP", detail: "it cannot be packed"))
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Gives away what was written.
    func take() -> [UInt8] {
        given += Int64(bytes.count)
        defer { bytes = [] }
        return bytes
    }

    /// Begins a file.
    func begin(_ name: String) {
        let entry = Entry(name: Array(name.utf8), offset: given + Int64(bytes.count))
        entries.append(entry)
        add(0x0403_4B50, 4)
        common(entry)
        bytes += entry.name
        deflateReset(stream)
    }

    /// Adds to the file that was begun last.
    ///
    /// Throws `too_large_unpacked` where it comes to 4 GiB.
    func add(_ content: [UInt8]) throws(TableError) {
        guard var entry = entries.last else { return }
        entry.checksum = content.withUnsafeBufferPointer { crc32(entry.checksum, $0.baseAddress, UInt32($0.count)) }
        entry.size += Int64(content.count)
        guard entry.size < 1 << 32, given + Int64(bytes.count) < 1 << 32 else {
            throw .refused(.limit(.bytes, "4 GiB"))
        }
        entry.packedSize += deflate(content, isLast: false)
        entries[entries.count - 1] = entry
    }

    /// Ends the file that was begun last.
    func end() {
        guard var entry = entries.last else { return }
        entry.packedSize += deflate([], isLast: true)
        entries[entries.count - 1] = entry
        add(0x0807_4B50, 4)
        sizes(entry)
    }

    /// Writes the list of the files behind the last of them.
    func finish() {
        let start = given + Int64(bytes.count)
        for entry in entries {
            add(0x0201_4B50, 4)
            add(Int64(Self.version), 2)
            common(entry)
            // No comment, the first disk, no attributes.
            bytes += [UInt8](repeating: 0, count: 10)
            add(entry.offset, 4)
            bytes += entry.name
        }
        let end = given + Int64(bytes.count)
        add(0x0605_4B50, 4)
        add(0, 4)
        add(Int64(entries.count), 2)
        add(Int64(entries.count), 2)
        add(end - start, 4)
        add(start, 4)
        add(0, 2)
    }

    /// What a file's own header and its line in the list have in common.
    private func common(_ entry: Entry) {
        add(Int64(Self.version), 2)
        add(Int64(Self.flags), 2)
        add(Int64(Self.deflated), 2)
        add(0, 2)
        add(Int64(Self.date), 2)
        sizes(entry)
        add(Int64(entry.name.count), 2)
        add(0, 2)
    }

    private func sizes(_ entry: Entry) {
        add(Int64(entry.checksum), 4)
        add(entry.packedSize, 4)
        add(entry.size, 4)
    }

    private func add(_ value: Int64, _ count: Int) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> Int64(8 * index))) }
    }

    /// - Returns: how many bytes came out.
    private func deflate(_ content: [UInt8], isLast: Bool) -> Int64 {
        var content = content
        let before = bytes.count
        content.withUnsafeMutableBufferPointer { buffer in
            stream.pointee.next_in = buffer.baseAddress
            stream.pointee.avail_in = UInt32(buffer.count)
            repeat {
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                bytes += output[..<(output.count - Int(stream.pointee.avail_out))]
            } while stream.pointee.avail_out == 0
        }
        return Int64(bytes.count - before)
    }
}
