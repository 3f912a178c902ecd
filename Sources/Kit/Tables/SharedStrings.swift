import Glibc
import Support

/// The texts that the cells of a workbook refer to by number. They lie in a temporary file without a name; in memory
/// are where each begins (four bytes) and 16 MiB of what was asked for last.
final class SharedStrings {
    private static let blockBytes = 16 << 10

    private let file: OwnedDescriptor
    private let limits: TableLimits
    private let blocks: Int
    /// Where each text begins, and after `seal()` where the last one ends.
    private var starts: [UInt32] = []
    private var length: Int64 = 0
    private var pending: [UInt8] = []
    private let cache: UnsafeMutablePointer<UInt8>
    private var cached: [Int32]
    private var joined: [UInt8] = []

    /// - Parameters:
    ///   - scratch: the folder of the temporary file.
    ///   - blocks: how many pieces of 16 KiB are kept in memory.
    init(scratch: String, limits: TableLimits, blocks: Int = 1 << 10) throws(SystemError) {
        self.limits = limits
        self.blocks = blocks
        file = try Files.temporary(in: scratch)
        cache = .allocate(capacity: Self.blockBytes * blocks)
        cached = Array(repeating: -1, count: blocks)
    }

    deinit { cache.deallocate() }

    var count: Int { max(0, starts.count - 1) }

    /// Adds the next text.
    func append(_ bytes: [UInt8]) throws {
        guard starts.count < limits.strings else {
            throw TableError.refused(.limit(.strings, "\(limits.strings) texts"))
        }
        starts.append(UInt32(length))
        length += Int64(bytes.count)
        guard length <= min(limits.stringBytes, Int64(UInt32.max)) else {
            throw TableError.refused(.limit(.strings, "\(limits.stringBytes >> 20) MiB"))
        }
        pending += bytes
        if pending.count >= 256 << 10 { try spill() }
    }

    /// To be called after the last `append`.
    func seal() throws {
        starts.append(UInt32(length))
        try spill()
    }

    private func spill() throws {
        try Files.writeAll(pending, to: file.raw, "the texts of the workbook")
        pending.removeAll(keepingCapacity: true)
    }

    /// The text of that number, valid until the next is asked for; nil when there is none.
    func text(_ index: Int) throws -> UnsafeBufferPointer<UInt8>? {
        guard index >= 0, index + 1 < starts.count else { return nil }
        let start = Int(starts[index])
        let end = Int(starts[index + 1])
        let offset = start % Self.blockBytes
        if offset + end - start <= Self.blockBytes {
            return UnsafeBufferPointer(start: try block(start / Self.blockBytes) + offset, count: end - start)
        }
        joined.removeAll(keepingCapacity: true)
        var place = start
        while place < end {
            let offset = place % Self.blockBytes
            let count = min(end - place, Self.blockBytes - offset)
            joined += UnsafeBufferPointer(start: try block(place / Self.blockBytes) + offset, count: count)
            place += count
        }
        return joined.withUnsafeBufferPointer { $0 }
    }

    /// A block of the file, from the cache or read into the one place that it has there.
    private func block(_ number: Int) throws -> UnsafeMutablePointer<UInt8> {
        let slot = number % blocks
        let place = cache + slot * Self.blockBytes
        guard cached[slot] != Int32(number) else { return place }
        let start = Int64(number * Self.blockBytes)
        let wanted = Int(min(Int64(Self.blockBytes), length - start))
        let buffer = UnsafeMutableRawBufferPointer(start: place, count: wanted)
        guard try Files.read(file.raw, into: buffer, at: start, "the texts of the workbook") == wanted else {
            throw SystemError("read the texts of the workbook", code: EIO)
        }
        cached[slot] = Int32(number)
        return place
    }
}

/// `xl/sharedStrings.xml`: plain texts and runs of formatted text, without the readings that stand above them.
final class SharedStringsHandler: XMLHandler {
    private let strings: SharedStrings
    private let stopAfter: Int?
    private var text = WorkbookText()
    private var added = 0

    /// - Parameter stopAfter: how many texts are wanted; nil: all.
    init(_ strings: SharedStrings, stopAfter: Int?) {
        self.strings = strings
        self.stopAfter = stopAfter
        super.init()
        isDone = stopAfter == 0
    }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name == "si" { text.clear() } else { text.start(name) }
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) { text.append(bytes) }

    override func end(_ name: XMLName) throws {
        guard name == "si" else { return text.end(name) }
        try strings.append(text.finished())
        added += 1
        isDone = added == stopAfter
    }
}
