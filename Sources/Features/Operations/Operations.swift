package import AdminKit
package import Identity
package import Web

/// What runs, what ran, what failed: jobs and their event streams, the home page, and the keys.
///
/// Jobs themselves belong to Kit/Jobs, and what a kind of job does to the feature that brings it; here is how people
/// and programs see them.
package enum Operations {
    package static let routes: [AppRoute] =
        DashboardPages.routes + ShortcutPages.routes + JobPages.routes + JobAPI.routes + JobEvents.routes

    package static let schemas: [NamedSchema] = JobSchemas.all

    /// The first entry of all.
    package static let home = NavigationEntry("Home", path: "/", permission: .readJobs, shortcut: "h")

    package static let navigation: [NavigationEntry] = [
        NavigationEntry("Jobs", path: "/jobs", group: "Operations", permission: .readJobs, shortcut: "j")
    ]
}
