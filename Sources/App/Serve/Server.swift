import Accounts
import Database
import Glibc
import Identity
import Process
import Support
import Web

/// One supervised Bodega: takes the locks, cleans up after one that was killed, makes sockets and nginx's
/// configuration, and runs the supervisor; on SIGHUP it tries the newest program, becomes it and hands everything over.
final class Server {
    private var settings: Settings
    private let folder: DataFolder
    private let log: Log
    private let handover: Handover?
    /// Held as long as this runs, also by the program that it becomes.
    private let folderLock: FolderLock
    private var lock: PidFile
    private let renewal: Renewal
    /// What the pid file says last.
    private var state = "starting"
    private let runtimeFolder: String
    private let alerts: ServeAlerts
    private let gateWatch: GateWatch
    /// Whether the scoreboard is that of the program before.
    private var keepsBoard = false
    private let checks: DatabaseChecks
    /// The socket that holds the folder's id, see `MachineClaim`; open as long as this process runs.
    private var claim: Int32?
    /// When to look for unclaimed bodies again.
    private var nextSweep: UInt64 = 0

    /// Runs it until it is stopped. A program that cannot take over goes back to the one that has handed over to it.
    static func run(_ settings: Settings) throws -> Int32 {
        let handover = environmentVariable(Handover.variable).flatMap { Handover($0) }
        let wayBack = handover.flatMap { WayBack($0, pidFile: DataFolder(settings.data).pidFile) }
        do {
            return try Server(settings, handover).run { wayBack?.close() }
        } catch {
            wayBack?.go(because: error, log: settings.log("serve"))
            throw error
        }
    }

    private init(_ settings: Settings, _ handover: Handover?) throws {
        self.settings = settings
        self.handover = handover
        folder = DataFolder(settings.data)
        log = settings.log("serve")
        let alerts = ServeAlerts(folder, log: log)
        self.alerts = alerts
        // All writes wait for one that hangs there: a third of the time must do.
        gateWatch = GateWatch(folder, Self.leftovers(settings), timeout: settings.hangTimeout * 1000 / 3, log: log) {
            alerts.tellHangInGate($0)
        }
        checks = DatabaseChecks(settings, log)
        unsetenv(Handover.variable)
        // It was for the first start; what is in the environment of a process can be read as long as that runs.
        unsetenv(UserCommands.adminPassword)
        // Nothing that Bodega writes is for other users.
        umask(0o027)
        // Nor does it ever need the rights of another program's owner.
        Privileges.gainNone()
        Signals.ignoreBrokenPipes()
        try folder.make()
        runtimeFolder = RuntimeFolder.path(for: settings.data, user: geteuid(), environment: environmentVariable)
        try RuntimeFolder.make(runtimeFolder)
        // What runs already keeps running.
        if handover == nil { try StartRequirements.check([folder.path, folder.incoming, runtimeFolder]) }
        // What is noted before the runner's first look must not be lost.
        try folder.logSpool.prepare()
        try folder.auditSpool.prepare()
        folderLock = try Self.takeFolder(folder, handover)
        lock = try Self.takeLock(folder, handover)
        renewal = Renewal(
            folder,
            alerts: alerts,
            log: log,
            patience: settings.hangTimeout * 2000,
            wasHandedOver: handover?.former != nil
        )
        try StaticFiles.find(for: &self.settings, program: Renewal.programPath)
    }

    /// How processes of this data folder are recognised when no supervisor runs.
    static func leftovers(_ settings: Settings) -> Leftovers {
        Leftovers(mark: settings.mark, workingFolder: DataFolder(settings.data).nginx)
    }

    /// - Parameter onRunning: called when nothing can fail any more.
    private func run(onRunning: () -> Void) throws -> Int32 {
        try lock.write(executable: Renewal.programPath, state: state, renewal: renewal.last)
        if handover == nil { try clearTheWay() }
        ResourceLimit.raiseOpenFiles(to: 65_536)
        takePlace()
        takeConfiguration()
        var listeners: [Pool: Int32] = [:]
        // They are open as long as this process runs.
        for pool in Pool.allCases { listeners[pool] = try listener(pool.rawValue).release() }
        let scoreboard = try board()
        let rates = try rateTable()
        let nginx = try NginxFiles(configuration, folder: folder).install(hasRunning: handover != nil)
        let sockets = ServeSockets(pools: listeners, rates: rates.descriptor.raw)
        let supervisor = try supervisor(
            scoreboard,
            ServeProcesses(settings: settings, sockets: sockets, nginx: nginx).all
        )
        // Places on another board, as a version with other processes had it, mean nothing on this one.
        supervisor.adopt(
            (handover?.children ?? []).map { child in
                Handover.Child(name: child.name, pid: child.pid, slot: keepsBoard ? child.slot : nil)
            }
        )
        onRunning()
        while supervisor.run() == .reload {
            let before = state
            notePidFile("reloading")
            var descriptors = [
                "folder": folderLock.descriptor.raw, "lock": lock.descriptor.raw,
                "scoreboard": scoreboard.descriptor.raw, "rates": rates.descriptor.raw,
            ]
            for (pool, listener) in listeners { descriptors[pool.rawValue] = listener }
            descriptors["place"] = claim
            checks.stop()
            renewal.become(descriptors, supervisor.handover)
            notePidFile(before)
        }
        checks.stop()
        // Without the mark the next start only looks through the database.
        try? FolderPlace(folder).noteEnd()
        RuntimeFolder.remove(runtimeFolder)
        return 0
    }

    /// What a start that takes nothing over has to do first.
    private func clearTheWay() throws {
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

    private func supervisor(_ scoreboard: Scoreboard, _ specifications: [ChildSpecification]) throws -> Supervisor {
        try Supervisor(
            specifications,
            scoreboard: scoreboard,
            log: log,
            hangTimeout: settings.hangTimeout * 1000,
            onReady: { self.reportReady() },
            onNotice: { self.applyConfiguration($0) },
            onHang: { self.alerts.tellHang($0) },
            onReload: { supervisor in
                self.renewal.begin(supervisor) { self.notePidFile() }
            },
            chore: { supervisor in
                self.keepPidFile()
                self.gateWatch.look()
                self.alerts.deliver()
                self.keepLogFiles(supervisor)
                self.dropUnclaimedBodies()
                self.checks.step()
            }
        )
    }

    /// Makes this place the data folder's own, see `FolderPlace`; the program before this one has done so already.
    private func takePlace() {
        if handover != nil {
            claim = handover?.descriptors["place"]
            if let claim { try? makePrivate(claim) }
            checks.resume()
            return
        }
        do {
            let place = FolderPlace(folder)
            let adoption = try place.adopt(try folder.open(.maintenance), now: folder.clock.now())
            for note in adoption.notes { log.warning(note) }
            claim = adoption.claim
            if adoption.doubt == .copied || DamageMark(database: folder.database).read() != nil {
                guard let note = checks.checkAtStart() else { return }
                log.warning(note)
                try place.add(note: note)
            } else if adoption.doubt == .cutOff {
                checks.begin()
            }
        } catch {
            log.warning("it cannot be told whether the data folder was copied or moved", ["reason": "\(error)"])
        }
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

    /// An administrator may have changed what nginx is set up with, see `ConfigurationWatch`.
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

    /// Files that were to have no name, or another one once they were whole.
    private func dropTemporaryFiles() {
        for folder in [folder.uploads, folder.scratch] { Files.removeLeftTemporaries(in: folder) }
        for folder in [
            folder.path, folder.uploads, folder.scratch, folder.secrets, folder.logs, folder.nginx,
            "\(folder.nginx)/trial",
        ] {
            FileReplacement.removeLeftovers(in: folder)
        }
        for spool in [folder.logSpool, folder.auditSpool] { spool.removeLeftovers() }
    }

    /// Files that have grown are put aside; nginx is told to begin new ones.
    private func keepLogFiles(_ supervisor: Supervisor) {
        let files = LogFiles(folder: folder.logs, limit: Int64(settings.logFileSize), kept: settings.logFiles)
        let aside = files.putAside()
        if aside.contains(where: LogFiles.ofNginx.contains) { supervisor.send(SIGUSR1, to: "nginx") }
        if let path = settings.logFile { LogOutput.follow(path) }
    }

    /// The lock of the folder itself: no file has to be there for it, so none can be removed.
    private static func takeFolder(_ folder: DataFolder, _ handover: Handover?) throws -> FolderLock {
        if let inherited = handover?.descriptors["folder"] { return try FolderLock(inherited: inherited) }
        guard let lock = try FolderLock(folder.path) else { throw runsAlready(folder) }
        return lock
    }

    private static func takeLock(_ folder: DataFolder, _ handover: Handover?) throws -> PidFile {
        if let inherited = handover?.descriptors["lock"] {
            return try PidFile(path: folder.pidFile, inherited: inherited)
        }
        guard let lock = try PidFile(path: folder.pidFile) else { throw runsAlready(folder) }
        return lock
    }

    private static func runsAlready(_ folder: DataFolder) -> CommandError {
        let pid = FileLocks.holders(of: [folder.path]).first?.pid ?? PidFile.read(folder.pidFile)?.identity.pid
        return CommandError("Bodega runs already for \(folder.path)\(pid.map { " (process \($0))" } ?? "").")
    }

    /// The pid file may have been removed, by which deploy/up finds what runs.
    private func keepPidFile() {
        guard !lock.isInPlace else { return }
        do {
            guard let again = try PidFile(path: folder.pidFile) else { return }
            lock = again
            notePidFile()
            log.warning("the pid file was gone and is made anew")
        } catch {
            log.error("the pid file is gone and cannot be made anew", ["reason": "\(error)"])
        }
    }

    /// Says in the pid file how far it is; without a new state what became of an order to renew.
    private func notePidFile(_ state: String? = nil) {
        self.state = state ?? self.state
        do {
            try lock.write(executable: Renewal.programPath, state: self.state, renewal: renewal.last)
        } catch {
            log.error("cannot write the pid file", ["error": "\(error)"])
        }
    }

    private func listener(_ name: String) throws -> Listener {
        if let inherited = handover?.descriptors[name] { return try Listener(inherited: inherited) }
        return try Listener(path: "\(runtimeFolder)/\(name).sock")
    }

    /// Slots for two generations of workers: during a reload both run.
    private func board() throws -> Scoreboard {
        let workers = [
            settings.webWorkers, settings.loginWorkers, settings.slowWorkers, settings.uploadWorkers,
            settings.exportWorkers, 3,
        ].reduce(0, +)
        let wanted = 4 * workers
        if let inherited = handover?.descriptors["scoreboard"], let board = try? Scoreboard(inherited: inherited),
            board.count == wanted
        {
            keepsBoard = true
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

    private var configuration: NginxConfiguration { Self.configuration(settings, runtimeFolder: runtimeFolder) }

    static func configuration(_ settings: Settings, runtimeFolder: String) -> NginxConfiguration {
        NginxConfiguration(
            settings: settings,
            runtimeFolder: runtimeFolder,
            rules: Composition.poolRules,
            user: geteuid() == 0 ? "root root" : nil,
            openFiles: min(32_768, ResourceLimit.mostOpenFiles)
        )
    }

    private func reportReady() {
        renewal.settle()
        notePidFile("ready")
        log.info("ready", ["address": settings.origin, "program": Renewal.programPath])
    }
}
