import Glibc
public import Support

/// Bytes that are read by offset and never as a whole: a request's body in memory or in the file that nginx spooled.
public struct ByteSource: Sendable {
    /// In bytes.
    public let length: Int64
    private let readAt: @Sendable (Int64, UnsafeMutableRawBufferPointer) throws(SystemError) -> Int

    /// - Parameter readAt: fills the front of the buffer with bytes from an offset on and returns how many; 0 only at
    ///   the end.
    public init(
        length: Int64,
        readAt: @escaping @Sendable (_ offset: Int64, UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
    ) {
        self.length = length
        self.readAt = readAt
    }

    /// Bytes in memory.
    public init(_ bytes: [UInt8]) {
        self.init(length: Int64(bytes.count)) { (offset, buffer) throws(SystemError) in
            guard let start = Int(exactly: offset), start < bytes.count else { return 0 }
            let count = min(buffer.count, bytes.count - start)
            bytes.withUnsafeBytes { bytes in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
            }
            return count
        }
    }

    /// A file, open for as long as the source lives. Throws when it cannot be opened.
    public init(file path: String) throws(SystemError) {
        let file = OpenFile(try Files.open(path, O_RDONLY))
        var info = stat()
        guard fstat(file.descriptor.raw, &info) == 0 else { throw SystemError("stat \(path)") }
        self.init(length: Int64(info.st_size)) { (offset, buffer) throws(SystemError) in
            while true {
                let count = pread(file.descriptor.raw, buffer.baseAddress, buffer.count, off_t(offset))
                if count >= 0 { return count }
                guard errno == EINTR else { throw SystemError("read \(path)") }
            }
        }
    }

    /// Fills bytes of the array from an offset of the source on; returns fewer than asked for only at the end. Throws
    /// 500 when the source cannot be read.
    func fill(_ bytes: inout [UInt8], count: Int, from offset: Int64) throws(WebError) -> Int {
        do {
            return try bytes.withUnsafeMutableBufferPointer { (buffer) throws(SystemError) in
                let buffer = UnsafeMutableRawBufferPointer(buffer)
                var filled = 0
                while filled < count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<count])
                    let read = try readAt(offset + Int64(filled), rest)
                    if read == 0 { break }
                    filled += read
                }
                return filled
            }
        } catch {
            throw .internalError(cause: "\(error)")
        }
    }

    /// The bytes of a range that lies within the source. Throws 500 when it cannot be read.
    public func bytes(_ range: Range<Int64>) throws(WebError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        let count = try fill(&bytes, count: range.count, from: range.lowerBound)
        guard count == range.count else { throw .internalError(cause: "the body is shorter than it was") }
        return bytes
    }
}

private final class OpenFile: Sendable {
    let descriptor: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }
}
