public import Support

/// When something is to happen again and again, as Debian's cron writes it: minute, hour, day of the month, month, day
/// of the week, or a word such as `@daily`. See crontab(5).
public struct CronExpression: Sendable, Equatable {
    /// As it was written, with single blanks.
    public let text: String
    /// Bit n stands for the value n.
    private let minutes: UInt64
    private let hours: UInt64
    private let days: UInt64
    private let months: UInt64
    private let weekdays: UInt64
    /// Whether a day must fit both the day of the month and that of the week: where one of the fields begins with a
    /// star. Else it is enough that one fits.
    private let needsBothDays: Bool
    /// Whether minute and hour are both named, not starred. Such a time happens once a day also when the clocks change:
    /// left out it comes at the change, shown twice it comes the first time.
    private let isFixedTime: Bool

    /// What was wrong with an expression.
    public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        /// What is wrong and what would be right, in a sentence.
        public let description: String
    }

    /// How far ahead is looked: longer than any day that comes at all can be away (29 February on one weekday: 40).
    private static let horizonYears: Int64 = 50

    private static let words = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    public init(_ written: String) throws(Fault) {
        let parts = written.split(whereSeparator: \.isWhitespace).map(String.init)
        let text = parts.joined(separator: " ")
        if parts.count == 1, parts[0].hasPrefix("@") {
            guard let meaning = Self.words[parts[0].lowercased()] else {
                let known = Self.words.keys.sorted().joined(separator: ", ")
                throw Fault(description: "There is no '\(parts[0].shortened(to: 20))'; known are \(known).")
            }
            try self.init(fields: meaning.split(separator: " ").map(String.init), text: text)
        } else {
            guard parts.count == 5 else {
                throw Fault(
                    description: """
                        It takes five fields (minute, hour, day of the month, month, day of the week), not \
                        \(parts.count): 30 6 * * MON-FRI is half past six on working days.
                        """
                )
            }
            try self.init(fields: parts, text: text)
        }
    }

    private init(fields: [String], text: String) throws(Fault) {
        self.text = text
        minutes = try CronField.minute.read(fields[0])
        hours = try CronField.hour.read(fields[1])
        days = try CronField.day.read(fields[2])
        months = try CronField.month.read(fields[3])
        let weekdays = try CronField.weekday.read(fields[4])
        // Sunday is 0 and 7.
        self.weekdays = weekdays >> 7 & 1 == 1 ? weekdays | 1 : weekdays
        needsBothDays = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
        isFixedTime = !fields[0].hasPrefix("*") && !fields[1].hasPrefix("*")
        guard !needsBothDays || canComeWithinMonth else {
            throw Fault(
                description: "This day never comes: none of the months named has a day \(days.trailingZeroBitCount)."
            )
        }
    }

    /// Whether one of the months has one of the days. 29 February comes.
    private var canComeWithinMonth: Bool {
        (1...12).contains { month in
            let last = CivilDate(year: 2024, month: Int64(month), day: 1).daysInMonth
            return has(months, Int64(month)) && days & ((1 << (UInt64(last) + 1)) - 1) != 0
        }
    }

    private func has(_ set: UInt64, _ value: Int64) -> Bool { set >> UInt64(value) & 1 == 1 }

    // MARK: The next time

    /// The first moment after this one at which it happens, in that zone; nil when it does not within 50 years.
    public func next(after moment: Timestamp, in zone: TimeZone) -> Timestamp? {
        let start = Self.floored(moment.milliseconds, 1000)
        let found = isFixedTime ? nextFixed(after: start, in: zone) : nextRunning(after: start, in: zone)
        return found.map { Timestamp(milliseconds: $0 * 1000) }
    }

    /// The next moments, at most `count`.
    public func next(_ count: Int, after moment: Timestamp, in zone: TimeZone) -> [Timestamp] {
        var found: [Timestamp] = []
        while found.count < count, let next = next(after: found.last ?? moment, in: zone) { found.append(next) }
        return found
    }

    /// A named time: looked for on the wall, then on the clock.
    private func nextFixed(after start: Int64, in zone: TimeZone) -> Int64? {
        var wall = Self.floored(start + zone.offset(at: start), 60) * 60
        while let found = nextWall(from: wall + 60) {
            let moment = zone.moment(ofWall: found)
            if moment > start { return moment }
            wall = found
        }
        return nil
    }

    /// A time with a star goes by what the clocks show, between one change and the next.
    private func nextRunning(after start: Int64, in zone: TimeZone) -> Int64? {
        var from = Self.floored(start, 60) * 60 + 60
        let end = start + (Self.horizonYears + 1) * 366 * 86_400
        while from < end {
            let offset = zone.offset(at: from)
            let change = zone.nextChange(after: from) ?? .max
            // An offset that is no whole number of minutes has been out of use for a hundred years.
            guard let wall = nextWall(from: Self.floored(from + offset + 59, 60) * 60) else { return nil }
            if wall - offset < change { return wall - offset }
            from = change
        }
        return nil
    }

    /// The first fitting wall time not before this one, which is a whole minute.
    private func nextWall(from wall: Int64) -> Int64? {
        var day = Self.floored(wall, 86_400)
        var minute = (wall - day * 86_400) / 60
        let lastYear = CivilDate(days: day).year + Self.horizonYears
        while true {
            let date = CivilDate(days: day)
            guard date.year <= lastYear else { return nil }
            if !has(months, date.month) {
                day += date.daysInMonth - date.day + 1
            } else if fits(date, day), let found = nextMinute(from: minute) {
                return day * 86_400 + found * 60
            } else {
                day += 1
            }
            minute = 0
        }
    }

    private func fits(_ date: CivilDate, _ number: Int64) -> Bool {
        let (isDay, isWeekday) = (has(days, date.day), has(weekdays, CivilDate.weekday(ofDays: number)))
        return needsBothDays ? isDay && isWeekday : isDay || isWeekday
    }

    /// The first fitting minute of a day, from this one on.
    private func nextMinute(from minute: Int64) -> Int64? {
        guard minute < 1440 else { return nil }
        var hour = minute / 60
        var least = minute % 60
        while hour < 24 {
            let left = has(hours, hour) ? (minutes >> UInt64(least)) << UInt64(least) : 0
            if left != 0 { return hour * 60 + Int64(left.trailingZeroBitCount) }
            hour += 1
            least = 0
        }
        return nil
    }

    private static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}

/// One of the five fields.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    let names: [String]

    static let minute = CronField(name: "minute", range: 0...59, names: [])
    static let hour = CronField(name: "hour", range: 0...23, names: [])
    static let day = CronField(name: "day of the month", range: 1...31, names: [])
    static let month = CronField(
        name: "month",
        range: 1...12,
        names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    )
    static let weekday = CronField(
        name: "day of the week",
        range: 0...7,
        names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    )

    /// The set that a field stands for; bit n is the value n.
    func read(_ text: String) throws(CronExpression.Fault) -> UInt64 {
        guard text.utf8.count <= 200 else { throw fault("is too long") }
        var set: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) { set |= try readPart(String(part)) }
        return set
    }

    /// `*`, `5`, `MON-FRI`, `*/10`, `8-18/2`, `5/15` (from 5 on).
    private func readPart(_ text: String) throws(CronExpression.Fault) -> UInt64 {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var step = 1
        if halves.count == 2 {
            guard let number = Self.number(halves[1]), number > 0 else {
                throw fault("has the step '\(halves[1].shortened(to: 20))'; a step is a number from 1 on, as in */10")
            }
            step = number
        }
        let ends = halves[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var (first, last) = (range.lowerBound, range.upperBound)
        if halves[0] != "*" {
            first = try value(ends[0])
            if ends.count == 2 { last = try value(ends[1]) } else if halves.count == 1 { last = first }
        }
        guard first <= last else {
            throw fault("has the range '\(halves[0])', which ends before it begins; write two parts with a comma")
        }
        return stride(from: first, through: last, by: step).reduce(0) { $0 | 1 << UInt64($1) }
    }

    private func value(_ text: String) throws(CronExpression.Fault) -> Int {
        if let index = names.firstIndex(of: text.uppercased()) { return index + (range.lowerBound) }
        guard let number = Self.number(text), range.contains(number) else {
            let words = names.isEmpty ? "" : " or a name such as \(names[1])"
            throw fault(
                "has '\(text.shortened(to: 20))'; it takes \(range.lowerBound) to \(range.upperBound)\(words)"
            )
        }
        return number
    }

    /// Digits only.
    private static func number(_ text: String) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }

    private func fault(_ what: String) -> CronExpression.Fault {
        CronExpression.Fault(description: "The \(name) \(what).")
    }
}
