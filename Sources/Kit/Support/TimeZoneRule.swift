/// How a zone goes on behind its last recorded change: the POSIX text in the footer of its file, such as
/// `WET0WEST,M3.5.0/1,M10.5.0`, with the extensions of RFC 9636 (times of day from -167 to 167 hours).
struct TimeZoneRule: Sendable, Equatable {
    /// Seconds ahead of UTC outside of the summer time.
    let offset: Int64
    private let summer: Summer?

    private struct Summer: Sendable, Equatable {
        let offset: Int64
        /// In wall time before the change.
        let start: YearDay
        let end: YearDay
    }

    /// A moment that comes once a year.
    private struct YearDay: Sendable, Equatable {
        enum Day: Sendable, Equatable {
            /// 1-365; 29 February is never counted.
            case julian(Int64)
            /// 0-365.
            case zeroBased(Int64)
            /// The weekday (0 is Sunday) of the week (1-5; 5 is the last) of a month.
            case weekday(month: Int64, week: Int64, day: Int64)
        }

        let day: Day
        /// Seconds after midnight; may be negative or more than a day.
        let time: Int64

        /// In wall seconds since 1970.
        func wall(in year: Int64) -> Int64 {
            let first = CivilDate(year: year, month: 1, day: 1).days
            let days: Int64
            switch day {
            case .julian(let number):
                let isLeap = CivilDate(year: year, month: 2, day: 1).daysInMonth == 29
                days = first + number - 1 + (isLeap && number >= 60 ? 1 : 0)
            case .zeroBased(let number): days = first + number
            case .weekday(let month, let week, let weekday):
                let start = CivilDate(year: year, month: month, day: 1)
                let ahead = (weekday - start.weekday + 7) % 7
                let last = start.daysInMonth - 1
                var place = ahead + (week - 1) * 7
                while place > last { place -= 7 }
                days = start.days + place
            }
            return days * 86_400 + time
        }
    }

    /// Nil for a text that is none.
    init?(_ text: String) {
        var reader = Reader(Array(text.utf8))
        guard reader.name(), let west = reader.time() else { return nil }
        offset = -west
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.name() else { return nil }
        var ahead = -west + 3600
        if !reader.skip(","), let west = reader.time() {
            ahead = -west
            guard reader.skip(",") else { return nil }
        }
        guard let start = reader.yearDay(), reader.skip(","), let end = reader.yearDay(), reader.isAtEnd else {
            return nil
        }
        summer = Summer(offset: ahead, start: start, end: end)
    }

    func offset(at utc: Int64) -> Int64 {
        guard let summer else { return offset }
        let year = CivilDate(days: (utc + offset).flooredDivision(by: 86_400)).year
        let start = summer.start.wall(in: year) - offset
        let end = summer.end.wall(in: year) - summer.offset
        let isSummer = start < end ? start <= utc && utc < end : utc < end || start <= utc
        return isSummer ? summer.offset : offset
    }

    func nextChange(after utc: Int64) -> Int64? {
        guard let summer else { return nil }
        let year = CivilDate(days: utc.flooredDivision(by: 86_400)).year
        let all = (year - 1...year + 1).flatMap { year in
            [summer.start.wall(in: year) - offset, summer.end.wall(in: year) - summer.offset]
        }
        return all.filter { $0 > utc }.min()
    }

    private struct Reader {
        private let bytes: [UInt8]
        private var place = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { place == bytes.count }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard place < bytes.count, UInt32(bytes[place]) == character.value else { return false }
            place += 1
            return true
        }

        /// An abbreviation: letters, or anything in angle brackets.
        mutating func name() -> Bool {
            let start = place
            if skip("<") {
                while place < bytes.count, bytes[place] != 0x3E { place += 1 }
                return skip(">")
            }
            while place < bytes.count, (bytes[place] | 0x20) >= 0x61, (bytes[place] | 0x20) <= 0x7A { place += 1 }
            return place > start
        }

        mutating func number() -> Int64? {
            let start = place
            var value: Int64 = 0
            while place < bytes.count, place - start < 4, bytes[place] >= 0x30, bytes[place] <= 0x39 {
                value = value * 10 + Int64(bytes[place] - 0x30)
                place += 1
            }
            return place > start ? value : nil
        }

        /// `[+-]hh[:mm[:ss]]`, in seconds.
        mutating func time() -> Int64? {
            let sign: Int64 = skip("-") ? -1 : 1
            if sign > 0 { _ = skip("+") }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            for unit: Int64 in [60, 1] where skip(":") {
                guard let value = number() else { return nil }
                seconds += value * unit
            }
            return sign * seconds
        }

        mutating func yearDay() -> YearDay? {
            let day: YearDay.Day
            if skip("M") {
                guard let month = number(), skip("."), let week = number(), skip("."), let weekday = number(),
                    (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
                else { return nil }
                day = .weekday(month: month, week: week, day: weekday)
            } else if skip("J") {
                guard let number = number(), (1...365).contains(number) else { return nil }
                day = .julian(number)
            } else {
                guard let number = number(), (0...365).contains(number) else { return nil }
                day = .zeroBased(number)
            }
            guard skip("/") else { return YearDay(day: day, time: 7200) }
            return time().map { YearDay(day: day, time: $0) }
        }
    }
}
