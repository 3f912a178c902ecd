import Support
import Testing

/// Zones of the system's database.
@Suite struct TimeZoneTests {
    @Test func namesLeadNowhereElse() {
        let bad = ["", "../etc/passwd", "/etc/passwd", "Europe/../UTC", "europe/lisbon", "Europe", "Europe/", "No/X"]
        for name in bad { #expect(TimeZone(named: name) == nil, "\(name)") }
        #expect(TimeZone(named: "UTC") == .utc && TimeZone.utc.offset(at: 0) == 0)
        #expect(TimeZone.names().contains("Europe/Lisbon"))
        for name in TimeZone.names() { #expect(TimeZone(named: name) != nil, "\(name)") }
    }

    @Test func offsetsOfThePastAndOfTheFuture() throws {
        let lisbon = try #require(TimeZone(named: "Europe/Lisbon"))
        func offset(_ text: String) throws -> Int64 {
            lisbon.offset(at: try #require(Timestamp(rfc3339: text)).milliseconds / 1000)
        }
        #expect(try offset("1995-01-15T12:00:00Z") == 3600, "it kept the time of Paris then")
        #expect(try offset("2026-07-01T12:00:00Z") == 3600)
        #expect(try offset("2026-12-01T12:00:00Z") == 0)
        // Behind the last recorded change the rule goes on.
        #expect(try offset("2150-07-01T12:00:00Z") == 3600)
        #expect(try offset("2150-12-01T12:00:00Z") == 0)
        // Winter time is the exception by law there.
        let dublin = try #require(TimeZone(named: "Europe/Dublin"))
        let winter = try #require(Timestamp(rfc3339: "2150-01-01T12:00:00Z")).milliseconds / 1000
        #expect(dublin.offset(at: winter) == 0)
    }

    @Test func wallTimesThatAreLeftOutOrShownTwice() throws {
        let berlin = try #require(TimeZone(named: "Europe/Berlin"))
        func moment(_ wall: String) throws -> String {
            let wall = try #require(Timestamp(rfc3339: "\(wall):00Z")).milliseconds / 1000
            return Timestamp(milliseconds: berlin.moment(ofWall: wall) * 1000).rfc3339
        }
        #expect(try moment("2026-03-29T02:30") == "2026-03-29T01:00:00.000Z")
        #expect(try moment("2026-10-25T02:30") == "2026-10-25T00:30:00.000Z")
        #expect(try moment("2026-06-01T12:00") == "2026-06-01T10:00:00.000Z")
    }
}
