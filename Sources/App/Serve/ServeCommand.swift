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
            "--notes  print what the last start had to say of the data folder",
            "--reload  let it take new certificates and the newest program, without a stop; says why it does not",
            "--check  start nothing: only say whether this program could take over (2: not before 'bodega migrate up')",
        ] + SettingOption.help
    ) { arguments in
        let stop = arguments.flag("stop")
        let reload = arguments.flag("reload")
        let check = arguments.flag("check")
        let notes = arguments.flag("notes")
        let settings = try Settings(&arguments)
        try arguments.finish()
        try DataFolder(settings.data).refuseForeign()
        if notes {
            for note in FolderPlace(DataFolder(settings.data)).notes { print(note) }
            return 0
        }
        if reload { return try renew(settings) }
        if check {
            var check = ServeCheck(settings)
            return try check.run(beside: try supervisor(settings))
        }
        return stop ? try end(settings) : try Server.run(settings)
    }

    /// Ends the running supervisor and everything of it; waits for the end.
    private static func end(_ settings: Settings) throws -> Int32 {
        if let running = try supervisor(settings) {
            kill(running.pid, SIGTERM)
            // One that was stopped takes no other signal before.
            kill(running.pid, SIGCONT)
            let deadline = monotonicNanoseconds() + 12_000_000_000
            while running.isRunning, monotonicNanoseconds() < deadline { sleep(milliseconds: 50) }
            if running.isRunning { kill(running.pid, SIGKILL) }
        }
        _ = Server.leftovers(settings).end()
        return 0
    }

    /// How long a supervisor may take to become another program, in seconds.
    private static let reloadSeconds: UInt64 = 90

    /// Lets the running supervisor become the newest program, and waits for what becomes of that.
    private static func renew(_ settings: Settings) throws -> Int32 {
        let file = DataFolder(settings.data).pidFile
        guard let running = try supervisor(settings) else { throw CommandError("Nothing runs for \(settings.data).") }
        let before = PidFile.read(file)?.renewal
        guard kill(running.pid, SIGHUP) == 0 else { throw CommandError("Nothing runs for \(settings.data).") }
        // One of an earlier version does not say what becomes of it.
        guard let before else { return 0 }
        let deadline = monotonicNanoseconds() + reloadSeconds * 1_000_000_000
        while running.isRunning, monotonicNanoseconds() < deadline {
            if let now = PidFile.read(file), let renewal = now.renewal, renewal.number > before.number,
                renewal.outcome != "trying"
            {
                if renewal.outcome == "done" { return 0 }
                throw CommandError("The other program was \(renewal.outcome) The one before goes on.")
            }
            sleep(milliseconds: 50)
        }
        throw CommandError("It did not take the next program within \(reloadSeconds) s; the log says why.")
    }

    /// The one that runs for the data folder; nil when none does.
    private static func supervisor(_ settings: Settings) throws(CommandError) -> ProcessIdentity? {
        let folder = DataFolder(settings.data)
        let file = folder.pidFile
        if let running = PidFile.holder(file) { return running }
        guard !PidFile.isHeld(file) else { throw foreign(file) }
        // Without its pid file it still has the folder.
        let holders = FileLocks.holders(of: [folder.path])
        if let running = holders.first(where: { Server.leftovers(settings).isOfInstallation($0.pid) }) {
            return running
        }
        guard holders.isEmpty else { throw foreign(folder.path) }
        return nil
    }

    private static func foreign(_ path: String) -> CommandError {
        CommandError(
            "What holds \(path) is no Bodega of this user: see 'fuser \(path)', and end it as its user or as root."
        )
    }
}
