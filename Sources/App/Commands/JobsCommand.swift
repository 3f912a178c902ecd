import AdminKit
import Catalog
import Database
import Glibc
import Identity
import ImportKit
import Jobs
import Operations
import Process
import Support

/// `bodega jobs`: the runner. Started by the supervisor; ends on SIGTERM within two seconds.
enum JobsCommand {
    static let command = Command(
        "jobs",
        "run jobs and keep house (started by serve)",
        help: ["--slot N"] + SettingOption.help,
        isInternal: true
    ) { arguments in
        let slot = try arguments.int("slot", in: 0...65_535)
        let settings = try Settings(&arguments)
        try arguments.finish()
        let scoreboard = try WebCommand.scoreboardSlot(slot)
        let signals = try Signals([SIGTERM, SIGINT, SIGQUIT])
        let folder = DataFolder(settings.data)
        let connection = try folder.open(.maintenance)
        let clock = folder.clock
        let configuration = Configuration(connection, overrides: settings.overrides)
        let log = settings.log("jobs")
        log.info(Connection.protectionLine)
        let notes = AuditCollector(connection, folder.auditSpool, log: log)
        let house = ChoreSurroundings(
            connection,
            configuration,
            uploads: folder.uploads,
            scratch: folder.scratch,
            logSpool: folder.logSpool
        )
        let forgotten = JobRetention(connection, Composition.jobs.kinds) { try configuration.value(JobSettings.days) }
        let runner = JobRunner(
            connection,
            environment: .live(clock),
            log: log,
            kinds: Composition.jobs.kinds,
            limit: settings.jobWorkers,
            keepsQueues: try configuration.value(ImportSettings.order) == "queue",
            chores: [ClockWatch(connection, clock, log: log).chore]
                + Composition.features.flatMap { $0.chores(house) } + [
                    JobChore("forgetting idempotency keys", everySeconds: 600, isRetention: true) { now in
                        try IdempotencyRetention.step(connection, now: now)
                    },
                    OutboxStore.chore(connection),
                    JobChore("forgetting old jobs", everySeconds: 3600, isRetention: true) { now in
                        try (forgotten.step(now) ?? 1) > 0
                    },
                    JobChore("forgetting alerts that are over", everySeconds: 600) { now in
                        try AlertStore(connection).forgetExpired(at: now)
                        return false
                    },
                    JobChore("collecting notes for the audit trail", everySeconds: 1) { now in try notes.step(now) },
                    ConfigurationWatch(configuration, folder).chore,
                ],
            hangTimeout: settings.hangTimeout * 1000,
            spawn: { job in
                try Spawn(
                    executable: ServeProcesses.program,
                    arguments: ["bodega", "work", "\(job.id)", "--attempt", "\(job.attempt)"],
                    environment: settings.childEnvironment
                ).start()
            },
            isStopped: { signals.next() != nil },
            beat: { scoreboard?.idle() }
        )
        runner.run()
        return 0
    }
}
