import Glibc
import Support

/// The part of the file that is in memory: read with pread(2), so that the descriptor's own position is neither used
/// nor moved. Grows with the record at hand up to a bound; is never given back before the end.
struct CSVWindow: ~Copyable {
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    /// The first byte that is still wanted.
    var start = 0
    /// The end of what was read.
    private(set) var filled = 0
    /// Where `bytes[0]` lies, from the start of the table.
    private(set) var offset: Int64

    private let descriptor: Int32
    private let base: Int64
    private let length: Int64
    private let readSize: Int
    private let blocks: TableBlocks?
    private var capacity: Int

    /// - Parameters:
    ///   - readSize: bytes asked from the kernel at a time.
    ///   - blocks: what the table's blocks must be; they are read as a whole then, whatever the read size.
    init(descriptor: Int32, range: Range<Int64>, offset: Int64, readSize: Int, blocks: TableBlocks? = nil) {
        self.descriptor = descriptor
        self.readSize = max(1, readSize)
        self.blocks = blocks
        base = range.lowerBound
        length = range.upperBound - range.lowerBound
        self.offset = 0
        capacity = self.readSize
        bytes = Self.allocate(capacity)
        place(at: offset)
    }

    deinit { bytes.deallocate() }

    /// Nothing stands behind the window.
    var isLast: Bool { offset &+ Int64(filled) >= length }

    /// Bytes still wanted. None before the first read, which may begin before the first byte that is wanted.
    var available: Int { filled > start ? filled &- start : 0 }

    /// Makes the byte at this offset the first that is wanted. What is in memory is kept when the byte is among it.
    mutating func move(to target: Int64) {
        let target = min(max(0, target), length)
        if target >= offset && target <= offset + Int64(filled) {
            start = Int(target - offset)
        } else {
            place(at: target)
        }
    }

    /// Forgets what is in memory; the next read begins here, or with the block around this byte. Behind the last byte
    /// there is nothing to read.
    private mutating func place(at target: Int64) {
        let target = min(max(0, target), length)
        let size = Int64(TableBlocks.blockBytes)
        offset = blocks == nil || target == length ? target : target / size * size
        start = Int(target - offset)
        filled = 0
    }

    /// Reads on, after moving what is still wanted to the front.
    /// - Precondition: `isLast` is false.
    mutating func fill() throws(TableError) {
        if let blocks { return try fill(blocks) }
        moveToFront()
        if filled == capacity { grow() }
        let end = offset + Int64(filled)
        let room = min(readSize, capacity - filled, Int(clamping: length - end))
        while true {
            let count = pread(descriptor, bytes + filled, room, off_t(base + end))
            if count > 0 {
                filled += count
                return
            }
            if count == 0 { throw TableError(.truncated, byteOffset: end) }
            if errno != EINTR { throw TableError(.read, byteOffset: end, cause: SystemError("read the table")) }
        }
    }

    /// Reads the next block. What is in memory always ends where a block does.
    private mutating func fill(_ blocks: TableBlocks) throws(TableError) {
        moveToFront()
        let end = offset + Int64(filled)
        let size = min(TableBlocks.blockBytes, Int(clamping: length - end))
        while capacity - filled < size { grow() }
        let block = UnsafeMutableRawBufferPointer(start: bytes + filled, count: size)
        let count: Int
        do {
            count = try Files.read(descriptor, into: block, at: base + end, "the table")
        } catch {
            throw TableError(.read, byteOffset: end, cause: error)
        }
        guard count == size else { throw TableError(.truncated, byteOffset: end + Int64(count)) }
        try blocks.check(UnsafeRawBufferPointer(block), at: end)
        filled += size
    }

    private mutating func moveToFront() {
        // Before the first read the bytes that are not wanted are still to come.
        guard start > 0, filled > 0 else { return }
        bytes.update(from: bytes + start, count: available)
        offset += Int64(start)
        filled -= start
        start = 0
    }

    private mutating func grow() {
        let larger = Self.allocate(capacity * 2)
        larger.update(from: bytes, count: filled)
        bytes.deallocate()
        bytes = larger
        capacity *= 2
    }

    /// Zeroed once, because searches look a few bytes beyond what was read.
    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + ByteSearch.overrun)
        bytes.initialize(repeating: 0, count: capacity + ByteSearch.overrun)
        return bytes
    }
}
