import AdminKit
import Jobs
import Support
import Web

/// When a schedule runs, as people choose it; what none of these says is a cron expression.
struct ScheduleRhythm: Sendable, Equatable {
    /// One of `choices`.
    var word: String
    /// Hour and minute, for those that come at a time of the day: `03:30`.
    var time = "03:30"
    /// As it is written, for `cron`.
    var cron = ""

    static let expression = "cron"

    static let choices: [FormField.Choice] =
        [
            .init("*", "Every day"), .init("1-5", "Monday to Friday"), .init("1", "On Mondays"),
            .init("2", "On Tuesdays"), .init("3", "On Wednesdays"), .init("4", "On Thursdays"),
            .init("5", "On Fridays"), .init("6", "On Saturdays"), .init("0", "On Sundays"),
            .init("month", "On the first day of the month"), .init("hour", "Every hour"),
        ] + [30, 15, 10, 5].map { .init("*/\($0)", "Every \($0) minutes") } + [
            .init(expression, "As a cron expression")
        ]

    init(word: String, time: String, cron: String) {
        (self.word, self.time, self.cron) = (word, time, cron)
    }

    /// What an expression says; `cron` for one that cannot be chosen.
    init(of text: String) {
        let fields = (Self.meanings[text.lowercased()] ?? text).split(separator: " ").map(String.init)
        self.init(word: Self.expression, time: "03:30", cron: text)
        guard fields.count == 5, fields[3] == "*" else { return }
        if fields[1] == "*", fields[2] == "*", fields[4] == "*" {
            if fields[0] == "0" { word = "hour" }
            if fields[0].hasPrefix("*/"), Self.isChoice(fields[0]) { word = fields[0] }
            return
        }
        guard let minute = Int(fields[0]), let hour = Int(fields[1]), (0...59).contains(minute), (0...23).contains(hour)
        else { return }
        let days = fields[4].uppercased()
        let weekday = Self.weekdays[days] ?? days
        if fields[2] == "1", weekday == "*" {
            word = "month"
        } else if fields[2] == "*", ["*", "1-5"].contains(weekday) || weekday.count == 1, Self.isChoice(weekday) {
            word = weekday
        } else {
            return
        }
        time = "\(Self.two(hour)):\(Self.two(minute))"
    }

    private static let meanings = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *",
    ]

    private static let weekdays = [
        "MON-FRI": "1-5", "SUN": "0", "7": "0", "MON": "1", "TUE": "2", "WED": "3", "THU": "4", "FRI": "5", "SAT": "6",
    ]

    private static func isChoice(_ word: String) -> Bool { choices.contains { $0.value == word } }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    // MARK: The form

    /// What a form has sent.
    init(_ form: Fields) {
        self.init(
            word: form["rhythm"] ?? Self.expression,
            time: (form["time"] ?? "").trimmed,
            cron: form["cron"] ?? ""
        )
    }

    var fields: [FormField] {
        [
            FormField("rhythm", "How often", .select(Self.choices), value: word, isRequired: true),
            FormField(
                "time",
                "At",
                value: time,
                hint: "Hours and minutes, such as 03:30. Every hour and every few minutes take none.",
                maxLength: 5
            ),
            FormField(
                "cron",
                "Cron expression",
                value: word == Self.expression ? cron : "",
                hint: """
                    Only where that is chosen: minute, hour, day of the month, month, day of the week. \
                    0 8,17 * * MON-FRI is 08:00 and 17:00 on working days. Also @hourly, @daily, @weekly, @monthly.
                    """,
                maxLength: 1000
            ),
        ]
    }

    /// As an expression; nil for a time that is none.
    var expression: String? {
        if word == Self.expression { return cron }
        if word == "hour" { return "0 * * * *" }
        guard Self.isChoice(word) else { return cron }
        if word.hasPrefix("*/") { return "\(word) * * * *" }
        guard let (hour, minute) = clock else { return nil }
        return word == "month" ? "\(minute) \(hour) 1 * *" : "\(minute) \(hour) * * \(word)"
    }

    private var clock: (hour: Int, minute: Int)? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            let hour = Int(parts[0]), let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        return (hour, minute)
    }

    static let badTime = Problem("time", "bad_time", "Write the time as hours and minutes, such as 03:30.")
}
