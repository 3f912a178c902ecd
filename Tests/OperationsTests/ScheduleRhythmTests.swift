import AdminKit
import Jobs
import Testing
import Web

@testable import Operations

/// What people choose is the expression that they mean, and an expression shows as what they would choose.
@Suite struct ScheduleRhythmTests {
    @Test(arguments: [
        ("*", "3:05", "5 3 * * *"), ("1-5", "08:00", "0 8 * * 1-5"), ("0", "23:59", "59 23 * * 0"),
        ("5", "00:00", "0 0 * * 5"), ("month", "06:30", "30 6 1 * *"), ("hour", "x", "0 * * * *"),
        ("*/5", "", "*/5 * * * *"), ("*/30", "99:99", "*/30 * * * *"),
    ])
    func whatIsChosenIsAnExpression(_ word: String, _ time: String, _ cron: String) throws {
        let rhythm = ScheduleRhythm(word: word, time: time, cron: "7 7 7 7 7")
        #expect(rhythm.expression == cron)
        _ = try CronExpression(cron)
        let back = ScheduleRhythm(of: cron)
        #expect(back.word == word && back.expression == cron)
    }

    @Test(arguments: ["", "3", "24:00", "3:60", "-1:00", "03:5", "003:00", "3:00:00", "noon"])
    func aTimeThatIsNoneMakesNoExpression(_ time: String) {
        #expect(ScheduleRhythm(word: "*", time: time, cron: "").expression == nil)
    }

    /// Every choice can be made, and each is another one.
    @Test func everyChoiceIsItsOwn() throws {
        let cron = try ScheduleRhythm.choices.filter { $0.value != ScheduleRhythm.expression }.map { choice in
            let text = try #require(ScheduleRhythm(word: choice.value, time: "03:30", cron: "").expression)
            #expect(ScheduleRhythm(of: text).word == choice.value)
            return try CronExpression(text).text
        }
        #expect(Set(cron).count == cron.count && cron.count >= 14)
    }

    @Test(arguments: [
        ("@daily", "*"), ("@hourly", "hour"), ("0 8 * * MON-FRI", "1-5"), ("0 8 * * mon", "1"), ("0 8 * * 7", "0"),
        ("0 8,17 * * *", "cron"), ("0 8 2 * *", "cron"), ("0 8 * 1 *", "cron"), ("*/7 * * * *", "cron"),
        ("0 8 1 * 1", "cron"), ("@yearly", "cron"), ("nonsense", "cron"), ("1 * * * *", "cron"),
        ("0 8 * * 1,2", "cron"), ("60 8 * * *", "cron"),
    ])
    func anExpressionShowsAsWhatPeopleChoose(_ cron: String, _ word: String) {
        let rhythm = ScheduleRhythm(of: cron)
        #expect(rhythm.word == word)
        if word == ScheduleRhythm.expression { #expect(rhythm.expression == cron) }
    }

    @Test func aFormWithoutTheChoiceIsAnExpression() {
        var form = Fields()
        form.append("cron", "1 2 3 4 5")
        #expect(ScheduleRhythm(form).expression == "1 2 3 4 5")
    }
}
