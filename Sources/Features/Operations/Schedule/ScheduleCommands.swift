import AdminKit
import Database
import Identity
import Jobs
import Support

/// `bodega schedule`.
enum ScheduleCommands {
    static let command = FeatureCommand(
        "schedule",
        "see schedules, their next times, and run one now",
        help: [
            "list [--json]",
            "run NAME [--json]",
            "preview CRON [--time-zone ZONE] [--count N] [--json]",
            "CRON is minute, hour, day of the month, month, day of the week in quotes ('30 6 * * MON-FRI'), or a word",
            "such as @daily. 'run' takes the schedule's name or number and prints the id of the new job, which a",
            "running Bodega does.",
        ]
    ) { arguments, house in
        let asJSON = arguments.flag("json")
        let zone = try arguments.option("time-zone")
        let count = try arguments.int("count", in: 1...1000)
        let word = try arguments.next("list, run or preview")
        guard word == "preview" || zone == nil && count == nil else {
            throw UsageError("--time-zone and --count are for preview.")
        }
        switch word {
        case "list":
            try arguments.finish()
            try list(house, asJSON)
        case "run":
            let name = try arguments.next("The schedule's name")
            try arguments.finish()
            try run(name, house, asJSON)
        case "preview":
            let cron = try arguments.next("The cron expression")
            try arguments.finish()
            try preview(cron, zone ?? "UTC", count ?? 5, house, asJSON)
        default: throw UsageError("bodega schedule has no '\(word)', only list, run and preview.")
        }
        return 0
    }

    private static func list(_ house: CommandSurroundings, _ asJSON: Bool) throws {
        let jobs = JobStore(house.database)
        let all = try ScheduleStore(house.database).list(limit: .max).map { schedule in
            (schedule, try schedule.lastJobID.flatMap { try jobs.find($0) })
        }
        if asJSON { return house.out(JSON.array(all.map { $0.json(lastJob: $1) }).text) }
        if all.isEmpty { house.out("There are no schedules.") }
        for (schedule, last) in all {
            let next = schedule.problem ?? schedule.nextRunAt?.rfc3339 ?? "off"
            let status = last.map { ", last \($0.status.rawValue)" } ?? ""
            let when = "[\(schedule.cron.text), \(schedule.timeZone.name)]"
            house.out("\(schedule.id)  \(schedule.name)  \(when)  \(next)\(status)")
        }
    }

    private static func run(_ name: String, _ house: CommandSurroundings, _ asJSON: Bool) throws {
        let store = ScheduleStore(house.database)
        guard let schedule = try store.find(name: name) ?? Int64(name).flatMap({ try store.find($0) }) else {
            throw UsageError("There is no schedule '\(name)'; 'bodega schedule list' shows them.")
        }
        let now = house.environment.now()
        let context = WriteContext(actor: .system, now: now)
        let job = try store.runNow(schedule.id, house.jobs.kinds, userID: nil, house.environment, context)
        guard let job else { throw UsageError("This version of Bodega has no jobs of the kind '\(schedule.kind)'.") }
        house.out(asJSON ? job.json(at: now).text : job.publicID)
    }

    private static func preview(
        _ text: String,
        _ zoneName: String,
        _ count: Int,
        _ house: CommandSurroundings,
        _ asJSON: Bool
    ) throws {
        let cron: CronExpression
        do {
            cron = try CronExpression(text)
        } catch {
            throw UsageError(error.description)
        }
        guard let zone = TimeZone(named: zoneName) else {
            throw UsageError("There is no time zone '\(zoneName)'. Write it like Europe/Lisbon.")
        }
        let next = cron.next(count, after: house.environment.now(), in: zone).map(\.rfc3339)
        if asJSON {
            let body: JSON = [
                "cron": .string(cron.text), "time_zone": .string(zone.name), "next": .array(next.map(JSON.string)),
            ]
            return house.out(body.text)
        }
        next.forEach(house.out)
        if next.isEmpty { house.out("It does not come within 50 years.") }
    }
}
