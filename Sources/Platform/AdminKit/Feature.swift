package import Database
package import Identity
package import Jobs
package import Support
package import Web

/// What one part of the product brings. A feature is one value of this type, and `Composition` in App is the list of
/// them: what is put in here is served, documented, guarded, run and shown without another word anywhere.
package struct Feature: Sendable {
    /// What answers which address.
    package var routes: [AppRoute] = []
    /// What the routes' operations name, for an installation.
    package var schemas: @Sendable (FeatureSettings) -> [NamedSchema] = { _ in [] }
    /// The words by which programs tell its refusals apart.
    package var problemCodes: [ProblemCode] = []
    /// Its tables.
    package var migrations: [Migration] = []
    /// Its kinds of jobs, in the order in which filters list them.
    package var jobs: [JobDescription] = []
    /// What an administrator may choose about it while Bodega runs.
    package var settings: [ConfigurationEntry] = []
    /// Its commands on the command line.
    package var commands: [FeatureCommand] = []
    /// What the runner keeps in order for it.
    package var chores: @Sendable (ChoreSurroundings) -> [JobChore] = { _ in [] }
    /// What event streams tell of it, each with the permission that it takes to listen.
    package var topics: [EventTopic] = []
    /// What it publishes for other systems.
    package var events: [EventType] = []
    /// Its entries in the menu.
    package var navigation: [NavigationEntry] = []
    /// Its figures on the home page.
    package var tiles: @Sendable (RequestContext) throws -> [DashboardTile] = { _ in [] }
    /// Its charts and lists on the home page.
    package var cards: @Sendable (RequestContext) throws -> [DashboardCard] = { _ in [] }
    /// What of it waits for a person.
    package var attention: @Sendable (RequestContext) throws -> [Attention] = { _ in [] }
    /// What of it the search in the frame finds by some words: a few, the best first.
    package var search: @Sendable (RequestContext, String) throws -> [SearchHit] = { _, _ in [] }
    /// Whether it holds nothing yet; while that is so of all, the home page says how to begin.
    package var isEmpty: @Sendable (RequestContext) throws -> Bool = { _ in true }
    /// Where it keeps sealed secrets: a change of keys goes through all of them.
    package var secrets: [SecretVaultStore.Column] = []

    package init() {}

    /// - Parameter describe: sets what there is.
    package init(_ describe: (inout Feature) -> Void) {
        describe(&self)
    }
}

extension [Feature] {
    /// What answers which address; what a route's access leaves to the features is put in.
    package var routes: [AppRoute] {
        let permissions = [
            Access.actsOnJobsName: JobDescriptions(flatMap(\.jobs)).actors,
            Access.hearsTopicsName: Set(flatMap(\.topics).map(\.permission)),
        ]
        return flatMap(\.routes).map { $0.gathering(permissions) }
    }
}

extension Access {
    fileprivate static let actsOnJobsName = "acts on jobs"
    fileprivate static let hearsTopicsName = "hears topics"

    /// Of routes that act on jobs of any kind: one of those permissions that the kinds ask for. Which a job asks for is
    /// told by the route's `needs`.
    package static let actsOnJobs = Access.gathered(actsOnJobsName)
    /// Of the stream of all topics: one of those permissions that the topics ask for.
    package static let hearsTopics = Access.gathered(hearsTopicsName)
}

/// What chores work with: all of it is the runner's own.
package struct ChoreSurroundings {
    package let connection: Connection
    /// Says how long things stay; looked at with every step.
    package let configuration: Configuration
    /// The folder of claimed uploads.
    package let uploads: String
    /// The folder for temporary files of workers.
    package let scratch: String
    /// Where log lines wait for their table.
    package let logSpool: LogSpool

    package init(
        _ connection: Connection,
        _ configuration: Configuration,
        uploads: String,
        scratch: String,
        logSpool: LogSpool
    ) {
        self.connection = connection
        self.configuration = configuration
        self.uploads = uploads
        self.scratch = scratch
        self.logSpool = logSpool
    }
}
