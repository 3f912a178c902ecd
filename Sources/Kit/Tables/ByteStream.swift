import Glibc
import Support

/// Bytes that come one after the other, each of them once.
protocol ByteStream: AnyObject {
    /// - Returns: how many bytes were put at the start of the buffer, at least one; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int
}

extension ByteStream {
    /// Reads until the buffer is full or the stream ends.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// At most so many of the next bytes.
    func prefix(_ limit: Int) throws(TableError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            var failure: TableError?
            let count = bytes.withUnsafeMutableBytes { (buffer) -> Int in
                do throws(TableError) {
                    return try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(limit - filled)
        return bytes
    }
}

/// A part of a file, read with pread(2).
final class FileBytes: ByteStream {
    private let descriptor: Int32
    private var offset: Int64
    private let end: Int64

    init(_ descriptor: Int32, _ range: Range<Int64>) {
        self.descriptor = descriptor
        offset = range.lowerBound
        end = range.upperBound
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        guard offset < end, !buffer.isEmpty else { return 0 }
        let wanted = Int(min(Int64(buffer.count), end - offset))
        while true {
            let count = pread(descriptor, buffer.baseAddress, wanted, off_t(offset))
            if count > 0 {
                offset += Int64(count)
                return count
            }
            if count == 0 { throw TableError(.truncated, byteOffset: offset) }
            if errno != EINTR { throw TableError(.read, byteOffset: offset, cause: SystemError("read the file")) }
        }
    }

    /// Goes over the next bytes without reading them.
    func skip(_ count: Int64) { offset = min(end, offset + count) }
}

/// Bytes in memory.
final class MemoryBytes: ByteStream {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        guard count > 0 else { return 0 }
        buffer.copyBytes(from: bytes[offset..<offset + count])
        offset += count
        return count
    }
}
