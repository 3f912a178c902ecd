import AdminKit
import Jobs
import Support
import Web

extension Schedule {
    /// The record as the API shows it.
    /// - Parameter lastJob: the job that it asked for last, where that is still there.
    func json(lastJob: Job?) -> JSON {
        .object(
            [JSON.Member("id", .int(id))] + settings + [
                JSON.Member("next_run_at", .optional(nextRunAt)),
                JSON.Member("last_job_id", .optional(lastJob?.publicID)),
                JSON.Member("last_job_status", .optional(lastJob?.status.rawValue)),
                JSON.Member("problem", .optional(problem)),
                JSON.Member("user_id", .optional(userID)),
                JSON.Member("version", .int(version)),
                JSON.Member("created_at", .string(createdAt.rfc3339)),
                JSON.Member("updated_at", .string(updatedAt.rfc3339)),
            ]
        )
    }
}

extension ScheduleRun {
    var json: JSON {
        [
            "id": .int(id), "due_at": .string(dueAt.rfc3339), "manual": .bool(isManual),
            "outcome": .string(outcome.rawValue), "started_at": .optional(startedAt), "job_id": .optional(jobID),
            "job_status": .optional(jobStatus?.rawValue),
        ]
    }
}

/// What a client or a form wants a schedule to be, member by member, with everything that is wrong with it.
struct ScheduleDraft {
    private let kinds: JobDescriptions
    private var members: [String: JSON] = [:]
    private(set) var problems: [Problem] = []

    /// The members that can be written.
    static let writable = [
        "name", "kind", "parameters", "cron", "time_zone", "enabled", "missed_policy", "missed_limit",
        "overlap_policy",
    ]

    /// - Parameters:
    ///   - current: the schedule to be changed; nil for a new one.
    ///   - replaces: whether what is not sent falls back to what a new schedule has.
    init(_ body: JSON, _ current: Schedule?, lastJob: Job? = nil, replaces: Bool = false, _ kinds: JobDescriptions) {
        self.kinds = kinds
        if let current, !replaces {
            for member in current.settings { members[member.name] = member.value }
        }
        guard let sent = body.members else {
            problems = [Problem("", "not_an_object", "A schedule is an object, like {\"name\": \"Nightly\"}.")]
            return
        }
        for member in sent {
            if Self.writable.contains(member.name) {
                members[member.name] = member.value.isNull ? nil : member.value
            } else if let given = current?.json(lastJob: lastJob)[member.name] {
                if !member.value.isUnchanged(from: given) {
                    wrong(member.name, "read_only", "'\(member.name)' is given by Bodega.")
                }
            } else {
                wrong(member.name, "unknown_field", "A schedule has no member '\(member.name)'.")
            }
        }
    }

    private mutating func wrong(_ field: String, _ code: String, _ detail: String) {
        problems.append(Problem(field, code, detail))
    }

    /// The schedule; nil when something is wrong.
    mutating func schedule(changing current: Schedule?) -> Schedule? {
        let (name, kind, parameters) = (takeName(), takeKind(), takeParameters())
        let (cron, zone) = (takeCron(), takeZone())
        let missed = choice("missed_policy", Schedule.Missed.once)
        let overlap = choice("overlap_policy", Schedule.Overlap.skip)
        let (isEnabled, limit) = (takeEnabled(), takeLimit())
        guard let cron, let zone, problems.isEmpty else { return nil }
        var result = current ?? Schedule(name: name, kind: kind, cron: cron, timeZone: zone)
        (result.name, result.kind, result.parameters) = (name, kind, parameters)
        (result.cron, result.timeZone, result.isEnabled) = (cron, zone, isEnabled)
        (result.missed, result.missedLimit, result.overlap) = (missed, limit, overlap)
        return result
    }

    private func text(_ name: String) -> String { (members[name]?.stringValue ?? "").trimmed }

    private mutating func takeName() -> String {
        let name = text("name")
        if name.isEmpty { wrong("name", "required", "The schedule needs a name.") }
        if name.unicodeScalars.count > Schedule.maxName || name.hasControlCharacters {
            wrong("name", "bad_name", "A name has up to \(Schedule.maxName) characters, all in one line.")
        }
        return name
    }

    private mutating func takeKind() -> String {
        let kind = text("kind")
        if kinds[kind]?.scheduling == nil {
            let all = kinds.schedulable.map(\.kind.name).joined(separator: ", ")
            wrong("kind", "bad_kind", "'kind' takes one of \(all).")
        }
        return kind
    }

    private mutating func takeParameters() -> JSON {
        guard let scheduling = kinds[text("kind")]?.scheduling else { return [:] }
        let (parameters, found) = scheduling.read(members["parameters"])
        problems += found
        return parameters
    }

    private mutating func takeCron() -> CronExpression? {
        do {
            return try CronExpression(text("cron"))
        } catch {
            wrong("cron", "bad_cron", error.description)
            return nil
        }
    }

    private mutating func takeZone() -> TimeZone? {
        let name = members["time_zone"] == nil ? "UTC" : text("time_zone")
        guard let zone = TimeZone(named: name) else {
            let shown = name.shortened(to: 40)
            wrong("time_zone", "bad_time_zone", "There is no time zone '\(shown)'. Write it like Europe/Lisbon.")
            return nil
        }
        return zone
    }

    private mutating func takeEnabled() -> Bool {
        guard let value = members["enabled"] else { return true }
        if value.boolValue == nil { wrong("enabled", "wrong_type", "'enabled' is true or false.") }
        return value.boolValue ?? true
    }

    private mutating func takeLimit() -> Int64 {
        guard let value = members["missed_limit"] else { return 10 }
        guard let limit = value.intValue, Schedule.missedLimits.contains(limit) else {
            let (least, most) = (Schedule.missedLimits.lowerBound, Schedule.missedLimits.upperBound)
            wrong("missed_limit", "bad_number", "'missed_limit' takes a whole number from \(least) to \(most).")
            return 10
        }
        return limit
    }

    private mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ defaultValue: Choice
    ) -> Choice {
        guard let value = members[name] else { return defaultValue }
        guard let choice = value.stringValue.flatMap(Choice.init(rawValue:)) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            wrong(name, "bad_option", "'\(name)' takes one of \(words).")
            return defaultValue
        }
        return choice
    }
}
