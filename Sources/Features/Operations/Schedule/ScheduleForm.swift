import AdminKit
import Jobs
import Support
import Web

/// The form of a schedule: its fields, and what they want as the API would be told.
enum ScheduleForm {
    /// The controls with the values of a schedule as the API has it.
    /// - Parameter rhythm: as it was typed; nil for what the schedule's expression says.
    static func fields(_ values: JSON, _ scheduling: JobScheduling, _ rhythm: ScheduleRhythm? = nil) -> [FormField] {
        func text(_ name: String) -> String { values[name]?.stringValue ?? "" }
        let zone = text("time_zone")
        let names = TimeZone.names()
        let zones = names.contains(zone) || zone.isEmpty ? names : [zone] + names
        let limit = values["missed_limit"]?.intValue.map(String.init) ?? text("missed_limit")
        return [FormField("name", "Name", value: text("name"), isRequired: true, maxLength: Schedule.maxName)]
            + scheduling.fields(values["parameters"] ?? [:])
            + (rhythm ?? ScheduleRhythm(of: text("cron"))).fields + [
                FormField(
                    "time_zone",
                    "Time zone",
                    .select(zones.map { FormField.Choice($0, $0) }),
                    value: zone.isEmpty ? "UTC" : zone,
                    isRequired: true
                ),
                FormField(
                    "missed_policy",
                    "Runs that were missed",
                    .select([
                        FormField.Choice("once", "Run once, late"), FormField.Choice("skip", "Leave out"),
                        FormField.Choice("all", "Run all, one after another"),
                    ]),
                    value: text("missed_policy"),
                    hint: "Missed is what was due while Bodega was stopped.",
                    isRequired: true
                ),
                FormField(
                    "missed_limit",
                    "Most runs to make up for",
                    .wholeNumber,
                    value: limit,
                    hint: "Where all are run: the newest, up to 100.",
                    isRequired: true
                ),
                FormField(
                    "overlap_policy",
                    "While the run before is under way",
                    .select([FormField.Choice("skip", "Leave out"), FormField.Choice("wait", "Wait for it")]),
                    value: text("overlap_policy"),
                    isRequired: true
                ),
                FormField("enabled", "On", .checkbox, value: values["enabled"]?.boolValue ?? true ? "1" : ""),
            ]
    }

    /// What a form has sent, as the API would be told.
    static func body(_ form: Fields, kind: String, _ scheduling: JobScheduling) -> JSON {
        var members = ["name", "time_zone", "missed_policy", "overlap_policy"].map { name in
            JSON.Member(name, .string(form[name] ?? ""))
        }
        members.append(JSON.Member("cron", .string(ScheduleRhythm(form).expression ?? "")))
        members.append(JSON.Member("kind", .string(kind)))
        members.append(JSON.Member("parameters", scheduling.values(form)))
        members.append(JSON.Member("enabled", .bool(form["enabled"] == "1")))
        let limit = (form["missed_limit"] ?? "").trimmed
        members.append(JSON.Member("missed_limit", Int64(limit).map { .int($0) } ?? .string(limit)))
        return .object(members)
    }

    /// A new schedule, as the form begins.
    static func blank(kind: String, timeZone: String) -> JSON {
        [
            "name": "", "kind": .string(kind), "cron": "30 3 * * *", "time_zone": .string(timeZone),
            "missed_policy": .string(Schedule.Missed.once.rawValue), "missed_limit": 10,
            "overlap_policy": .string(Schedule.Overlap.skip.rawValue), "enabled": true,
        ]
    }
}
