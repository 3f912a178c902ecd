import FastCGI
import Glibc
import Process
import Support

/// `bodega events`: the one process that holds all event streams. Started by the supervisor.
enum EventsCommand {
    static let command = Command(
        "events",
        "stream events to browsers (started by serve)",
        help: ["--slot N"] + SettingOption.help,
        isInternal: true
    ) { arguments in
        let slot = try arguments.int("slot", in: 0...65_535)
        let settings = try Settings(&arguments)
        try arguments.finish()
        let stop = try Signals([SIGTERM, SIGINT, SIGQUIT])
        let listener = try WebCommand.inheritedListener()
        ResourceLimit.raiseOpenFiles(to: 65_536)
        let log = settings.log("events")
        let server = try EventStreamServer(
            listener: listener.descriptor.raw,
            stop: stop.descriptor.raw,
            slot: WebCommand.scoreboardSlot(slot),
            source: EventFeed(WebApplication(settings, log: log), log: log).source
        )
        server.run()
        return 0
    }
}
