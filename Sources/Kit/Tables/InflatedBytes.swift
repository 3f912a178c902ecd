import CZlib

/// Unpacks deflated bytes, in about 100 KB of memory whatever their number, and stops at the limits for bombs.
///
/// zlib and not an archive library: it holds every gzip member against its own checksum and length, which libarchive
/// 3.6 leaves out.
final class InflatedBytes: ByteStream {
    /// What stands around the deflated bytes.
    enum Wrapping {
        /// RFC 1952, also several members one after the other; each ends with its checksum.
        case gzip
        /// Nothing: the entry of an archive, which knows its length and checksum itself.
        case none
    }

    private let source: any ByteStream
    private let wrapping: Wrapping
    private let limits: TableLimits
    // zlib keeps the address of the stream.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var isSourceAtEnd = false
    private var isAtEnd = false
    /// Packed bytes used and unpacked bytes given so far.
    private(set) var packed: Int64 = 0
    private(set) var unpacked: Int64 = 0

    init(_ source: any ByteStream, _ wrapping: Wrapping, limits: TableLimits) throws(TableError) {
        self.source = source
        self.wrapping = wrapping
        self.limits = limits
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: 64 << 10, alignment: 1)
        let windowBits: Int32 = 15
        guard bodega_inflate_init(stream, wrapping == .gzip ? windowBits + 16 : -windowBits) == Z_OK else {
            throw damaged("it cannot be unpacked")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        guard !buffer.isEmpty else { return 0 }
        while !isAtEnd {
            if stream.pointee.avail_in == 0 && !isSourceAtEnd { try fillInput() }
            let count = try inflateOnce(into: buffer)
            if count > 0 {
                unpacked += Int64(count)
                try checkLimits()
                return count
            }
        }
        return 0
    }

    /// - Returns: how many bytes came out; 0 when more input is needed or a member ended.
    private func inflateOnce(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        let room = UInt32(clamping: buffer.count)
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = room
        let before = stream.pointee.avail_in
        let result = inflate(stream, Z_NO_FLUSH)
        packed += Int64(before - stream.pointee.avail_in)
        let count = Int(room - stream.pointee.avail_out)
        switch result {
        case Z_STREAM_END: try endMember()
        case Z_OK: break
        case Z_BUF_ERROR where !(isSourceAtEnd && stream.pointee.avail_in == 0): break
        case Z_BUF_ERROR: throw damaged("it ends too early")
        case Z_DATA_ERROR: throw damaged("its contents do not fit its checksum")
        default: throw damaged("it cannot be unpacked")
        }
        return count
    }

    private func fillInput() throws(TableError) {
        let count = try source.read(into: input)
        isSourceAtEnd = count == 0
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
    }

    /// Behind a member stands the end, another member, or zeros that fill a block of a tape.
    private func endMember() throws(TableError) {
        guard wrapping == .gzip else {
            isAtEnd = true
            return
        }
        while true {
            if stream.pointee.avail_in == 0 {
                try fillInput()
                if isSourceAtEnd {
                    isAtEnd = true
                    return
                }
            }
            guard let next = stream.pointee.next_in else { break }
            if next.pointee != 0 {
                guard next.pointee == 0x1F else { throw damaged("something else follows the compressed data") }
                inflateReset(stream)
                return
            }
            stream.pointee.next_in = next + 1
            stream.pointee.avail_in -= 1
        }
    }

    private func checkLimits() throws(TableError) {
        if unpacked > limits.bytes {
            throw .refused(.limit(.bytes, "\(limits.bytes >> 20) MiB"))
        }
        if unpacked > limits.ratioFloor, unpacked / limits.ratio > packed {
            throw .refused(.limit(.ratio, "\(limits.ratio) times as large"))
        }
    }

    private func damaged(_ detail: String) -> TableError {
        .refused(.damaged(format: wrapping == .gzip ? "gzip" : "ZIP", detail: detail))
    }
}
