/// A point in time as workbooks store it: days since an epoch, with the time of day as the fraction.
struct SerialTime: Equatable {
    let year: Int
    /// 1-12.
    let month: Int
    /// 1-31; 0 for the day before 1 January 1900, which spreadsheets show for a time without a date.
    let day: Int
    /// 1 for Sunday.
    let weekday: Int
    let hour: Int
    let minute: Int
    let second: Int
    let millisecond: Int
    /// Whole seconds since the epoch, for durations.
    let elapsedSeconds: Int

    /// 31 December 9999.
    private static let lastDay = 2_958_465

    /// - Parameters:
    ///   - usesDates1904: day 0 is 1 January 1904; else day 1 is 1 January 1900, and 1900 has a 29 February, as it had
    /// in the program that all of them follow.
    ///   - roundsToSeconds: to the nearest second instead of the nearest millisecond.
    ///
    /// nil for what is no time: negative, or behind the year 9999.
    init?(_ serial: Double, usesDates1904: Bool, _ roundsToSeconds: Bool) {
        guard serial >= 0, serial < Double(Self.lastDay + 1) else { return nil }
        let unit = roundsToSeconds ? 1_000 : 1
        let milliseconds = Int((serial * 86_400_000 / Double(unit)).rounded()) * unit
        let days = milliseconds / 86_400_000
        guard days <= Self.lastDay - (usesDates1904 ? 1_462 : 0) else { return nil }
        let rest = milliseconds % 86_400_000
        elapsedSeconds = milliseconds / 1_000
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1_000 % 60
        millisecond = rest % 1_000
        // Day 1,462 of the older epoch is day 0 of the newer one.
        let day1900 = usesDates1904 ? days + 1_462 : days
        weekday = (day1900 + 6) % 7 + 1
        switch day1900 {
        case 0: (year, month, day) = (1900, 1, 0)
        case 60: (year, month, day) = (1900, 2, 29)
        default:
            // 25,569 is 1 January 1970.
            (year, month, day) = Self.civil(daysSince1970: day1900 - (day1900 < 60 ? 25_568 : 25_569))
        }
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
