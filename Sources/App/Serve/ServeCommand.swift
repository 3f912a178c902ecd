import Glibc
import Process
import Support

/// `bodega serve`: the supervisor of everything that runs for one data folder.
enum ServeCommand {
    static let command = Command(
        "serve",
        "start everything and keep it running",
        help: [
            "--stop  end the one that runs for the data folder, and what is left of one that was killed",
            "--reload  let it take new certificates and the newest program, without a stop",
        ] + SettingOption.help
    ) { arguments in
        let stop = arguments.flag("stop")
        let reload = arguments.flag("reload")
        let settings = try Settings(&arguments)
        try arguments.finish()
        try DataFolder(settings.data).refuseForeign()
        if reload { return try renew(settings) }
        return stop ? try end(settings) : try Server(settings).run()
    }

    /// Ends the running supervisor and everything of it; waits for the end.
    private static func end(_ settings: Settings) throws -> Int32 {
        if let running = try supervisor(settings) {
            kill(running.pid, SIGTERM)
            let deadline = monotonicNanoseconds() + 12_000_000_000
            while running.isRunning, monotonicNanoseconds() < deadline { sleep(milliseconds: 50) }
            if running.isRunning { kill(running.pid, SIGKILL) }
        }
        _ = Server.leftovers(settings).end()
        return 0
    }

    /// Lets the running supervisor become the newest program.
    private static func renew(_ settings: Settings) throws -> Int32 {
        guard let running = try supervisor(settings), kill(running.pid, SIGHUP) == 0 else {
            throw CommandError("Nothing runs for \(settings.data).")
        }
        return 0
    }

    /// The one that runs for the data folder; nil when none does.
    private static func supervisor(_ settings: Settings) throws(CommandError) -> ProcessIdentity? {
        let file = DataFolder(settings.data).pidFile
        let running = PidFile.holder(file)
        guard running != nil || !PidFile.isHeld(file) else {
            throw CommandError(
                "What holds \(file) is no Bodega of this user: see 'fuser \(file)', and end it as its user or as root."
            )
        }
        return running
    }
}
