import Glibc
import Process
import Support
import TestSupport
import Testing

/// Uses counted over processes by locks of the kernel.
@Suite struct UsageLocksTests {
    private let folder = TestFolder()
    private var path: String { "\(folder.path)/downloads" }

    private func take(_ locks: UsageLocks, _ owner: Int64, perOwner: Int = 2, total: Int = 3) -> UsageLocks.Lease? {
        try? locks.take(owner: owner, perOwner: perOwner, total: total)
    }

    @Test func eachOwnerHasAShareAndAllHaveABound() throws {
        let locks = try UsageLocks(path: path)
        var first = take(locks, 1)
        let second = take(locks, 1)
        #expect(first != nil && second != nil)
        #expect(throws: UsageLocks.Refusal.owner) { try locks.take(owner: 1, perOwner: 2, total: 3) }
        let other = take(locks, 2)
        #expect(other != nil)
        #expect(throws: UsageLocks.Refusal.total) { try locks.take(owner: 2, perOwner: 2, total: 3) }
        first = nil
        // What was refused has not kept a place of its owner.
        let third = take(locks, 2)
        #expect(third != nil && take(locks, 3) == nil)
        withExtendedLifetime((second, other, third)) {}
    }

    /// The other process holds what it has until it ends, however it ends.
    @Test func aKilledProcessGivesBackWhatItHad() throws {
        let locks = try UsageLocks(path: path)
        // dd(1) locks nothing, flock(1) other locks: Python has the same call.
        let script = "import fcntl,sys,time; f=open(sys.argv[1],'r+'); fcntl.lockf(f,fcntl.LOCK_EX,1,0); time.sleep(60)"
        let child = try Spawn(executable: "/usr/bin/python3", arguments: ["python3", "-c", script, path]).start()
        defer { child.send(SIGKILL) }
        #expect(eventually { take(locks, 5, total: 1) == nil }, "its place is the first of all")
        child.send(SIGKILL)
        _ = child.wait(milliseconds: 5000)
        #expect(take(locks, 5, total: 1) != nil)
    }
}
