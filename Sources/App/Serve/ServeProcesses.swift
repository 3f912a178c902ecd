import Glibc
import Process
import Support

/// The listening sockets by pool.
struct ServeSockets {
    var web: Int32
    var slow: Int32
    var events: Int32
    /// The table of rates, which is no socket but comes along with them.
    var rates: Int32
}

/// What the supervisor keeps running.
struct ServeProcesses {
    let settings: Settings
    let sockets: ServeSockets
    /// nginx's program and its configuration.
    let nginx: NginxFiles.Installed

    /// The program that runs now, even after its file was replaced.
    static let program = Files.exists("/proc/self/exe") ? "/proc/self/exe" : CommandLine.arguments.first ?? "bodega"

    var all: [ChildSpecification] {
        [web, slow, events] + background + [nginxMaster]
    }

    private func own(_ words: [String], _ listener: Int32?) -> Spawn {
        Spawn(
            executable: Self.program,
            arguments: ["bodega"] + words,
            environment: settings.childEnvironment,
            descriptors: listener.map {
                [
                    Spawn.Inherited($0, as: WebCommand.listener),
                    Spawn.Inherited(sockets.rates, as: WebCommand.rates),
                ]
            } ?? []
        )
    }

    private var web: ChildSpecification {
        ChildSpecification(
            name: "web",
            spawn: own(["web"], sockets.web),
            count: settings.webWorkers,
            stopSignal: SIGTERM,
            stopPhase: .second,
            scoreboardDescriptor: WebCommand.scoreboard,
            requestTimeout: settings.webTimeout * 1000,
            drainTimeout: (settings.webTimeout + 1) * 1000
        )
    }

    private var slow: ChildSpecification {
        ChildSpecification(
            name: "slow",
            spawn: own(["web", "--pool", "slow"], sockets.slow),
            count: settings.slowWorkers,
            stopSignal: SIGTERM,
            stopPhase: .second,
            scoreboardDescriptor: WebCommand.scoreboard,
            requestTimeout: settings.slowTimeout * 1000,
            drainTimeout: (settings.slowTimeout + 1) * 1000
        )
    }

    private var events: ChildSpecification {
        ChildSpecification(
            name: "events",
            spawn: own(["events"], sockets.events),
            stopSignal: SIGTERM,
            scoreboardDescriptor: WebCommand.scoreboard
        )
    }

    /// There is never more than one of each: the old one ends before the new one starts.
    private var background: [ChildSpecification] {
        ["jobs", "index"].map { name in
            ChildSpecification(
                name: name,
                spawn: own([name], nil),
                stopSignal: SIGTERM,
                reload: .stopFirst,
                drainTimeout: 5000
            )
        }
    }

    private var nginxMaster: ChildSpecification {
        let folder = DataFolder(settings.data)
        return ChildSpecification(
            name: "nginx",
            spawn: Spawn(
                executable: nginx.program,
                arguments: nginx.arguments,
                environment: settings.childEnvironment,
                workingFolder: folder.nginx,
                parentDeathSignal: SIGTERM
            ),
            stopSignal: SIGQUIT,
            reload: .keep(nginx.isNew ? SIGHUP : nil),
            orphanSignal: SIGQUIT
        )
    }
}
