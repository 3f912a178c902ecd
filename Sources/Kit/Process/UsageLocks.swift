import CLinux
import Glibc
public import Support

/// Bounds what several processes have in use at a time, for each owner and in all, without anything that has to be
/// cleaned up: each use is a lock on one byte of a file (fcntl, record locks), and the kernel takes back what a process
/// held that was killed.
///
/// A process opens the file once: to close any descriptor of it would give up all of the process's locks.
public final class UsageLocks {
    /// Why there is none to be had.
    public enum Refusal: Error, Sendable {
        /// The owner has as many as one may have.
        case owner
        /// There are as many as there may be.
        case total
    }

    /// One use, which ends with this.
    public final class Lease {
        private let locks: UsageLocks
        private let places: [Int64]

        fileprivate init(_ locks: UsageLocks, _ places: [Int64]) {
            self.locks = locks
            self.places = places
        }

        deinit {
            for place in places { locks.release(place) }
        }
    }

    /// Places of one owner in the file; those of owner 0 count all.
    private static let most: Int64 = 1 << 16

    private let file: OwnedDescriptor
    /// The process's own: the kernel gives a process again what it has.
    private var held: Set<Int64> = []

    /// Opens the file, or makes it.
    public init(path: String) throws(SystemError) {
        file = try Files.open(path, O_RDWR | O_CREAT)
    }

    /// Takes one.
    /// - Parameters:
    ///   - owner: a number from 1 on.
    ///   - perOwner: how many one owner may have, at most 65,536.
    ///   - total: how many there may be, at most 65,536.
    public func take(owner: Int64, perOwner: Int, total: Int) throws(Refusal) -> Lease {
        guard let own = lock(1 + owner % (1 << 40), perOwner) else { throw .owner }
        guard let common = lock(0, total) else {
            release(own)
            throw .total
        }
        return Lease(self, [own, common])
    }

    private func lock(_ region: Int64, _ count: Int) -> Int64? {
        for number in 0..<min(Int64(count), Self.most) {
            let place = region * Self.most + number
            guard !held.contains(place), bodega_lock_byte(file.raw, off_t(place), Int16(F_WRLCK)) == 0 else { continue }
            held.insert(place)
            return place
        }
        return nil
    }

    private func release(_ place: Int64) {
        held.remove(place)
        _ = bodega_lock_byte(file.raw, off_t(place), Int16(F_UNLCK))
    }
}
