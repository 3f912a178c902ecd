import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Support

/// The clocks of a machine that somebody sets.
private final class Machine: Sendable {
    private let state = Mutex<HouseTime.Reading>(
        HouseTime.Reading(
            boot: BootID(high: 1, low: 1),
            counter: 5_000,
            wall: Timestamp(milliseconds: 1_795_000_000_000)
        )
    )

    var reading: HouseTime.Reading { state.withLock { $0 } }

    func pass(seconds: Int64) {
        state.withLock { state in
            state.counter += seconds * 1000
            state.wall = state.wall.adding(seconds: seconds)
        }
    }

    func put(seconds: Int64) { state.withLock { $0.wall = $0.wall.adding(seconds: seconds) } }
    func put(milliseconds: Int64) { state.withLock { $0.wall = $0.wall.adding(milliseconds: milliseconds) } }

    /// Off for a while, and its clock runs on or not.
    func start(wall seconds: Int64) {
        state.withLock { state in
            state.boot.low += 1
            state.counter = 1000
            state.wall = state.wall.adding(seconds: seconds)
        }
    }
}

@Suite struct HouseClockTests {
    private let machine = Machine()
    private static let hour: Int64 = 3600
    private static let year: Int64 = 365 * 24 * hour

    private func clock(_ folder: TemporaryFolder) -> HouseClock {
        let machine = machine
        return HouseClock("\(folder.path)/clock") { machine.reading }
    }

    /// Looks at the clock every two seconds for so long.
    private func run(_ clock: HouseClock, seconds: Int64) {
        for _ in 0..<(seconds / 2) {
            machine.pass(seconds: 2)
            clock.observe()
        }
    }

    @Test(arguments: [-hour, hour, -2 * year, 2 * year]) func aJumpForAWhileIsNoTime(_ jump: Int64) throws {
        let folder = try TemporaryFolder()
        let clock = clock(folder)
        let start = clock.now()
        #expect(start == machine.reading.wall)
        machine.put(seconds: jump)
        #expect(clock.now() == start, "before anybody has looked")
        run(clock, seconds: 20)
        #expect(clock.now() == start.adding(seconds: 20))
        #expect(self.clock(folder).now() == start.adding(seconds: 20), "of a process that begins meanwhile")
        let apart = try #require(clock.standing()).apart
        #expect(apart == jump * 1000)
        machine.put(seconds: -jump)
        run(clock, seconds: 20)
        #expect(clock.now() == start.adding(seconds: 40))
        #expect(clock.now() == machine.reading.wall && clock.standing()?.apart == 0 && clock.standing()?.taken.by == 0)
    }

    @Test(arguments: [-hour, hour, 2 * year]) func whatStandsForTenMinutesIsBelieved(_ jump: Int64) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let clock = clock(folder)
        let start = clock.now()
        machine.put(seconds: jump)
        run(clock, seconds: 600)
        #expect(clock.now() == start.adding(seconds: 600))
        run(clock, seconds: 2)
        #expect(clock.now() == machine.reading.wall && clock.standing()?.apart == 0)
        #expect(clock.standing()?.taken == HouseTime.TakeOver(by: jump * 1000, at: machine.reading.wall))
        // Back to where it never should have left takes no longer.
        machine.put(seconds: -jump)
        run(clock, seconds: 604)
        #expect(clock.now() == machine.reading.wall)
        #expect(clock.now() == start.adding(seconds: 600 + 2 + 604))
    }

    @Test func moreThanADayBackIsBelievedAfterADay() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let clock = clock(folder)
        let start = clock.now()
        machine.put(seconds: -2 * Self.year)
        run(clock, seconds: 24 * Self.hour)
        #expect(clock.now() == start.adding(seconds: 24 * Self.hour))
        run(clock, seconds: 4)
        #expect(clock.now() == machine.reading.wall)
    }

    @Test func smallStepsAreFollowedWithoutGoingBack() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let clock = clock(folder)
        _ = clock.now()
        var last = clock.now()
        var random = SeededRandom(3)
        for _ in 0..<500 {
            machine.pass(seconds: 2)
            if random.chance(1, in: 20) { machine.put(milliseconds: Int64(random.below(60_000)) - 30_000) }
            clock.observe()
            #expect(clock.now() >= last)
            last = clock.now()
        }
        run(clock, seconds: 300)
        #expect(clock.now() == machine.reading.wall)
        #expect(clock.standing()?.taken.by == 0)
    }

    @Test func aMachineThatStartsWithAnOldClockGoesOnFromWhatWasSeen() throws {
        let folder = try TemporaryFolder()
        let start = clock(folder).now()
        machine.start(wall: -Self.hour)
        #expect(clock(folder).now() == start)
        machine.put(seconds: Self.hour + 60)
        let clock = clock(folder)
        run(clock, seconds: 604)
        #expect(clock.now() == machine.reading.wall)
        machine.start(wall: 8 * Self.hour)
        #expect(self.clock(folder).now() == machine.reading.wall, "it was off over night")
    }

    @Test func aFileThatCountsForNothingIsMadeAnew() throws {
        let folder = try TemporaryFolder()
        let clock = clock(folder)
        _ = clock.now()
        for content in [[], [UInt8](repeating: 7, count: 72), [UInt8](repeating: 0, count: 30)] {
            try Files.replace("\(folder.path)/clock", with: content)
            #expect(self.clock(folder).now() == machine.reading.wall)
            #expect(self.clock(folder).standing() != nil)
        }
        let machine = machine
        let nowhere = HouseClock("\(folder.path)/none/clock") { machine.reading }
        #expect(nowhere.now() == machine.reading.wall)
        // A link there is not followed.
        unlink("\(folder.path)/clock")
        #expect(symlink("\(folder.path)/elsewhere", "\(folder.path)/clock") == 0)
        #expect(self.clock(folder).now() == machine.reading.wall && !Files.exists("\(folder.path)/elsewhere"))
    }

    @Test func bootIDsAreWrittenAsTheKernelDoes() {
        let text = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
        #expect(BootID(text + "\n")?.description == text)
        #expect(BootID("") == nil && BootID("0f1e2d3c") == nil)
        #expect(BootID.current == HouseTime.Reading.now().boot)
    }
}
