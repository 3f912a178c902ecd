import Glibc
import Process
import Support
import TestSupport
import Testing

@Suite struct PidFileTests {
    private func takes(_ path: String) throws -> Bool {
        switch try PidFile(path: path) {
        case .none: false
        case .some: true
        }
    }

    @Test func oneAtATimeHoldsTheLock() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/pid"
        #expect(!PidFile.isHeld(path))
        if let lock = try PidFile(path: path) {
            try lock.write(executable: "/bin/long-name", state: "starting")
            try lock.write(executable: "/bin/x", state: "ready")
            #expect(try !takes(path))
            #expect(PidFile.isHeld(path))
            let content = PidFile.read(path)
            #expect(content?.identity == .current && content?.executable == "/bin/x" && content?.state == "ready")
        } else {
            Issue.record("the lock was held")
        }
        #expect(!PidFile.isHeld(path))
        #expect(try takes(path))
    }

    /// A program that was handed the locks and cannot go on gives them back: the one before must still hold them.
    @Test func whatWasHandedOverStaysLockedForTheWayBack() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/pid"
        guard let lock = try PidFile(path: path), let folderLock = try FolderLock(folder.path) else {
            throw SystemError("lock")
        }
        do {
            let taken = try PidFile(path: path, inherited: duplicate(lock.descriptor.raw))
            try taken.write(executable: "/bin/x", state: "starting")
            _ = try FolderLock(inherited: duplicate(folderLock.descriptor.raw))
        }
        #expect(PidFile.isHeld(path) && FileLocks.isLocked(folder.path))
    }

    @Test func aPipeOfThatNameIsNotRead() {
        let folder = TestFolder()
        #expect(mkfifo("\(folder.path)/pid", 0o600) == 0)
        #expect(PidFile.read("\(folder.path)/pid") == nil)
    }

    @Test func itSaysWhatBecameOfAnOrderAndNoticesItsRemoval() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/pid"
        guard let lock = try PidFile(path: path) else { throw SystemError("lock") }
        try lock.write(executable: "/bin/x", state: "ready")
        #expect(PidFile.read(path)?.renewal == nil)
        let renewal = PidFile.Renewal(number: 3, outcome: "refused: two\nlines")
        try lock.write(executable: "/bin/x", state: "ready", renewal: renewal)
        #expect(PidFile.read(path)?.renewal == PidFile.Renewal(number: 3, outcome: "refused: twolines"))
        var isInPlace = lock.isInPlace
        #expect(isInPlace)
        unlink(path)
        isInPlace = lock.isInPlace
        #expect(!isInPlace)
        _ = try Files.open(path, O_RDWR | O_CREAT)
        isInPlace = lock.isInPlace
        #expect(!isInPlace, "another file of that name")
    }

    /// The file names somebody; what is signalled is only who holds it.
    @Test func theHolderIsBelievedOnlyWhenTheKernelSaysSo() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/pid"
        let own = try #require(target(of: "/proc/self/exe"))
        guard let lock = try PidFile(path: path) else { throw SystemError("lock") }
        try lock.write(executable: own, state: "ready")
        #expect(PidFile.holder(path) == .current)
        try lock.write(executable: "/bin/true", state: "ready")
        #expect(PidFile.holder(path) == nil, "another program")

        func plant(_ process: ProcessIdentity, _ program: String) throws {
            guard ftruncate(lock.descriptor.raw, 0) == 0, lseek(lock.descriptor.raw, 0, SEEK_SET) == 0 else { return }
            let text = "\(process.pid) \(process.startTime)\n\(program)\nready\n"
            try Files.writeAll(Array(text.utf8), to: lock.descriptor.raw, path)
        }
        let sleeping = try Spawn(executable: "/bin/sleep", arguments: ["sleep", "60"]).start()
        try plant(sleeping.identity, try #require(target(of: "/proc/\(sleeping.pid)/exe")))
        #expect(PidFile.holder(path) == nil, "it has another file open")
        try plant(ProcessIdentity(pid: getpid(), startTime: 1), own)
        #expect(PidFile.holder(path) == nil, "an earlier process of that number")
        sleeping.send(SIGKILL)
        _ = sleeping.wait(milliseconds: 5000)
    }

    @Test(.enabled(if: geteuid() == 0)) func theProcessOfAnotherUserIsNoHolder() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/pid"
        guard let lock = try PidFile(path: path) else { throw SystemError("lock") }
        let other = try Spawn(
            executable: "/usr/bin/setpriv",
            arguments: ["setpriv", "--reuid=12345", "--clear-groups", "sleep", "60"],
            environment: ["PATH=/usr/bin:/bin"],
            descriptors: [Spawn.Inherited(lock.descriptor.raw, as: 3)]
        ).start()
        func program() -> String { target(of: "/proc/\(other.pid)/exe") ?? "" }
        #expect(eventually { program().hasSuffix("/sleep") })
        let text = "\(other.identity.pid) \(other.identity.startTime)\n\(program())\nready\n"
        try Files.writeAll(Array(text.utf8), to: lock.descriptor.raw, path)
        #expect(PidFile.holder(path) == nil)
        other.send(SIGKILL)
        _ = other.wait(milliseconds: 5000)
    }

    @Test(arguments: ["", "12", "12 x\na\nb\n", "12 13\na"])
    func whatIsNotAPidFileIsNotRead(_ text: String) throws {
        let folder = TestFolder()
        try Files.replace("\(folder.path)/pid", with: Array(text.utf8))
        #expect(PidFile.read("\(folder.path)/pid") == nil)
    }

    @Test func aHandoverSurvivesItsText() throws {
        let handover = Handover(
            descriptors: ["lock": 3, "web": 4],
            children: [
                Handover.Child(name: "nginx", pid: 812, slot: nil), Handover.Child(name: "web", pid: 815, slot: 2),
            ]
        )
        #expect(handover.text == "lock=3,web=4;nginx=812,web=815/2")
        #expect(Handover(handover.text) == handover)
        let back = Handover(descriptors: ["a": 1], children: [], former: "/a;b,c=d/bodega-1")
        #expect(Handover(back.text) == back)
        #expect(Handover(";") == Handover(descriptors: [:], children: []))
        for broken in ["", "a=1", "a=b;", "a=1;b=c", "a=1;b"] { #expect(Handover(broken) == nil) }
    }
}
