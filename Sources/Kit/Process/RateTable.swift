import Glibc
public import Support
import Synchronization

/// Shared memory in which all workers count requests by client, without a lock and without the database.
///
/// Each client has one number: when its bucket will be full again (the theoretical arrival time of the generic cell
/// rate algorithm, ITU-T I.371). A request moves it by the time that one takes, unless it would then lie further ahead
/// than a full bucket lasts. A place whose time has passed is as good as free, so nothing has to be cleaned up. Clients
/// are told apart by a 64-bit hash; of eight places one is taken, and when all eight are busy the request is let
/// through: a table that is too small must not shut anybody out.
public final class RateTable {
    /// What became of one request.
    public struct Taken: Sendable, Equatable {
        public var isAllowed: Bool
        /// Nanoseconds until the bucket is full.
        public var untilFull: UInt64
        /// Nanoseconds until one more is allowed.
        public var untilNext: UInt64

        public init(isAllowed: Bool, untilFull: UInt64, untilNext: UInt64) {
            self.isAllowed = isAllowed
            self.untilFull = untilFull
            self.untilNext = untilNext
        }
    }

    private static let buckets = 4096
    private static let ways = 8
    private static let length = buckets * ways * 16

    public let descriptor: OwnedDescriptor
    private let memory: UnsafeMutableRawPointer

    /// Makes a new table at the path.
    public init(path: String) throws(SystemError) {
        unlink(path)
        descriptor = try Files.open(path, O_RDWR | O_CREAT | O_EXCL)
        // Its room is taken now: to touch a page that finds none ends a process.
        let refusal = posix_fallocate(descriptor.raw, 0, off_t(Self.length))
        guard refusal == 0 else { throw SystemError("write \(path)", code: refusal) }
        memory = try Self.map(descriptor.raw)
    }

    /// Opens one by an inherited descriptor.
    public init(inherited raw: Int32) throws(SystemError) {
        try makePrivate(raw)
        descriptor = OwnedDescriptor(raw)
        var info = stat()
        guard fstat(raw, &info) == 0, info.st_size == Self.length else {
            throw SystemError("read the table of rates", code: EINVAL)
        }
        memory = try Self.map(raw)
    }

    deinit {
        munmap(memory, Self.length)
    }

    private static func map(_ raw: Int32) throws(SystemError) -> UnsafeMutableRawPointer {
        guard let memory = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, raw, 0), memory != MAP_FAILED else {
            throw SystemError("map the table of rates")
        }
        return memory
    }

    /// Counts one request.
    /// - Parameters:
    ///   - client: a hash that is not 0.
    ///   - rate: requests a second, at least 1.
    ///   - burst: requests at once, at least 1.
    ///   - now: `monotonicNanoseconds`, which all processes share.
    public func take(_ client: UInt64, rate: Int, burst: Int, now: UInt64) -> Taken {
        let step = max(1, 1_000_000_000 / UInt64(max(1, rate)))
        let depth = step * UInt64(max(1, burst))
        guard let place = place(of: client, now) else {
            return Taken(isAllowed: true, untilFull: 0, untilNext: 0)
        }
        let time = (place + 8).assumingMemoryBound(to: Atomic<UInt64>.self)
        while true {
            let before = time.pointee.load(ordering: .relaxed)
            let full = max(before, now)
            guard full + step <= now + depth else {
                return Taken(isAllowed: false, untilFull: full - now, untilNext: full + step - now - depth)
            }
            let outcome = time.pointee.weakCompareExchange(
                expected: before,
                desired: full + step,
                ordering: .relaxed
            )
            guard outcome.exchanged else { continue }
            let isNext = full + step + step <= now + depth
            let wait = isNext ? 0 : full + step + step - now - depth
            return Taken(isAllowed: true, untilFull: full + step - now, untilNext: wait)
        }
    }

    /// The client's place; nil when all that it could have are busy.
    private func place(of client: UInt64, _ now: UInt64) -> UnsafeMutableRawPointer? {
        let bucket = memory + Int(client % UInt64(Self.buckets)) * Self.ways * 16
        for way in 0..<Self.ways {
            let place = bucket + way * 16
            if place.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .relaxed) == client {
                return place
            }
        }
        for way in 0..<Self.ways {
            let place = bucket + way * 16
            let owner = place.assumingMemoryBound(to: Atomic<UInt64>.self)
            let time = (place + 8).assumingMemoryBound(to: Atomic<UInt64>.self)
            let before = owner.pointee.load(ordering: .relaxed)
            // A full bucket is one that nobody has used.
            guard before == 0 || time.pointee.load(ordering: .relaxed) <= now else { continue }
            let outcome = owner.pointee.compareExchange(expected: before, desired: client, ordering: .relaxed)
            if outcome.exchanged || outcome.original == client { return place }
        }
        return nil
    }
}
