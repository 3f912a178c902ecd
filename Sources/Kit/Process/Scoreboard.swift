import CLinux
import Glibc
public import Support
import Synchronization

/// Shared memory in which every worker says what it does, so that the supervisor can time out a request and a page can
/// show who is busy. One process writes a slot, any may read it.
public final class Scoreboard {
    /// What a worker does.
    public enum State: UInt8, Sendable {
        /// Nobody has the slot.
        case free
        /// The process starts up.
        case starting
        case idle
        /// A request is being received.
        case reading
        case busy
    }

    /// One slot as it was read.
    public struct Entry: Sendable, Equatable {
        public var slot: Int
        public var pid: Int32
        public var state: State
        /// The monotonic clock (see `monotonicNanoseconds`) when the present state began.
        public var since: UInt64
        /// Requests answered since the process started.
        public var requests: UInt64
        /// Empty unless busy.
        public var method: String
        /// The path without the query, cut at 384 bytes.
        public var path: String
        public var requestID: String
    }

    static let magic: UInt64 = 0xB0DE_6A5C_0000_0001
    static let slotSize = 512
    private static let headerSize = 64

    public let descriptor: OwnedDescriptor
    /// How many slots there are.
    public let count: Int
    private let memory: UnsafeMutableRawPointer
    private let length: Int

    /// Makes a new board at the path.
    public init(path: String, count: Int) throws(SystemError) {
        unlink(path)
        descriptor = try Files.open(path, O_RDWR | O_CREAT | O_EXCL)
        self.count = count
        length = Self.headerSize + count * Self.slotSize
        // Its room is taken now: to touch a page that finds none ends a process.
        let refusal = posix_fallocate(descriptor.raw, 0, off_t(length))
        guard refusal == 0 else { throw SystemError("write \(path)", code: refusal) }
        memory = try Self.map(descriptor.raw, length)
        memory.storeBytes(of: Self.magic, as: UInt64.self)
        memory.storeBytes(of: UInt64(count), toByteOffset: 8, as: UInt64.self)
    }

    /// Opens a board by an inherited descriptor; fails on one of another layout.
    public init(inherited raw: Int32) throws(SystemError) {
        try makePrivate(raw)
        descriptor = OwnedDescriptor(raw)
        var info = stat()
        guard fstat(raw, &info) == 0, info.st_size >= Self.headerSize else {
            throw SystemError("read the scoreboard", code: EINVAL)
        }
        length = Int(info.st_size)
        let memory = try Self.map(raw, length)
        self.memory = memory
        count = Int(clamping: memory.load(fromByteOffset: 8, as: UInt64.self))
        let expected = count.multipliedReportingOverflow(by: Self.slotSize)
        guard memory.load(as: UInt64.self) == Self.magic, !expected.overflow,
            expected.partialValue == length - Self.headerSize
        else { throw SystemError("read the scoreboard", code: EINVAL) }
    }

    deinit {
        munmap(memory, length)
    }

    private static func map(_ raw: Int32, _ length: Int) throws(SystemError) -> UnsafeMutableRawPointer {
        guard let memory = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, raw, 0), memory != MAP_FAILED else {
            throw SystemError("map the scoreboard")
        }
        return memory
    }

    /// The memory of a slot; nil when there is none of that number.
    func address(of slot: Int) -> UnsafeMutableRawPointer? {
        guard slot >= 0, slot < count else { return nil }
        return memory + Self.headerSize + slot * Self.slotSize
    }

    /// The slot as it is now; nil when there is none of that number or its owner writes it again and again.
    public func entry(_ slot: Int) -> Entry? {
        guard let address = address(of: slot) else { return nil }
        let serial = (address + SlotLayout.serial).assumingMemoryBound(to: Atomic<UInt64>.self)
        for _ in 0..<100 {
            let before = serial.pointee.load(ordering: .acquiring)
            guard before % 2 == 0 else { continue }
            let entry = SlotLayout.read(address, slot: slot)
            atomicMemoryFence(ordering: .acquiring)
            if serial.pointee.load(ordering: .relaxed) == before { return entry }
        }
        return nil
    }

    /// Every slot that somebody has.
    public var entries: [Entry] {
        (0..<count).compactMap { entry($0) }.filter { $0.state != .free }
    }

    /// The lowest slot that nobody has.
    public var firstFree: Int? {
        (0..<count).first { entry($0)?.state == .free }
    }

    /// The slot to write to; nil when there is none of that number.
    public func writer(_ slot: Int) -> ScoreboardWriter? {
        address(of: slot).map { ScoreboardWriter(board: self, address: $0) }
    }
}

/// Where the parts of a slot stand, in bytes.
enum SlotLayout {
    static let serial = 0
    static let since = 8
    static let requests = 16
    static let pid = 24
    static let state = 28
    static let method = TextField(offset: 32, capacity: 14)
    static let requestID = TextField(offset: 48, capacity: 62)
    static let path = TextField(offset: 112, capacity: 384)

    static func read(_ address: UnsafeMutableRawPointer, slot: Int) -> Scoreboard.Entry {
        Scoreboard.Entry(
            slot: slot,
            pid: address.load(fromByteOffset: pid, as: Int32.self),
            state: Scoreboard.State(rawValue: address.load(fromByteOffset: state, as: UInt8.self)) ?? .free,
            since: address.load(fromByteOffset: since, as: UInt64.self),
            requests: address.load(fromByteOffset: requests, as: UInt64.self),
            method: method.read(address),
            path: path.read(address),
            requestID: requestID.read(address)
        )
    }
}

/// A text of at most `capacity` bytes behind its length in two bytes.
struct TextField {
    let offset: Int
    let capacity: Int

    func read(_ address: UnsafeMutableRawPointer) -> String {
        let length = min(capacity, Int(address.load(fromByteOffset: offset, as: UInt16.self)))
        return String(decoding: UnsafeRawBufferPointer(start: address + offset + 2, count: length), as: UTF8.self)
    }

    func write(_ text: String, _ address: UnsafeMutableRawPointer) {
        let bytes = text.utf8.prefix(capacity)
        UnsafeMutableRawBufferPointer(start: address + offset + 2, count: capacity).copyBytes(from: bytes)
        address.storeBytes(of: UInt16(bytes.count), toByteOffset: offset, as: UInt16.self)
    }
}
