import Accounts
import Database
import Identity
import Jobs
import Support

/// `bodega user` and `bodega token`: who may log in, and with what.
enum AccountCommands {
    static let user = Command("user", UserCommands.summary, help: UserCommands.help + ["--data DIR"]) { arguments in
        let settings = try Settings(&arguments)
        return try UserCommands.run(
            &arguments,
            database: try DataFolder(settings.data).open(.maintenance),
            environment: .live,
            publicURL: settings.publicURL,
            out: { print($0) }
        )
    }

    static let audit = Command("audit", AuditCommands.summary, help: AuditCommands.help + ["--data DIR"]) { arguments in
        let data = DataFolder(try Settings(&arguments).data)
        return try AuditCommands.run(&arguments, database: try data.open(.maintenance), out: { print($0) })
    }

    static let config = Command(
        "config",
        ConfigurationCommands.summary,
        help: ConfigurationCommands.help + ["--data DIR"]
    ) { arguments in
        let data = DataFolder(try Settings(&arguments).data)
        var failpoints = Failpoints.fromEnvironment()
        return try ConfigurationCommands.run(
            &arguments,
            database: try data.open(.maintenance),
            environment: .live,
            columns: Composition.secrets,
            out: { print($0) },
            at: { failpoints.die(at: $0.rawValue) }
        )
    }

    static let token = Command("token", TokenCommands.summary, help: TokenCommands.help + ["--data DIR"]) { arguments in
        let data = DataFolder(try Settings(&arguments).data)
        return try TokenCommands.run(
            &arguments,
            database: try data.open(.maintenance),
            environment: .live,
            out: { print($0) }
        )
    }
}
