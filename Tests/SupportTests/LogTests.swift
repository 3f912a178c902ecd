import Glibc
import Synchronization
import Testing

@testable import Support

@Suite struct LogTests {
    private let lines = Lines()

    @Test func aValueCannotForgeALine() {
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

    /// As a disk that becomes full in the middle of a line: the next line is one of its own.
    @Test func aLineThatWasCutOffSpoilsNoOther() throws {
        let room = Mutex(50)
        let written = Mutex<[UInt8]>([])
        let null = try Files.open("/dev/null", O_WRONLY)
        let output = LogOutput.descriptor(null.raw) { bytes in
            let count = room.withLock { left in
                let count = min(left, bytes.count)
                left -= count
                return count
            }
            written.withLock { $0 += bytes.prefix(count) }
            return count > 0 ? count : -1
        }
        func put(_ message: String) { output.put(LogEntry(.info, "web", message, module: "M"), .text) }
        for message in [String(repeating: "x", count: 100), "lost"] { put(message) }
        room.withLock { $0 = 10_000 }
        put("next")
        let text = String(decoding: written.withLock { $0 }, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines[0].hasSuffix("xx") && lines[3].isEmpty)
        #expect(lines[1].contains("dropped") && lines[1].hasSuffix("count=2") && lines[2].hasSuffix("next"))
    }

    @Test func theSameInJSON() throws {
        let log = Log(component: "work", format: .json, sink: lines.append).adding(["job_id": "j-1", "user_id": nil])
        log.warning("it\nfailed", ["request_id": "r-1", "time": "late", "job_id": "j-2"])
        let json = try JSON.parse(try #require(lines.all.first))
        #expect(json["level"] == "warning" && json["logger"] == "work" && json["message"] == "it\nfailed")
        #expect(json["module"] == "SupportTests/LogTests" && json["function"] == "theSameInJSON()")
        #expect(json["line"]?.intValue ?? 0 > 20)
        #expect(json["request_id"] == "r-1" && json["job_id"] == "j-2", "the line's own value goes first")
        #expect(json["data"] == ["time": "late"], "a value cannot take the place of the line's own time")
        let entry = try #require(LogEntry(json: Array(lines.all[0].utf8)))
        #expect(entry["time"] == "late" && entry["job_id"] == "j-2" && entry.message == "it\nfailed")
        #expect(entry.others.map(\.name) == ["time"])
    }

    /// What a terminal obeys or a reader's eye is misled by: escape sequences, also by their one-character form, marks
    /// that turn the direction of writing, other line breaks.
    @Test(arguments: [Log.Format.text, .json])
    func controlCharactersAreWrittenOut(_ format: Log.Format) {
        let log = Log(component: "web", format: format, sink: lines.append)
        log.warning("a\u{1B}[31mred\u{9B}2Jb", ["x": "\u{202E}txt.exe\u{2028}y\u{7F}\u{0}\r"])
        let line = lines.all.first ?? ""
        #expect(line.contains(#"a\u001b[31mred\u009b2Jb"#) && line.contains(#"\u202etxt.exe\u2028y\u007f\u0000\r"#))
        #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
    }

    @Test(arguments: [Log.Format.text, .json])
    func aLineIsBounded(_ format: Log.Format) throws {
        let log = Log(component: "web", format: format, sink: lines.append)
        let long = String(repeating: "é\u{1B}\"", count: 10_000)
        log.warning(long, ["a": long, "b": long, "c": long, long: "d"])
        let line = try #require(lines.all.first)
        #expect(line.utf8.count < LogEntry.mostBytes && line.utf8.count > 2000)
        #expect(line.contains("…"))
        if format == .json {
            let entry = try #require(LogEntry(json: Array(line.utf8)))
            #expect(entry.message.hasPrefix("é\u{1B}\"é") && entry.message.hasSuffix("…"))
        }
    }

    @Test func secretsAreLeftOut() {
        let log = Log(component: "web", sink: lines.append)
        let token = "bodega_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE"
        log.error("got \(token).", ["a": token, "path": "https://shop.example/reset/AbC-12_3?x", "b": "bodega_web_1"])
        #expect(lines.all.first?.contains("AbC") == false)
        #expect(
            lines.all.first?.hasSuffix(
                #" "got bodega_….""# + #" a="bodega_…" path="https://shop.example/reset/…?x" b=bodega_web_1"#
            ) == true,
            "\(lines.all)"
        )
    }

    @Test func whatIsDroppedIsTold() {
        let taken = Lines()
        let isFull = Atomic(true)
        let output = LogOutput { bytes in
            if isFull.load(ordering: .relaxed) { return false }
            taken.append(String(decoding: bytes, as: UTF8.self))
            return true
        }
        let log = Log(component: "web", output: output)
        for _ in 0..<5 { log.warning("lost") }
        isFull.store(false, ordering: .relaxed)
        log.warning("kept")
        log.warning("also")
        #expect(taken.all.count == 3)
        #expect(taken.all[0].contains(#""log lines were dropped" count=5"#))
        #expect(taken.all[1].contains("kept") && taken.all[2].contains("also"))
    }
}

final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func append(_ line: String) {
        lines.withLock { $0.append(line) }
    }
}
