/// The time of one Bodega, made from two clocks of its machine.
///
/// The wall clock jumps: somebody sets it, or a time server does. The counter (CLOCK_BOOTTIME) never does, but begins
/// anew with each start of the machine, which its boot id names. So the house's time is the counter and a distance,
/// which follows the wall clock by small steps and never goes back. Where the wall clock stands elsewhere, the house
/// goes on by the counter; only where it stays there for ten minutes its time is taken over, or for a day where that
/// would make what comes to be from then on more than a day older than it is.
public struct HouseTime: Sendable, Equatable {
    /// What the machine's clocks say at one moment.
    public struct Reading: Sendable, Equatable {
        /// The start of the machine to which the counter belongs.
        public var boot: BootID
        /// Milliseconds of the counter.
        public var counter: Int64
        /// The wall clock.
        public var wall: Timestamp

        public init(boot: BootID, counter: Int64, wall: Timestamp) {
            (self.boot, self.counter, self.wall) = (boot, counter, wall)
        }

        /// The machine's clocks now.
        public static func now() -> Reading {
            Reading(boot: .current, counter: Int64(monotonicNanoseconds() / 1_000_000), wall: .now())
        }
    }

    /// The wall clock's time was taken over.
    public struct TakeOver: Sendable, Equatable {
        /// By so many milliseconds the house's time went forward, or back.
        public var by: Int64
        /// When, on the house's new time.
        public var at: Timestamp
    }

    public private(set) var boot: BootID
    /// Milliseconds between the counter and the house's time.
    public private(set) var distance: Int64
    /// The house's time at the last look.
    public private(set) var seen: Timestamp
    /// How far the wall clock stands from the house's time, in milliseconds; 0 where the house follows it.
    public private(set) var apart: Int64 = 0
    /// Since when it stands there, on the counter.
    public private(set) var apartSince: Int64 = 0
    /// The last one; `by` is 0 when there was none.
    public private(set) var taken = TakeOver(by: 0, at: Timestamp(milliseconds: 0))

    /// Beyond that the wall clock has jumped, in milliseconds; below it is followed.
    public static let tolerance: Int64 = 60_000

    /// For so long a jump must stand to be believed, in milliseconds.
    public func patience(for difference: Int64) -> Int64 {
        let (minutes, day): (Int64, Int64) = (600_000, 86_400_000)
        // Back from where it should never have gone.
        let isReturn = taken.by > 0 && abs(difference + taken.by) <= 2 * Self.tolerance
        return difference >= -day || isReturn ? minutes : day
    }

    /// Begins with the wall clock.
    public init(_ reading: Reading) {
        boot = reading.boot
        distance = reading.wall.milliseconds - reading.counter
        seen = reading.wall
    }

    /// The house's time when the counter stands there.
    public func time(at counter: Int64) -> Timestamp { Timestamp(milliseconds: counter &+ distance) }

    /// Looks at the clocks.
    public mutating func observe(_ reading: Reading) {
        if reading.boot != boot { begin(reading) }
        // The counter of a machine that was put back to a snapshot.
        let before = time(at: reading.counter)
        if before < seen { distance += seen.milliseconds - before.milliseconds }
        let now = time(at: reading.counter)
        let difference = reading.wall.milliseconds - now.milliseconds
        if abs(difference) <= Self.tolerance {
            // At most half as slow as the counter, so that the house's time never goes back.
            let passed = now.milliseconds - seen.milliseconds
            distance += max(difference, -passed / 2)
            (apart, apartSince) = (0, 0)
        } else if apart == 0 || abs(difference - apart) > Self.tolerance {
            (apart, apartSince) = (difference, reading.counter)
        } else if reading.counter - apartSince >= patience(for: difference) {
            distance += difference
            (apart, apartSince) = (0, 0)
            taken = TakeOver(by: difference, at: time(at: reading.counter))
        }
        seen = time(at: reading.counter)
    }

    /// Longer a machine is hardly off (a shop that opens for the season); one that says so may have begun with a wrong
    /// clock that is put right soon. Within it sessions and tokens end in time from the first moment on.
    private static let longestPause: Int64 = 400 * 86_400_000

    /// The machine was started anew: how long it was off only the wall clock can tell, but not that it was less than
    /// nothing. More than `longestPause` must stand as a jump must.
    private mutating func begin(_ reading: Reading) {
        boot = reading.boot
        let pause = reading.wall.milliseconds - seen.milliseconds
        let begin = pause > 0 && pause <= Self.longestPause ? reading.wall : seen
        distance = begin.milliseconds - reading.counter
        (apart, apartSince) = (0, 0)
    }

    // MARK: As numbers

    /// As it stands in a file.
    var numbers: [Int64] {
        [
            Int64(bitPattern: boot.high), Int64(bitPattern: boot.low), distance, seen.milliseconds, apart, apartSince,
            taken.by, taken.at.milliseconds,
        ]
    }

    init?(numbers: [Int64]) {
        guard numbers.count == 8 else { return nil }
        boot = BootID(high: UInt64(bitPattern: numbers[0]), low: UInt64(bitPattern: numbers[1]))
        distance = numbers[2]
        seen = Timestamp(milliseconds: numbers[3])
        (apart, apartSince) = (numbers[4], numbers[5])
        taken = TakeOver(by: numbers[6], at: Timestamp(milliseconds: numbers[7]))
    }
}

/// Names one start of a machine.
public struct BootID: Sendable, Hashable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    /// A UUID as the kernel writes it.
    public init?(_ text: String) {
        let digits = text.trimmed.filter { $0 != "-" }
        guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
            let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    public var description: String {
        func hex(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let (first, second) = (hex(high), hex(low))
        return "\(first.prefix(8))-\(first.dropFirst(8).prefix(4))-\(first.suffix(4))-"
            + "\(second.prefix(4))-\(second.suffix(12))"
    }

    /// Of this machine since its last start; zero where /proc does not tell.
    public static let current =
        BootID(
            String(decoding: (try? Files.read("/proc/sys/kernel/random/boot_id")) ?? [], as: UTF8.self)
        ) ?? BootID(high: 0, low: 0)
}
