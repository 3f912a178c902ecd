import AdminKit
import Database
import Identity
import Jobs
import Support

/// `bodega job`.
enum JobCommands {
    static let command = FeatureCommand(
        "job",
        "see, cancel and retry jobs",
        help: [
            "list [--kind KIND] [--status STATUS] [--search WORDS] [--limit N] [--json]",
            "cancel ID [--json]",
            "retry ID [--json]",
            "Lists the newest jobs (50), newest first; --json prints an object a line. A running Bodega takes up what",
            "is retried. Ends with 1 when the job is in a state in which that cannot be done.",
        ]
    ) { arguments, house in
        let asJSON = arguments.flag("json")
        let filter = try filter(&arguments)
        let limit = try arguments.int("limit", in: 1...100_000)
        let word = try arguments.next("list, cancel or retry")
        if word == "list" {
            try arguments.finish()
            try list(filter, limit ?? 50, house, asJSON)
            return 0
        }
        guard ["cancel", "retry"].contains(word) else {
            throw UsageError("bodega job has no '\(word)', only list, cancel and retry.")
        }
        guard filter == JobStore.Filter(), limit == nil else { throw UsageError("These options are for list.") }
        let id = try arguments.next("The job's id")
        try arguments.finish()
        return try act(word, id, house, asJSON)
    }

    private static func filter(_ arguments: inout Arguments) throws -> JobStore.Filter {
        var filter = JobStore.Filter()
        if let kind = try arguments.option("kind") { filter.kinds = kind.split(separator: ",").map(String.init) }
        for word in try arguments.option("status")?.split(separator: ",").map(String.init) ?? [] {
            guard let status = Job.Status(rawValue: word) else {
                let all = Job.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--status takes \(all), not '\(word)'.")
            }
            filter.statuses.append(status)
        }
        filter.text = try arguments.option("search")
        return filter
    }

    private static func list(
        _ filter: JobStore.Filter,
        _ limit: Int,
        _ house: CommandSurroundings,
        _ asJSON: Bool
    ) throws {
        let now = house.environment.now()
        for job in try JobStore(house.database).list(filter, limit: limit) {
            house.out(asJSON ? job.json(at: now).text : line(job))
        }
    }

    private static func line(_ job: Job) -> String {
        let error = job.errorMessage.map { "  \($0)" } ?? ""
        return "\(job.createdAt.rfc3339)  \(job.publicID)  \(job.status.rawValue)  \(job.displayName)\(error)"
    }

    private static func act(
        _ word: String,
        _ id: String,
        _ house: CommandSurroundings,
        _ asJSON: Bool
    ) throws -> Int32 {
        let store = JobStore(house.database)
        guard let job = try store.find(publicID: id) else {
            throw UsageError("There is no job \(id); 'bodega job list' shows them.")
        }
        let context = WriteContext(actor: .system, now: house.environment.now())
        let outcome =
            word == "cancel" ? try store.cancel(job, context: context) : try store.retry(job, context: context)
        let (current, isDone) =
            switch outcome {
            case .done(let job): (job, true)
            case .wrongState(let job): (job, false)
            }
        if asJSON {
            house.out(current.json(at: context.now).text)
        } else {
            let what = isDone ? "\(word): the job is" : "cannot \(word): the job is"
            house.out("\(what) \(current.status.rawValue)\(current.cancelRequested ? ", to be cancelled" : "").")
        }
        return isDone ? 0 : 1
    }
}
