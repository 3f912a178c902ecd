import Glibc
import Synchronization

/// The clock by which all processes of one Bodega go: `HouseTime` in a file of its data folder. Any process reads it,
/// the job runner keeps it; whoever comes first makes it, and after a start of the machine begins it anew.
///
/// Where the file cannot be read or made, a process goes by the wall clock.
public final class HouseClock: Sendable {
    private let path: String
    private let read: @Sendable () -> HouseTime.Reading
    private let file = Mutex<Int32>(-1)

    private static let size = 72

    /// - Parameters:
    ///   - path: where it stands; made with the first look at it.
    ///   - read: the clocks of the machine.
    public init(_ path: String, read: @escaping @Sendable () -> HouseTime.Reading = HouseTime.Reading.now) {
        self.path = path
        self.read = read
    }

    deinit {
        let descriptor = file.withLock { $0 }
        if descriptor >= 0 { close(descriptor) }
    }

    /// The house's time.
    public func now() -> Timestamp {
        let reading = read()
        let time = standing()
        if let time, time.boot == reading.boot { return time.time(at: reading.counter) }
        // Another process may just be writing the first time of this boot.
        return observe()?.seen ?? max(reading.wall, time?.seen ?? reading.wall)
    }

    /// Looks at the machine's clocks and keeps what is to be known of them.
    /// - Returns: the house's time from now on; nil when the file cannot be written, or another process just writes it.
    @discardableResult
    public func observe() -> HouseTime? {
        let descriptor = open()
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        defer { flock(descriptor, LOCK_UN) }
        let reading = read()
        guard var time = stored(descriptor) else {
            let begun = HouseTime(reading)
            return store(begun, descriptor) ? begun : nil
        }
        let before = time
        time.observe(reading)
        return time == before || store(time, descriptor) ? time : nil
    }

    /// What stands in the file; nil when there is nothing, or nothing that counts.
    public func standing() -> HouseTime? {
        let descriptor = open()
        guard descriptor >= 0 else { return nil }
        // It may be written just now.
        for _ in 0..<3 { if let time = stored(descriptor) { return time } }
        return nil
    }

    // MARK: The file

    /// The numbers and their check; a line that a crash has left half written does not count.
    private func stored(_ descriptor: Int32) -> HouseTime? {
        var words = [Int64](repeating: 0, count: Self.size / 8)
        let length = words.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, Self.size, 0) }
        guard length == Self.size, let check = words.popLast(), check == Self.check(words) else { return nil }
        return HouseTime(numbers: words)
    }

    private func store(_ time: HouseTime, _ descriptor: Int32) -> Bool {
        let words = time.numbers + [Self.check(time.numbers)]
        return words.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, Self.size, 0) } == Self.size
    }

    /// FNV-1a over the words.
    private static func check(_ words: [Int64]) -> Int64 {
        Int64(bitPattern: words.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64(bitPattern: $1)) &* 0x100_0000_01B3 })
    }

    /// Tries again with each look while there is no folder. Root makes nothing in the folder of another user, and
    /// follows no link there.
    private func open() -> Int32 {
        file.withLock { descriptor in
            guard descriptor < 0 else { return descriptor }
            let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            let isOwn = Files.owner(folder) == geteuid()
            let flags = O_CLOEXEC | O_NOFOLLOW | (isOwn ? O_RDWR | O_CREAT : O_RDONLY)
            descriptor = Glibc.open(path, flags, 0o600 as mode_t)
            return descriptor
        }
    }
}

extension Environment {
    /// The house's clock and getrandom(2).
    public static func live(_ clock: HouseClock) -> Environment {
        Environment(now: { clock.now() }, random: randomBytes)
    }
}
