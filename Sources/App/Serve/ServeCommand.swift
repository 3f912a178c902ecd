import Glibc
import Process
import Support

/// `bodega serve`: the supervisor of everything that runs for one data folder.
enum ServeCommand {
    static let command = Command(
        "serve",
        "start everything and keep it running",
        help: ["--stop  end the one that runs for the data folder, and what is left of one that was killed"]
            + SettingOption.help
    ) { arguments in
        let stop = arguments.flag("stop")
        let settings = try Settings(&arguments)
        try arguments.finish()
        return stop ? try end(settings) : try Server(settings).run()
    }

    /// Ends the running supervisor and everything of it; waits for the end.
    private static func end(_ settings: Settings) throws -> Int32 {
        let file = DataFolder(settings.data).pidFile
        if PidFile.isHeld(file), let running = PidFile.read(file)?.identity, running.isRunning {
            guard kill(running.pid, SIGTERM) == 0 else {
                throw CommandError("Process \(running.pid) belongs to another user; stop it as that user or as root.")
            }
            let deadline = monotonicNanoseconds() + 12_000_000_000
            while running.isRunning, monotonicNanoseconds() < deadline { sleep(milliseconds: 50) }
            if running.isRunning { kill(running.pid, SIGKILL) }
        }
        _ = Server.leftovers(settings).end()
        return 0
    }
}
