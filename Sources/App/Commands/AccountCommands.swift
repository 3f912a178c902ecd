import Accounts
import Database
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
