/// Every command of the executable, one line each.
package enum Commands {
    package static let all: [Command] = [
        ServeCommand.command,
        WebCommand.command,
        EventsCommand.command,
        RoutesCommand.command,
        JobsCommand.command,
        WorkCommand.command,
        IndexCommand.command,
        ImportCommand.command,
        ExportCommand.command,
        DigestCommand.command,
        MigrateCommand.command,
        AccountCommands.user,
        AccountCommands.token,
        AccountCommands.audit,
        AccountCommands.config,
        LogsCommand.command,
        VersionCommand.command,
    ]
}
