import Glibc
import Process
import Support
import TestSupport
import Testing

@Suite struct VitalsTests {
    private let second: UInt64 = 1_000_000_000
    private let sleeping = Vitals(state: "S", processorTicks: 7, switches: 9)
    private let stopped = Vitals(state: "T", processorTicks: 7, switches: 9)

    /// How many looks of a second each it takes until the process is told to end; nil when it is not in so many.
    private func looksUntilEnd(_ watch: HangWatch, in most: Int = 20, _ next: (Int) -> (Vitals?, Int64?)) -> Int? {
        var watch = watch
        return (1...most).first { number in
            let (vitals, beat) = next(number)
            return watch.look(vitals, beat: beat, elapsed: second) == .end
        }
    }

    @Test func oneThatWasStoppedHangs() {
        for expectation in [HangWatch.Expectation.runs, .wakesUp] {
            #expect(looksUntilEnd(HangWatch(expectation, limit: 3 * second)) { _ in (stopped, nil) } == 3)
        }
    }

    @Test func oneThatSleepsHangsOnlyWhereItShouldWakeUp() {
        #expect(looksUntilEnd(HangWatch(.runs, limit: 3 * second)) { _ in (sleeping, nil) } == nil)
        // The first look has nothing to compare with.
        #expect(looksUntilEnd(HangWatch(.wakesUp, limit: 3 * second)) { _ in (sleeping, nil) } == 4)
    }

    @Test(arguments: ["D", "R"]) func oneThatWaitsForTheMachineDoesNotHang(state: String) {
        let vitals = Vitals(state: state, processorTicks: 7, switches: 9)
        #expect(looksUntilEnd(HangWatch(.wakesUp, limit: 3 * second)) { _ in (vitals, nil) } == nil)
    }

    @Test func anySignOfLifeBeginsTheTimeAnew() {
        let watch = HangWatch(.wakesUp, limit: 3 * second)
        #expect(
            looksUntilEnd(watch) { n in (Vitals(state: "S", processorTicks: 7, switches: UInt64(n / 3)), nil) } == nil
        )
        #expect(
            looksUntilEnd(watch) { n in (Vitals(state: "S", processorTicks: UInt64(n / 3), switches: 1), nil) } == nil
        )
        #expect(looksUntilEnd(watch) { n in (sleeping, Int64(n / 3)) } == nil)
        #expect(looksUntilEnd(watch) { _ in (sleeping, 5) } == 4)
    }

    @Test func oneThatIsBusyWithoutABeatHasLong() {
        let busy = { (number: Int) in Vitals(state: "R", processorTicks: UInt64(number), switches: 1) }
        let looks = looksUntilEnd(HangWatch(.wakesUp, limit: second), in: 300) { number in (busy(number), 5) }
        #expect(looks == 241)
    }

    @Test func whatIsToldAndStillDoesNothingIsKilled() {
        var watch = HangWatch(.runs, limit: second)
        #expect(watch.look(stopped, elapsed: second) == .end)
        #expect(watch.look(stopped, elapsed: second) == .fine)
        #expect(watch.look(stopped, elapsed: second) == .kill)
        // One that goes on may finish what it has.
        #expect(watch.look(sleeping, elapsed: second) == .fine)
    }

    @Test func timeThatTheWatcherSleptDoesNotCount() {
        var clock = WatchClock(most: 2 * second, now: 10 * second)
        #expect(clock.advance(to: 11 * second) == second)
        #expect(clock.advance(to: 5000 * second) == 2 * second)
        #expect(clock.advance(to: 5001 * second) == second)
        #expect(clock.advance(to: 4000 * second) == 0)
    }

    @Test func theKernelTellsOfARealProcess() throws {
        let process = try Spawn(executable: "/bin/sleep", arguments: ["sleep", "60"]).start()
        defer { process.send(SIGKILL) }
        #expect(eventually { Vitals(of: process.pid)?.state == "S" })
        process.send(SIGSTOP)
        #expect(eventually { Vitals(of: process.pid)?.isStopped == true })
        #expect(Vitals(of: process.pid) == Vitals(of: process.pid))
        process.send(SIGKILL)
        _ = process.wait(milliseconds: 5000)
        #expect(Vitals(of: process.pid) == nil)
        let before = try #require(Vitals(of: getpid()))
        #expect(eventually { Vitals(of: getpid()).map { $0 != before } ?? false })
    }
}

@Suite struct FileLocksTests {
    @Test func theKernelNamesTheHolderOfALock() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/file"
        let file = try Files.open(path, O_RDWR | O_CREAT)
        #expect(FileLocks.holders(of: [path]).isEmpty && !FileLocks.isLocked(path), "it is open, and not locked")
        #expect(flock(file.raw, LOCK_EX) == 0)
        #expect(FileLocks.isLocked(path) && FileLocks.holders(of: [path, folder.path]) == [.current])
        let waiting = try Spawn(executable: "/usr/bin/flock", arguments: ["flock", path, "sleep", "60"]).start()
        defer { waiting.sendToGroup(SIGKILL) }
        #expect(FileLocks.holders(of: [path]) == [.current], "one that waits holds nothing")
        flock(file.raw, LOCK_UN)
        #expect(eventually { FileLocks.holders(of: [path]).contains(waiting.identity) })
    }

    @Test func aFolderIsLockedByOneAtATime() throws {
        let folder = TestFolder()
        func isFree() throws -> Bool {
            switch try FolderLock(folder.path) {
            case .none: false
            case .some: true
            }
        }
        if let lock = try FolderLock(folder.path) {
            #expect(try !isFree())
            #expect(FileLocks.holders(of: [folder.path]) == [.current])
            // Whatever becomes of what stands in it.
            for name in Files.names(in: folder.path) { unlink("\(folder.path)/\(name)") }
            #expect(try !isFree())
            _ = lock.descriptor.raw
        } else {
            Issue.record("the folder was locked")
        }
        #expect(try isFree())
        #expect(throws: SystemError.self) {
            switch try FolderLock("\(folder.path)/none") {
            case .none: break
            case .some: break
            }
        }
    }

    @Test func onlyAProcessOfThisInstallationIsOurs() throws {
        let leftovers = Leftovers(mark: "BODEGA_SUPERVISED=/somewhere", workingFolder: "/nowhere")
        let foreign = try Spawn(executable: "/bin/sleep", arguments: ["sleep", "60"]).start()
        let marked = try Spawn(
            executable: "/bin/sleep",
            arguments: ["sleep", "60"],
            environment: ["BODEGA_SUPERVISED=/somewhere"]
        ).start()
        defer { for process in [foreign, marked] { process.send(SIGKILL) } }
        #expect(!leftovers.isOfInstallation(foreign.pid))
        #expect(leftovers.isOfInstallation(marked.pid))
        #expect(!leftovers.isOfInstallation(getpid()) && !leftovers.isOfInstallation(1))
        #expect(Leftovers.command(of: foreign.pid) == "sleep 60")
    }
}
