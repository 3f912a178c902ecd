import Support
import Testing

@testable import Jobs

/// What cron expressions mean, and what is said of those that mean nothing. Next times beside a reference are in
/// `CronReferenceTests`.
@Suite struct CronExpressionTests {
    private let utc = TimeZone.utc

    private func at(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    private func next(_ cron: String, _ zone: String, after start: String, _ count: Int = 3) throws -> [String] {
        let zone = try #require(TimeZone(named: zone))
        return try CronExpression(cron).next(count, after: at(start), in: zone).map { String($0.rfc3339.prefix(16)) }
    }

    @Test func wordsStandForFields() throws {
        let start = "2026-11-30T12:30:00Z"
        let times = [
            "@hourly": "2026-11-30T13:00", "@daily": "2026-12-01T00:00", "@midnight": "2026-12-01T00:00",
            "@weekly": "2026-12-06T00:00", "@monthly": "2026-12-01T00:00", "@yearly": "2027-01-01T00:00",
            "@Annually": "2027-01-01T00:00",
        ]
        for (word, time) in times { #expect(try next(word, "UTC", after: start, 1) == [time], "\(word)") }
    }

    @Test func dayOfMonthOrDayOfWeek() throws {
        let start = "2026-12-01T00:00:00Z"
        // Both named: either. The 13th, and Fridays.
        #expect(
            try next("0 0 13 * FRI", "UTC", after: start).map { $0.prefix(10) } == [
                "2026-12-04", "2026-12-11", "2026-12-13",
            ]
        )
        // One begins with a star: both.
        #expect(
            try next("0 0 */2 * FRI", "UTC", after: start).map { $0.prefix(10) } == [
                "2026-12-11", "2026-12-25", "2027-01-01",
            ]
        )
    }

    /// Lisbon: 01:00 to 02:00 is left out on 29 March 2026, and shown twice on 25 October.
    @Test func clocksThatChange() throws {
        let zone = "Europe/Lisbon"
        #expect(
            try next("30 1 * * *", zone, after: "2026-03-28T12:00:00Z", 2) == [
                "2026-03-29T01:00", "2026-03-30T00:30",
            ]
        )
        #expect(
            try next("*/30 * * * *", zone, after: "2026-03-29T00:20:00Z", 3) == [
                "2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30",
            ]
        )
        #expect(
            try next("30 1 * * *", zone, after: "2026-10-24T12:00:00Z", 2) == [
                "2026-10-25T00:30", "2026-10-26T01:30",
            ]
        )
        #expect(
            try next("30 * * * *", zone, after: "2026-10-25T00:00:00Z", 3) == [
                "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30",
            ]
        )
    }

    @Test func aDayThatIsRareIsFoundAndOneThatNeverComesIsRefused() throws {
        #expect(try next("0 0 29 2 */7", "UTC", after: "2026-01-01T00:00:00Z", 1) == ["2032-02-29T00:00"])
        #expect(try next("0 0 31 2 MON", "UTC", after: "2026-01-01T00:00:00Z", 1) == ["2026-02-02T00:00"])
        for never in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "* * 30,31 FEB */2"] {
            let fault = #expect(throws: CronExpression.Fault.self) { try CronExpression(never) }
            #expect(fault?.description.contains("never comes") == true, "\(never)")
        }
    }

    @Test func faultsSayWhere() {
        let faults = [
            ("", "five fields"), ("* * * *", "not 4"), ("60 * * * *", "minute has '60'"), ("* 24 * * *", "hour"),
            ("* * 0 * *", "day of the month"), ("* * * 13 *", "month has '13'"), ("* * * * 8", "day of the week"),
            ("*/0 * * * *", "step"), ("5-1 * * * *", "ends before it begins"), ("1,,2 * * * *", "minute has ''"),
            ("@often", "There is no '@often'"), ("-1 * * * *", "minute"), ("* * * * SAT-SUN", "write two parts"),
            ("٣ * * * *", "minute"), ("*/5/5 * * * *", "step"), ("0x1 * * * *", "minute"),
        ]
        for (text, words) in faults {
            let fault = #expect(throws: CronExpression.Fault.self, "\(text)") { try CronExpression(text) }
            #expect(fault?.description.contains(words) == true, "\(text): \(fault?.description ?? "")")
        }
    }

    /// As fast in the worst case as a request needs it.
    @Test func aFarTimeIsFoundInFewSteps() throws {
        let zone = try #require(TimeZone(named: "America/New_York"))
        let cron = try CronExpression("59 23 29 2 */7")
        for year in 2000..<2040 {
            let start = try at("\(year)-03-01T00:00:00Z")
            let found = try #require(cron.next(after: start, in: zone))
            #expect(CivilDate(days: found.milliseconds / 86_400_000).month == 3, "it is already March in UTC")
        }
    }
}
