import Support
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("1969-12-31T00:00:00.000Z", -86_400_000),
        ("2000-02-29T12:00:00.000Z", 951_825_600_000),
        ("2024-02-29T23:59:59.001Z", 1_709_251_199_001),
        ("2026-11-21T05:46:00.123Z", 1_795_239_960_123),
        ("1900-03-01T00:00:00.000Z", -2_203_891_200_000),
        ("0000-01-01T00:00:00.000Z", -62_167_219_200_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func readsAndWrites(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test(arguments: [
        ("2026-11-21T05:46:00Z", "2026-11-21T05:46:00.000Z"),
        ("2026-11-21t05:46:00.1z", "2026-11-21T05:46:00.100Z"),
        ("2026-11-21 05:46:00.12Z", "2026-11-21T05:46:00.120Z"),
        ("2026-11-21T05:46:00.1239999999999Z", "2026-11-21T05:46:00.123Z"),
        ("2026-11-21T05:46:00+02:00", "2026-11-21T03:46:00.000Z"),
        ("2026-01-01T00:30:00.5+01:45", "2025-12-31T22:45:00.500Z"),
        ("2026-12-31T23:30:00-00:45", "2027-01-01T00:15:00.000Z"),
        ("2026-11-21T05:46:00-00:00", "2026-11-21T05:46:00.000Z"),
    ])
    func readsOtherForms(text: String, expected: String) {
        #expect(Timestamp(rfc3339: text)?.rfc3339 == expected)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T05:46Z", "2026-11-21T05:46:00", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00Zx", " 2026-01-01T00:00:00Z", "+026-01-01T00:00:00Z",
        "2026/01/01T00:00:00Z", "٢٠٢٦-01-01T00:00:00Z",
    ])
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func everyDayOfFourHundredYearsComesBack() {
        var previous = ""
        for day in -73_000...73_097 {
            let time = Timestamp(milliseconds: Int64(day) * 86_400_000 + 43_200_001)
            let text = time.rfc3339
            #expect(Timestamp(rfc3339: text) == time)
            #expect(text > previous)
            previous = text
        }
    }

    @Test func arithmeticSaturates() {
        let time = Timestamp(milliseconds: 1000)
        #expect(time.adding(seconds: -2).milliseconds == -1000)
        #expect(time.adding(milliseconds: 5).milliseconds == 1005)
        #expect(time.adding(milliseconds: .max).milliseconds == .max)
        #expect(Timestamp(milliseconds: -1000).adding(milliseconds: .min).milliseconds == .min)
        #expect(time.adding(seconds: .max).milliseconds == .max)
        #expect(Timestamp(milliseconds: 0).adding(seconds: .min).milliseconds == .min)
        #expect(Timestamp(milliseconds: 1) < Timestamp(milliseconds: 2))
    }

    @Test func momentsOutsideFourDigitYearsAreWrittenAsTheNearest() {
        #expect(Timestamp(milliseconds: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).rfc3339 == "0000-01-01T00:00:00.000Z")
    }

    @Test func nowIsBetweenTwoReadings() {
        let before = Timestamp.now()
        let now = Environment.live.now()
        #expect(before <= now)
        #expect(now <= Timestamp.now())
        #expect(now.rfc3339 > "2026")
    }
}
