import FastCGI
import Glibc
import Process
import Support

/// `bodega web`: one worker of a pool. Started by the supervisor, which hands it the listener as descriptor 3 and the
/// scoreboard as 4
/// and the table of rates as 5.
enum WebCommand {
    static let listener: Int32 = 3
    static let scoreboard: Int32 = 4
    static let rates: Int32 = 5

    static let command = Command(
        "web",
        "answer requests (started by serve)",
        help: ["--pool web|slow", "--slot N"] + SettingOption.help
    ) { arguments in
        let pool = try arguments.option("pool") ?? "web"
        let slot = try arguments.int("slot", in: 0...65_535)
        let settings = try Settings(&arguments)
        try arguments.finish()
        let stop = try Signals([SIGTERM, SIGINT, SIGQUIT])
        let listener = try inheritedListener()
        var limits = FastCGIServer.Limits()
        limits.body = pool == "slow" ? settings.slowBodyLimit : settings.bodyLimit
        limits.requests = settings.workerRequests
        let log = settings.log(pool)
        let server = try FastCGIServer(
            listener: listener.descriptor.raw,
            stop: stop.descriptor.raw,
            slot: scoreboardSlot(slot),
            limits: limits,
            log: log,
            handler: WebApplication(settings, rates: rates(settings), log: log).handler
        )
        server.run()
        return 0
    }

    /// The listener that the supervisor handed over.
    static func inheritedListener() throws -> Listener {
        do throws(SystemError) {
            return try Listener(inherited: listener)
        } catch {
            throw CommandError("This command is started by 'bodega serve', which hands it a listener.")
        }
    }

    /// The table in which all workers count requests; nil where nobody wants them counted or handed it over.
    static func rates(_ settings: Settings) -> RateTable? {
        settings.tokenRate > 0 ? try? RateTable(inherited: rates) : nil
    }

    /// The slot of the scoreboard that the supervisor handed over; nil without one.
    static func scoreboardSlot(_ slot: Int?) throws -> ScoreboardWriter? {
        guard let slot else { return nil }
        return try Scoreboard(inherited: scoreboard).writer(slot)
    }
}
