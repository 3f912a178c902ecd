import Accounts
import Database
import Glibc
import Identity
import Process
import Support
import Web

/// One supervised Bodega: takes the lock, cleans up after one that was killed, makes sockets and nginx's configuration,
/// and runs the supervisor; on SIGHUP it becomes the newest program and hands everything over.
final class Server {
    private var settings: Settings
    private let folder: DataFolder
    private let log: Log
    private let handover: Handover?
    private let lock: PidFile
    private let runtimeFolder: String
    /// When to look for unclaimed bodies again.
    private var nextSweep: UInt64 = 0

    init(_ settings: Settings) throws {
        self.settings = settings
        folder = DataFolder(settings.data)
        log = settings.log("serve")
        handover = environmentVariable(Handover.variable).flatMap { Handover($0) }
        unsetenv(Handover.variable)
        // It was for the first start; what is in the environment of a process can be read as long as that runs.
        unsetenv(UserCommands.adminPassword)
        // Nothing that Bodega writes is for other users.
        umask(0o027)
        // Nor does it ever need the rights of another program's owner.
        Privileges.gainNone()
        Signals.ignoreBrokenPipes()
        try folder.make()
        try folder.logSpool.prepare()
        lock = try Self.takeLock(folder, handover)
        runtimeFolder = RuntimeFolder.path(for: settings.data, user: geteuid(), environment: environmentVariable)
        try RuntimeFolder.make(runtimeFolder)
        try findStaticFiles()
    }

    /// How processes of this data folder are recognised when nobody supervises them.
    static func leftovers(_ settings: Settings) -> Leftovers {
        Leftovers(mark: settings.mark, workingFolder: DataFolder(settings.data).nginx)
    }

    func run() throws -> Int32 {
        try lock.write(executable: programPath, state: "starting")
        if handover == nil {
            let count = Self.leftovers(settings).end()
            if count > 0 { log.warning("ended what was left of an earlier run", ["processes": String(count)]) }
            try PortCheck.requireFree(address: settings.address, port: settings.port, option: "--port")
            if settings.redirectPort > 0 {
                let option = "--redirect-port"
                try PortCheck.requireFree(address: settings.address, port: settings.redirectPort, option: option)
            }
            dropUnclaimedBodies()
            dropTemporaryFiles()
        }
        ResourceLimit.raiseOpenFiles(to: 65_536)
        takeConfiguration()
        var listeners: [Pool: Int32] = [:]
        // They are open as long as this process runs.
        for pool in Pool.allCases { listeners[pool] = try listener(pool.rawValue).release() }
        let scoreboard = try board()
        let rates = try rateTable()
        let nginx = try NginxFiles(configuration, folder: folder).install(hasRunning: handover != nil)
        let sockets = ServeSockets(pools: listeners, rates: rates.descriptor.raw)
        let supervisor = try Supervisor(
            ServeProcesses(settings: settings, sockets: sockets, nginx: nginx).all,
            scoreboard: scoreboard,
            log: log,
            onReady: { self.reportReady() },
            onNotice: { self.applyConfiguration($0) },
            chore: { supervisor in
                self.keepLogFiles(supervisor)
                self.dropUnclaimedBodies()
            }
        )
        supervisor.adopt(handover?.children ?? [])
        while supervisor.run() == .reload {
            try lock.write(executable: programPath, state: "reloading")
            log.info("reloading", ["program": nextProgram])
            var descriptors = [
                "lock": lock.descriptor.raw, "scoreboard": scoreboard.descriptor.raw, "rates": rates.descriptor.raw,
            ]
            for (pool, listener) in listeners { descriptors[pool.rawValue] = listener }
            becomeNext(Handover(descriptors: descriptors, children: supervisor.handover))
        }
        RuntimeFolder.remove(runtimeFolder)
        return 0
    }

    /// What the supervisor itself needs of the configuration. A database that cannot be opened now (it is made or
    /// brought up to date later) leaves what was known, the defaults at first.
    private func takeConfiguration() {
        do {
            let connection = try folder.open(.maintenance)
            try SecretVaultStore(connection).prepare()
            let configuration = Configuration(connection, overrides: settings.overrides)
            settings.requestRate = try configuration.value(ConfigurationTable.requestRate)
            settings.crossOrigins = try configuration.value(ConfigurationTable.corsOrigins)
        } catch {
            log.warning("the configuration cannot be read", ["reason": "\(error)"])
        }
    }

    /// Somebody may have changed what nginx is set up with, see `ConfigurationWatch`.
    private func applyConfiguration(_ supervisor: Supervisor) {
        takeConfiguration()
        let files = NginxFiles(configuration, folder: folder)
        guard !files.isInPlace else { return }
        do {
            guard try files.install(hasRunning: true).isNew else { return }
            supervisor.send(SIGHUP, to: "nginx")
            log.info("nginx reads its configuration again")
        } catch {
            log.error("the configuration could not be applied", ["reason": "\(error)"])
        }
    }

    /// nginx removes a body with its request, unless it was killed. No worker claims one whose request is gone.
    private func dropUnclaimedBodies() {
        let now = monotonicNanoseconds()
        guard now >= nextSweep else { return }
        nextSweep = now + 5_000_000_000
        let bodies = IncomingBodies(folder: folder.incoming)
        let count = bodies.sweep { Self.leftovers(settings).find().map(\.pid) }
        if count > 0 { log.warning("removed bodies without a request", ["files": String(count)]) }
    }

    /// Files that were to have no name.
    private func dropTemporaryFiles() {
        for folder in [folder.uploads, folder.scratch] { Files.removeLeftTemporaries(in: folder) }
    }

    /// Files that have grown are put aside; nginx is told to begin new ones.
    private func keepLogFiles(_ supervisor: Supervisor) {
        let files = LogFiles(folder: folder.logs, limit: Int64(settings.logFileSize), kept: settings.logFiles)
        let aside = files.putAside()
        if aside.contains(where: LogFiles.ofNginx.contains) { supervisor.send(SIGUSR1, to: "nginx") }
        if let path = settings.logFile { LogOutput.follow(path) }
    }

    private static func takeLock(_ folder: DataFolder, _ handover: Handover?) throws -> PidFile {
        if let inherited = handover?.descriptors["lock"] {
            return try PidFile(path: folder.pidFile, inherited: inherited)
        }
        guard let lock = try PidFile(path: folder.pidFile) else {
            let pid = PidFile.read(folder.pidFile).map { " (process \($0.identity.pid))" } ?? ""
            throw CommandError("Bodega runs already for \(folder.path)\(pid).")
        }
        return lock
    }

    private func listener(_ name: String) throws -> Listener {
        if let inherited = handover?.descriptors[name] { return try Listener(inherited: inherited) }
        return try Listener(path: "\(runtimeFolder)/\(name).sock")
    }

    /// Slots for two generations of workers: during a reload both run.
    private func board() throws -> Scoreboard {
        let workers = [
            settings.webWorkers, settings.loginWorkers, settings.slowWorkers, settings.uploadWorkers,
            settings.exportWorkers, 1,
        ].reduce(0, +)
        let wanted = 4 * workers
        if let inherited = handover?.descriptors["scoreboard"], let board = try? Scoreboard(inherited: inherited),
            board.count == wanted
        {
            return board
        }
        return try Scoreboard(path: "\(runtimeFolder)/scoreboard", count: wanted)
    }

    private func rateTable() throws -> RateTable {
        if let inherited = handover?.descriptors["rates"], let table = try? RateTable(inherited: inherited) {
            return table
        }
        return try RateTable(path: "\(runtimeFolder)/rates")
    }

    private func findStaticFiles() throws {
        if settings.staticFolder.isEmpty {
            guard let found = StaticFiles.folder(forProgram: programPath) else {
                throw CommandError("There is no folder with static files beside \(programPath); see --static-folder.")
            }
            settings.staticFolder = found
        }
        settings.staticHash = StaticFiles.hash(of: settings.staticFolder)
    }

    private var configuration: NginxConfiguration {
        NginxConfiguration(
            settings: settings,
            runtimeFolder: runtimeFolder,
            rules: Composition.poolRules,
            user: geteuid() == 0 ? "root root" : nil,
            openFiles: min(32_768, ResourceLimit.mostOpenFiles)
        )
    }

    private func reportReady() {
        do {
            try lock.write(executable: programPath, state: "ready")
        } catch {
            log.error("cannot write the pid file", ["error": "\(error)"])
        }
        log.info("ready", ["address": settings.origin, "program": programPath])
    }

    // MARK: Programs

    /// The file that runs now.
    private var programPath: String {
        target(of: "/proc/self/exe") ?? CommandLine.arguments.first ?? "bodega"
    }

    /// The file to run after a reload: what `deploy/up` put into place last, as the link `bodega` beside the one that
    /// runs now (`bodega-<hash>`), else that one.
    private var nextProgram: String {
        let parts = programPath.split(separator: "/")
        let newest = "/\(parts.dropLast().joined(separator: "/"))/bodega"
        let isVersion = parts.last?.hasPrefix("bodega-") ?? false
        return isVersion && Files.exists(newest) ? newest : ServeProcesses.program
    }

    /// Returns only when it failed; everything goes on as before then.
    private func becomeNext(_ handover: Handover) {
        for descriptor in handover.descriptors.values { try? makeInheritable(descriptor) }
        let error = replaceProgram(
            nextProgram,
            arguments: CommandLine.arguments,
            environment: currentEnvironment() + ["\(Handover.variable)=\(handover.text)"]
        )
        log.error("reload failed", ["error": error.description])
        for descriptor in handover.descriptors.values { try? makePrivate(descriptor) }
    }
}
