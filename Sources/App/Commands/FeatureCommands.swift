import AdminKit
import Database
import Glibc
import Jobs
import Process
import Support

/// The commands that features bring, each in the data folder that the command line names.
enum FeatureCommands {
    static let all: [Command] = Composition.commands.map { command in
        Command(command.name, command.summary, help: command.help + ["--data DIR"]) { arguments in
            let settings = try Settings(&arguments)
            let data = DataFolder(settings.data)
            var signals: StopSignals?
            var failpoints = Failpoints.fromEnvironment()
            let surroundings = CommandSurroundings(
                database: try data.open(.maintenance),
                environment: data.environment,
                publicURL: settings.publicURL,
                jobs: Composition.jobs,
                secrets: Composition.secrets,
                out: { print($0) },
                isStopped: {
                    // A program that follows through a pipe wants to see lines as they come.
                    fflush(nil)
                    if signals == nil { signals = try? StopSignals() }
                    return signals?.hasCome ?? false
                },
                die: { failpoints.die(at: $0) }
            )
            return try command.run(&arguments, surroundings)
        }
    }
}

/// SIGTERM and SIGINT, taken from the first look on: a command that never looks ends at once by them.
private final class StopSignals {
    private let signals: Signals

    init() throws { signals = try Signals([SIGTERM, SIGINT]) }

    var hasCome: Bool { signals.next() != nil }
}
