import AdminKit
import Identity
import Support

/// `bodega user`, `bodega token`, `bodega config` and `bodega audit`.
enum AccountCommands {
    /// - Parameter settings: those of the whole installation.
    static func all(_ settings: ConfigurationEntries) -> [FeatureCommand] { [user, token, config(settings), audit] }

    private static let user = FeatureCommand("user", UserCommands.summary, help: UserCommands.help) {
        arguments,
        house in
        try UserCommands.run(
            &arguments,
            database: house.database,
            environment: house.environment,
            publicURL: house.publicURL,
            out: house.out
        )
    }

    private static let token = FeatureCommand("token", TokenCommands.summary, help: TokenCommands.help) {
        arguments,
        house in
        try TokenCommands.run(&arguments, database: house.database, environment: house.environment, out: house.out)
    }

    private static func config(_ settings: ConfigurationEntries) -> FeatureCommand {
        FeatureCommand("config", ConfigurationCommands.summary, help: ConfigurationCommands.help) { arguments, house in
            try ConfigurationCommands.run(
                &arguments,
                database: house.database,
                environment: house.environment,
                entries: settings,
                columns: house.secrets,
                out: house.out,
                at: { house.die($0.rawValue) }
            )
        }
    }

    private static let audit = FeatureCommand("audit", AuditCommands.summary, help: AuditCommands.help) {
        arguments,
        house in
        try AuditCommands.run(&arguments, database: house.database, out: house.out)
    }
}
