/// Every command of the executable, one line each.
package enum Commands {
    package static let all: [Command] =
        [
            ServeCommand.command,
            ImportCommand.command,
            ErrorsCommand.command,
            ExportCommand.command,
        ] + FeatureCommands.all + [
            CheckCommand.command,
            DigestCommand.command,
            MigrateCommand.command,
            RoutesCommand.command,
            VersionCommand.command,
            ManCommand.command,
            CompletionCommand.command,
            WebCommand.command,
            EventsCommand.command,
            JobsCommand.command,
            DeliverCommand.command,
            WorkCommand.command,
            PictureCommand.command,
            IndexCommand.command,
        ]
}
