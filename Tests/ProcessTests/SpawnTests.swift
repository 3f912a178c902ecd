import Glibc
import Process
import Support
import TestSupport
import Testing

@Suite struct SpawnTests {
    private func shell(_ script: String, _ descriptors: [Spawn.Inherited] = []) -> Spawn {
        Spawn(
            executable: "/bin/sh",
            arguments: ["sh", "-c", script],
            environment: ["MARK=here", "PATH=/usr/bin:/bin"],
            descriptors: descriptors
        )
    }

    @Test func exitCodeAndSignalAreTold() throws {
        #expect(try shell("exit 7").start().wait(milliseconds: 5000) == .exited(7))
        #expect(try shell("kill -9 $$").start().wait(milliseconds: 5000) == .killed(signal: SIGKILL))
        let sleeper = try shell("sleep 60").start()
        #expect(sleeper.wait(milliseconds: 50) == nil)
        sleeper.sendToGroup(SIGKILL)
        #expect(sleeper.wait(milliseconds: 5000) == .killed(signal: SIGKILL))
    }

    @Test func aProgramThatIsNotThereIsAnErrorAtOnce() {
        #expect(throws: SystemError.self) { try Spawn(executable: "/nowhere", arguments: ["x"]).start() }
    }

    @Test func descriptorsArriveUnderTheirNumbers() throws {
        let folder = TestFolder()
        let a = try Files.open("\(folder.path)/a", O_RDWR | O_CREAT)
        let b = try Files.open("\(folder.path)/b", O_RDWR | O_CREAT)
        // Crossed on purpose: the target of one is the source of the other.
        let child = try Spawn(
            executable: "/bin/bash",
            arguments: ["bash", "-c", "echo one >&\(b.raw); echo two >&\(a.raw); echo $MARK >\(folder.path)/env"],
            environment: ["MARK=here"],
            descriptors: [Spawn.Inherited(a.raw, as: b.raw), Spawn.Inherited(b.raw, as: a.raw)]
        ).start()
        #expect(child.wait(milliseconds: 5000) == .exited(0))
        #expect(try Files.read("\(folder.path)/a") == Array("one\n".utf8))
        #expect(try Files.read("\(folder.path)/b") == Array("two\n".utf8))
        #expect(try Files.read("\(folder.path)/env") == Array("here\n".utf8))
    }

    @Test func aChildDiesWithTheThreadThatStartedIt() throws {
        let folder = TestFolder()
        let spawn = shell("echo $$ >\(folder.path)/pid; sleep 60")
        let thread = TestThread {
            guard (try? spawn.start()) != nil else { return }
            _ = eventually { Files.size("\(folder.path)/pid") ?? 0 > 0 }
        }
        thread.join()
        let text = String(decoding: try Files.read("\(folder.path)/pid"), as: UTF8.self).trimmed
        let process = ProcessIdentity(pid: try #require(Int32(text)))
        #expect(eventually { !process.isRunning })
    }

    @Test func anIdentityIsNotFooledByAnotherStartTime() throws {
        let own = ProcessIdentity.current
        #expect(own.isRunning && own.startTime > 0)
        #expect(!ProcessIdentity(pid: own.pid, startTime: own.startTime + 1).isRunning)
    }

    @Test func leftoversAreFoundByTheirMarkAndEnded() throws {
        let mark = "BODEGA_SUPERVISED=/test/\(getpid())"
        let child = try Spawn(executable: "/bin/sleep", arguments: ["sleep", "60"], environment: [mark]).start()
        let other = try Spawn(executable: "/bin/sleep", arguments: ["sleep", "60"], environment: [mark + "0"]).start()
        let leftovers = Leftovers(mark: mark, workingFolder: "/nowhere")
        #expect(leftovers.find() == [child.identity])
        #expect(leftovers.end() == 1)
        #expect(child.wait(milliseconds: 5000) == .killed(signal: SIGTERM))
        #expect(other.identity.isRunning)
        other.send(SIGKILL)
        _ = other.wait(milliseconds: 5000)
    }
}
