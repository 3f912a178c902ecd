import Database
import Glibc
import Operations
import Process
import Support

/// `bodega logs`: the system log on a terminal.
enum LogsCommand {
    static let command = Command("logs", LogCommands.summary, help: LogCommands.help + ["--data DIR"]) { arguments in
        let data = DataFolder(try Settings(&arguments).data)
        let signals = try Signals([SIGTERM, SIGINT])
        return try LogCommands.run(
            &arguments,
            database: try data.open(.maintenance),
            environment: .live,
            out: { print($0) },
            isStopped: {
                // Whoever follows through a pipe wants to see lines as they come.
                fflush(nil)
                return signals.next() != nil
            }
        )
    }
}
