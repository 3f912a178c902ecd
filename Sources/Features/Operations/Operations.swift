package import AdminKit
package import Database
package import Identity
package import Web

/// What runs, what ran, what failed: jobs and their event streams, the system log, the home page, and the keys.
///
/// Jobs themselves belong to Kit/Jobs, and what a kind of job does to the feature that brings it; here is how people
/// and programs see them.
///
/// The system log is what Bodega's processes say. They write lines (`Log`, Kit/Support) without waiting for anything;
/// the runner collects them into the table (`LogCollector`) and keeps that small (`LogRetention`). The command
/// `bodega logs` is `LogCommands`.
package enum Operations {
    package static let routes: [AppRoute] =
        DashboardPages.routes + ShortcutPages.routes + JobPages.routes + JobAPI.routes + JobEvents.routes
        + LogPages.routes + LogAPI.routes

    package static let schemas: [NamedSchema] = JobSchemas.all + LogSchemas.all

    package static let problemCodes: [ProblemCode] = ProblemCode.operations

    package static let migrations: [Migration] = SystemLogSchema.migrations

    package static let topics = JobEvents.topics

    /// The first entry of all.
    package static let home = NavigationEntry("Home", path: "/", permission: .readJobs, shortcut: "h")

    package static let navigation: [NavigationEntry] = [
        NavigationEntry("Jobs", path: "/jobs", group: "Operations", permission: .readJobs, shortcut: "j"),
        NavigationEntry(
            "System log",
            path: LogLinks.path,
            group: "Operations",
            permission: .readLogs,
            shortcut: "l"
        ),
    ]
}
