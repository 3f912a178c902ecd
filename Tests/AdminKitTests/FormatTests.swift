import AdminKit
import Markup
import Support
import Testing

@Suite struct FormatTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "−1,000"),
        (Int64.min, "−9,223,372,036,854,775,808"),
    ])
    func integers(value: Int64, text: String) {
        #expect(Format.integer(value) == text)
    }

    @Test(arguments: [("1234.50", "1,234.50"), ("0.99", "0.99"), ("1000000", "1,000,000"), ("", ""), ("x.1", "x.1")])
    func decimals(stored: String, text: String) {
        #expect(Format.decimal(stored) == text)
    }

    @Test(arguments: [
        (-5, "0 s"), (0, "0 s"), (45, "45 s"), (60, "1 min"), (200, "3 min 20 s"), (7200, "2 h"), (7260, "2 h 1 min"),
        (7259, "2 h"), (349_200, "4 d 1 h"),
    ])
    func durations(seconds: Int64, text: String) {
        #expect(Format.duration(seconds: seconds) == text)
    }

    @Test func durationsBetweenMoments() {
        #expect(Format.duration(milliseconds: 640) == "640 ms")
        #expect(Format.duration(milliseconds: 64_000) == "1 min 4 s")
        #expect(Format.duration(milliseconds: -5) == "0 s")
        #expect(Format.duration(milliseconds: 0) == "0 s")
    }

    @Test(arguments: [
        (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (1450, "1.4 kB"), (246_000_000, "246 MB"),
        (999_999, "999 kB"), (1_000_000, "1 MB"), (5_368_709_120, "5.3 GB"), (Int64.max, "9.2 EB"),
    ])
    func sizes(count: Int64, text: String) {
        #expect(Format.bytes(count) == text)
    }

    @Test func moments() {
        let time = Timestamp(milliseconds: 1_795_262_400_123)
        #expect(Format.time(time) == "21 Nov 2026, 12:00 UTC")
        #expect(Format.time(time, seconds: true) == "21 Nov 2026, 12:00:00 UTC")
        #expect(Time(time).html == "<time datetime=\"2026-11-21T12:00:00.123Z\">21 Nov 2026, 12:00 UTC</time>")
    }

    @Test func nouns() {
        #expect(Format.count(1, Noun("row", "rows")) == "1 row")
        #expect(Format.count(1234, Noun("row", "rows")) == "1,234 rows")
    }
}
