import AdminKit
import Database
import Jobs
import Support

/// `bodega work ID --attempt N`: one claimed job, from its checkpoint to its end. Started by the runner.
enum WorkCommand {
    static let command = Command(
        "work",
        "do one claimed job (started by the runner)",
        help: ["ID", "--attempt N", "--data DIR"],
        isInternal: true,
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let settings = try Settings(&arguments)
        let data = DataFolder(settings.data)
        let attempt = try arguments.int("attempt", in: 1...Int(Int32.max))
        guard let attempt, let id = Int64(try arguments.next("ID")) else {
            throw UsageError("bodega work takes the number of a job and --attempt; the job runner starts it.")
        }
        try arguments.finish()
        let log = settings.log("work")
        let connection = try data.open(.importer)
        connection.log = log
        guard let job = try JobStore(connection).find(id), job.attempt == Int64(attempt), job.status.isRunning else {
            throw UsageError("Job \(id) is not waiting for attempt \(attempt).")
        }
        let run = JobRun(job, connection: connection, environment: data.environment, scratch: data.scratch)
        return try JobWork.perform(run, kinds: Composition.jobs.kinds, log: log)
    }
}
