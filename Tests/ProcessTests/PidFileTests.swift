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
        #expect(Handover(";") == Handover(descriptors: [:], children: []))
        for broken in ["", "a=1", "a=b;", "a=1;b=c", "a=1;b"] { #expect(Handover(broken) == nil) }
    }
}
