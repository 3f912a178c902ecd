import Support
import Synchronization
import Testing

@Suite struct LogTests {
    @Test func aValueCannotForgeALine() {
        let lines = Lines()
        let log = Log(component: "web", sink: lines.append)
        log.info("request done", ["path": "/a b", "status": "200", "none": nil, "evil": "x\ny=1 error", "empty": ""])
        log.warning("plain")
        log.error("quote \"")
        log.log(.debug, "below the threshold")
        #expect(lines.all.count == 3)
        #expect(lines.all.allSatisfy { !$0.contains("\n") })
        let tail = #" "request done" path="/a b" status=200 evil="x\ny=1 error" empty="""#
        #expect(lines.all[0].hasSuffix(tail))
        #expect(lines.all[0].contains("Z info web["))
        #expect(lines.all[1].hasSuffix("] plain"))
        #expect(lines.all[2].hasSuffix(#"] "quote \"""#))
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func append(_ line: String) {
        lines.withLock { $0.append(line) }
    }
}
