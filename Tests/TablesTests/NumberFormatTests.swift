import Testing

@testable import Tables

/// How numbers and dates of a workbook are shown.
@Suite struct NumberFormatTests {
    private func shown(_ value: Double, _ code: String, older: Bool = false) -> String {
        let bytes = NumberFormat(code: code).text(value, usesDates1904: older) ?? Array("nothing".utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        arguments: [
            (12.5, "0.00", "12.50"), (12.345, "0.00", "12.35"), (1.005, "0.00", "1.01"), (0.125, "0.##", "0.13"),
            (12, "0.##", "12"), (1234.5, "#,##0.00", "1234.50"), (1234, "#,##0", "1234"), (0, "#,##0", "0"),
            (0, "#", "0"), (0.5, "#.00", ".50"), (1234, "00000", "01234"), (42, "\"SKU-\"0000", "SKU-0042"),
            (123_456_789, "000-00-0000", "123-45-6789"), (1, "000-00-0000", "000-00-0001"),
            (0.19, "0%", "19%"), (0.195, "0.0%", "19.5%"), (-5.5, "0.00", "-5.50"),
            (12.5, "#,##0.00 \"€\"", "12.50 €"), (12.5, "[$€-407] #,##0.00", "€ 12.50"), (12.5, "$0.00", "$12.50"),
            (-12.5, "$0.00;[Red]($0.00)", "-$12.50"), (12.5, "_-* #,##0.00\\ \"€\"_-;-* 0", "12.50 €"),
            (8.4e12, "0.00E+00", "8400000000000"), (8.4e12, "General", "8400000000000"),
            (1e21, "General", "1000000000000000000000"),
            (1.5, "# ?/?", "1.5"), (12_345, "#,##0,", "12345"), (7, "[>9]0.00;0", "7"), (7, "@", "7"),
            (0.1 + 0.2, "General", "0.3"), (1.0 / 3, "General", "0.333333333333333"), (-0.0, "0", "0"),
            (-0.001, "0.00", "0.00"), (999.999, "0.00", "1000.00"), (1e-7, "General", "0.0000001"), (5, ".00", "5.00"),
            (2.5, "0", "3"), (0.05, "General", "0.05"), (123_456_789_012_345, "0", "123456789012345"),
        ] as [(Double, String, String)]
    )
    func numbers(value: Double, code: String, text: String) {
        #expect(shown(value, code) == text)
    }

    /// What a format with fewer decimals than an amount would round away stays; more decimals round as shown.
    @Test(
        arguments: [
            (12.49, "0", 2, "12.49"), (12.49, "#,##0", 2, "12.49"), (12.49, "0 \"€\"", 2, "12.49 €"),
            (12.25, "0.0", 2, "12.25"), (12.5, "0.0", 2, "12.5"), (12, "0", 2, "12"), (1234, "00000", 2, "01234"),
            (14.8631, "0.00", 2, "14.86"), (14.8631, "0", 2, "14.8631"), (1234.2, "#,##0", 0, "1234"),
            (12.495, "0.00", 3, "12.495"), (0.125, "0%", 2, "13%"), (0.49, "0", 2, "0.49"), (0.49, "#", 2, ".49"),
            (-12.49, "0;(0)", 2, "-12.49"), (12.49, "0.", 2, "12.49"), (1_234_567.89, "#,##0", 2, "1234567.89"),
        ] as [(Double, String, Int, String)]
    )
    func numbersAreNotRoundedBelowTheirDecimals(value: Double, code: String, decimals: Int, text: String) {
        let bytes = NumberFormat(code: code).text(value, usesDates1904: false, decimals: decimals) ?? []
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(
        arguments: [
            (45_322, "yyyy-mm-dd", "2024-01-31"), (45_322, "dd.mm.yyyy", "31.01.2024"), (45_322, "m/d/yy", "1/31/24"),
            (45_322.573_611_111, "yyyy-mm-dd hh:mm", "2024-01-31 13:46"), (45_322.5, "h:mm AM/PM", "12:00 PM"),
            (45_322.0, "h:mm am/pm", "12:00 AM"), (45_322, "d mmm yyyy", "31 Jan 2024"),
            (45_322, "dddd, mmmm d", "Wednesday, January 31"), (45_322, "ddd", "Wed"), (1, "yyyy-mm-dd", "1900-01-01"),
            (59, "yyyy-mm-dd", "1900-02-28"), (60, "yyyy-mm-dd", "1900-02-29"), (61, "yyyy-mm-dd", "1900-03-01"),
            (0, "yyyy-mm-dd", "1900-01-00"), (2_958_465, "yyyy-mm-dd", "9999-12-31"), (0.75, "hh:mm:ss", "18:00:00"),
            (1.5, "[h]:mm:ss", "36:00:00"), (0.000_011_574_074, "mm:ss.000", "00:01.000"), (2_958_466, "d", "2958466"),
            (-1, "d", "-1"), (45_322.999_999_999, "yyyy-mm-dd hh:mm:ss", "2024-02-01 00:00:00"),
            (45_322, "[$-409]d\\-mmm\\-yy;@", "31-Jan-24"), (45_322, "yyyy\"年\"m\"月\"d\"日\"", "2024年1月31日"),
            (45_322.25, "mm/dd hh\"h\"mm", "01/31 06h00"),
        ] as [(Double, String, String)]
    )
    func dates(value: Double, code: String, text: String) {
        #expect(shown(value, code) == text)
    }

    @Test func theOlderEpoch() {
        #expect(shown(0, "yyyy-mm-dd", older: true) == "1904-01-01")
        #expect(shown(43_860, "yyyy-mm-dd", older: true) == "2024-01-31")
    }

    @Test func builtInFormats() {
        func shown(_ value: Double, _ id: Int) -> String {
            String(decoding: NumberFormat(builtIn: id).text(value, usesDates1904: false) ?? [], as: UTF8.self)
        }
        #expect(shown(1234.5, 4) == "1234.50")
        #expect(shown(45_322, 14) == "2024-01-31")
        #expect(shown(45_322.25, 22) == "2024-01-31 06:00")
        #expect(shown(8.4e12, 11) == "8400000000000")
        #expect(shown(8.4e12, 48) == "8400000000000")
        #expect(shown(0.07, 9) == "7%")
        #expect(shown(5, 200) == "5")
    }

    /// Against the calendar, day by day.
    @Test func everyDayFollowsTheOneBefore() throws {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var (year, month, day) = (1900, 3, 1)
        for serial in 61...150_000 {
            let time = try #require(SerialTime(Double(serial), usesDates1904: false, true))
            guard time.year == year, time.month == month, time.day == day else {
                Issue.record("day \(serial) is \(time.year)-\(time.month)-\(time.day), not \(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            day += 1
            if day > lengths[month - 1] + (month == 2 && isLeap ? 1 : 0) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }
}
