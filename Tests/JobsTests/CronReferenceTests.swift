import Glibc
import Support
import Testing

@testable import Jobs

/// Next times as cronsim (PyPI) finds them, which follows Debian's cron: `Tests/CronReference` has made the cases.
@Suite struct CronReferenceTests {
    @Test func nextTimesAreThoseOfTheReference() throws {
        let folder =
            #filePath.split(separator: "/").dropLast(2).map(String.init) + ["CronReference", "cron_reference.txt"]
        let own = "/" + folder.joined(separator: "/")
        let path = getenv("BODEGA_CRON_CASES").map { String(cString: $0) } ?? own
        var zones: [String: TimeZone] = [:]
        var cases = 0
        var wrong: [String] = []
        for line in String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n") {
            let cells = line.split(separator: "\t").map(String.init)
            let start = Timestamp(milliseconds: try #require(Int64(cells[1])) * 1000)
            let zone = try #require(zones[cells[0]] ?? TimeZone(named: cells[0]), "\(cells[0])")
            zones[cells[0]] = zone
            cases += 1
            let found: String
            if let cron = try? CronExpression(cells[2]) {
                let next = cron.next(3, after: start, in: zone).map { String($0.milliseconds / 1000) }
                found = next.isEmpty ? "-" : next.joined(separator: " ")
            } else {
                found = "!"
            }
            if found != cells[3] { wrong.append("\(line) but \(found)") }
        }
        #expect(cases >= 2000)
        #expect(wrong.isEmpty, "\(wrong.count) of \(cases):\n\(wrong.prefix(20).joined(separator: "\n"))")
    }
}
