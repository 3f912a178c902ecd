import Catalog
import Database
import Glibc
import Identity
import Jobs
import Operations
import Process
import Support

/// `bodega jobs`: the runner. Started by the supervisor; ends on SIGTERM within two seconds.
enum JobsCommand {
    static let command = Command(
        "jobs",
        "run jobs and keep house (started by serve)",
        help: SettingOption.help
    ) { arguments in
        let settings = try Settings(&arguments)
        try arguments.finish()
        let signals = try Signals([SIGTERM, SIGINT, SIGQUIT])
        let folder = DataFolder(settings.data)
        let connection = try folder.open(.maintenance)
        let configuration = Configuration(connection, overrides: settings.overrides)
        let log = settings.log("jobs")
        log.info(Connection.protectionLine)
        let notes = AuditCollector(connection, folder.auditSpool, log: log)
        let runner = JobRunner(
            connection,
            environment: .live,
            log: log,
            limit: settings.jobWorkers,
            queues: try configuration.value(ConfigurationTable.importOrder) == "queue"
                ? Composition.jobKinds.queues : [],
            chores: CatalogChores.all(
                connection,
                uploads: folder.uploads,
                scratch: folder.scratch,
                configuration: configuration
            ) + [
                JobChore("forgetting idempotency keys", everySeconds: 600) { now in
                    try IdempotencyRetention.step(connection, now: now)
                },
                JobChore("collecting notes for the audit trail", everySeconds: 1) { now in try notes.step(now) },
                ConfigurationWatch(configuration, folder).chore,
            ] + LogChores.all(connection, spool: folder.logSpool, configuration: configuration),
            spawn: { job in
                try Spawn(
                    executable: ServeProcesses.program,
                    arguments: ["bodega", "work", "\(job.id)", "--attempt", "\(job.attempt)"],
                    environment: settings.childEnvironment
                ).start()
            },
            isStopped: { signals.next() != nil }
        )
        runner.run()
        return 0
    }
}
