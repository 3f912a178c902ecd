import Glibc
import Process
import Support
import Web

/// What the processes inherit.
struct ServeSockets {
    /// The listening sockets.
    var pools: [Pool: Int32]
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
        pools + [events] + background + [nginxMaster]
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

    /// Of every pool but that of the streamer.
    private var pools: [ChildSpecification] {
        [
            worker(.web, settings.webWorkers, seconds: settings.webTimeout),
            worker(.login, settings.loginWorkers, seconds: settings.webTimeout),
            worker(.slow, settings.slowWorkers, seconds: settings.slowTimeout),
            worker(.upload, settings.uploadWorkers, seconds: settings.slowTimeout),
            // What is timed is one part of a download: as long as it takes, no other reader gets the next one.
            worker(
                .export,
                settings.exportWorkers,
                seconds: max(settings.webTimeout, settings.downloadTimeout),
                drainSeconds: settings.slowTimeout
            ),
        ]
    }

    private func worker(_ pool: Pool, _ count: Int, seconds: Int, drainSeconds: Int? = nil) -> ChildSpecification {
        ChildSpecification(
            name: pool.rawValue,
            spawn: own(["web", "--pool", pool.rawValue], sockets.pools[pool]),
            count: count,
            stopSignal: SIGTERM,
            stopPhase: .second,
            scoreboardDescriptor: WebCommand.scoreboard,
            requestTimeout: seconds * 1000,
            drainTimeout: ((drainSeconds ?? seconds) + 1) * 1000
        )
    }

    private var events: ChildSpecification {
        ChildSpecification(
            name: "events",
            spawn: own(["events"], sockets.pools[.events]),
            stopSignal: SIGTERM,
            scoreboardDescriptor: WebCommand.scoreboard,
            expectation: .wakesUp
        )
    }

    /// There is never more than one of each: the old one ends before the new one starts.
    private var background: [ChildSpecification] {
        ["jobs", "index", "deliver"].map { name in
            ChildSpecification(
                name: name,
                spawn: own([name], nil),
                stopSignal: SIGTERM,
                reload: .stopFirst,
                scoreboardDescriptor: WebCommand.scoreboard,
                drainTimeout: 5000,
                expectation: .wakesUp,
                beats: true
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
                parentDeathSignal: SIGTERM,
                keepsRights: true
            ),
            stopSignal: SIGQUIT,
            reload: .keep(nginx.isNew ? SIGHUP : nil),
            orphanSignal: SIGQUIT
        )
    }
}
