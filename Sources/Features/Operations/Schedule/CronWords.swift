import Jobs

/// A cron expression as people say it, where it is one of the usual; else as it is written.
enum CronWords {
    static func text(_ cron: CronExpression) -> String {
        let words = [
            "@hourly": "Every hour", "@daily": "Every day at 00:00", "@midnight": "Every day at 00:00",
            "@weekly": "Sundays at 00:00", "@monthly": "On day 1 of every month at 00:00",
            "@yearly": "On 1 January at 00:00", "@annually": "On 1 January at 00:00",
        ]
        if let word = words[cron.text.lowercased()] { return word }
        let fields = cron.text.split(separator: " ").map(String.init)
        guard fields.count == 5, fields[3] == "*" else { return cron.text }
        return hourly(fields) ?? daily(fields) ?? cron.text
    }

    /// Many times a day, every day.
    private static func hourly(_ fields: [String]) -> String? {
        guard fields[1] == "*", fields[2] == "*", fields[4] == "*" else { return nil }
        if fields[0] == "*" { return "Every minute" }
        if fields[0].hasPrefix("*/"), let step = Int(fields[0].dropFirst(2)), 60 % step == 0, step > 1 {
            return "Every \(step) minutes"
        }
        guard let minute = Int(fields[0]) else { return nil }
        return minute == 0 ? "Every hour" : "Every hour at minute \(minute)"
    }

    /// Once a day, on some days.
    private static func daily(_ fields: [String]) -> String? {
        guard let minute = Int(fields[0]), let hour = Int(fields[1]) else { return nil }
        let time = "\(two(hour)):\(two(minute))"
        if fields[2] == "*" {
            guard fields[4] != "*" else { return "Every day at \(time)" }
            return days(fields[4]).map { "\($0) at \(time)" }
        }
        guard fields[4] == "*", let day = Int(fields[2]) else { return nil }
        return "On day \(day) of every month at \(time)"
    }

    private static let names = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"]

    private static func days(_ field: String) -> String? {
        if ["1-5", "MON-FRI"].contains(field.uppercased()) { return "Monday to Friday" }
        let days = field.split(separator: ",").map { part -> String? in
            let short = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"].firstIndex(of: part.uppercased())
            return (short ?? Int(part).map { $0 % 7 }).flatMap { names.indices.contains($0) ? names[$0] : nil }
        }
        guard !days.contains(nil) else { return nil }
        return days.compactMap { $0 }.joined(separator: ", ")
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
