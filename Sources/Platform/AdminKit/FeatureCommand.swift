package import Database
package import Identity
package import Support

/// One word after `bodega` that a feature brings: what it does in a data folder.
package struct FeatureCommand: Sendable {
    package let name: String
    /// One line for the list of commands.
    package let summary: String
    /// What `--help` prints below the summary: a line per option or word.
    package let help: [String]
    /// Does it; returns the exit code. An error thrown is printed as one line: 64 for a `UsageError`, else 1.
    package let run: @Sendable (inout Arguments, CommandSurroundings) throws -> Int32

    package init(
        _ name: String,
        _ summary: String,
        help: [String] = [],
        run: @escaping @Sendable (inout Arguments, CommandSurroundings) throws -> Int32
    ) {
        self.name = name
        self.summary = summary
        self.help = help
        self.run = run
    }
}

/// What a feature's command works with.
package struct CommandSurroundings {
    package let database: Connection
    package let environment: Environment
    /// Where users find the installation; nil when that was not said.
    package let publicURL: String?
    /// All kinds of jobs.
    package let jobs: JobDescriptions
    /// Where the secrets of all features are.
    package let secrets: [SecretVaultStore.Column]
    /// Takes one line of output.
    package let out: (String) -> Void
    /// Whether the command was told to end; hands on what was printed so far.
    package let isStopped: () -> Bool
    /// Dies here when a test has asked for it.
    package let die: (_ point: String) -> Void

    package init(
        database: Connection,
        environment: Environment,
        publicURL: String?,
        jobs: JobDescriptions,
        secrets: [SecretVaultStore.Column],
        out: @escaping (String) -> Void,
        isStopped: @escaping () -> Bool,
        die: @escaping (_ point: String) -> Void
    ) {
        self.database = database
        self.environment = environment
        self.publicURL = publicURL
        self.jobs = jobs
        self.secrets = secrets
        self.out = out
        self.isStopped = isStopped
        self.die = die
    }
}
