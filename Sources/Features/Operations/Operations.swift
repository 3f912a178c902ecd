package import AdminKit
import Database
import Identity
import Web

/// What runs, what ran, what failed: jobs and their event streams, the system log, the home page, and the keys.
///
/// Jobs themselves belong to Kit/Jobs, and what a kind of job does to the feature that brings it; here is how people
/// and programs see them.
///
/// The system log is what Bodega's processes say. They write lines (`Log`, Kit/Support) without waiting for anything;
/// the runner collects them into the table (`LogCollector`) and keeps that small (`LogRetention`). The command
/// `bodega logs` is `LogCommands`.
package enum Operations {
    package static let feature = Feature {
        $0.routes =
            DashboardPages.routes + SearchPages.routes + HelpPages.routes + ShortcutPages.routes + JobPages.routes
            + JobAPI.routes + JobEvents.routes + LogPages.routes + LogAPI.routes + SchedulePages.routes
            + ScheduleAPI.routes
        $0.schemas = { settings in
            let kinds = settings[JobDescriptions.self] ?? JobDescriptions(OperationsJobs.all)
            return JobSchemas.all + LogSchemas.all + ScheduleSchemas.all(kinds.schedulable)
        }
        $0.problemCodes = ProblemCode.operations
        $0.migrations = SystemLogSchema.migrations
        $0.jobs = OperationsJobs.all
        $0.settings = JobSettings.all + LogSettings.all
        $0.commands = [
            FeatureCommand("manual", "read the help", help: ["NAME  users, operators or programs"]) {
                arguments,
                house in
                try HelpCommand.run(&arguments, out: house.out)
            },
            FeatureCommand("logs", LogCommands.summary, help: LogCommands.help) { arguments, house in
                try LogCommands.run(
                    &arguments,
                    database: house.database,
                    environment: house.environment,
                    out: house.out,
                    isStopped: house.isStopped
                )
            },
            ScheduleCommands.command, JobCommands.command,
        ]
        $0.chores = LogChores.all
        $0.topics = JobEvents.topics
        $0.attention = JobAttention.all
        $0.search = JobSearch.hits
        $0.events = JobEvents.types + ScheduleSchemas.events
        $0.navigation = [
            NavigationEntry("Home", path: "/", permission: .readJobs, shortcut: "h", icon: .home),
            NavigationEntry(
                "Jobs",
                path: "/jobs",
                group: "Operations",
                permission: .readJobs,
                shortcut: "j",
                icon: .jobs
            ),
            NavigationEntry(
                "Schedules",
                path: SchedulePath.list.description,
                group: "Operations",
                permission: .readSchedules,
                shortcut: "e",
                icon: .calendar
            ),
            NavigationEntry(
                "System log",
                path: LogLinks.path,
                group: "Operations",
                permission: .readLogs,
                shortcut: "l",
                icon: .log
            ),
        ]
    }
}
