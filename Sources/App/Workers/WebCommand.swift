import FastCGI
import Glibc
import Process
import Support
import Web

/// `bodega web`: one worker of a pool. Started by the supervisor, which hands it the listener as descriptor 3 and the
/// scoreboard as 4
/// and the table of rates as 5. The pool of downloads has a loop of its own.
enum WebCommand {
    static let listener: Int32 = 3
    static let scoreboard: Int32 = 4
    static let rates: Int32 = 5

    static let command = Command(
        "web",
        "answer requests (started by serve)",
        help: ["--pool \(pools.joined(separator: "|"))", "--slot N"] + SettingOption.help,
        isInternal: true
    ) { arguments in
        let pool = try chosenPool(try arguments.option("pool"))
        let slot = try arguments.int("slot", in: 0...65_535)
        let settings = try Settings(&arguments)
        try arguments.finish()
        if pool == .export { try sendDownloads(settings, slot) } else { try answerRequests(pool, settings, slot) }
        return 0
    }

    /// Those with workers; the streamer of events is a command of its own.
    private static let pools = Pool.allCases.filter { $0 != .events }.map(\.rawValue)

    private static func chosenPool(_ name: String?) throws(UsageError) -> Pool {
        guard let name else { return .web }
        guard pools.contains(name), let pool = Pool(rawValue: name) else {
            throw UsageError("--pool takes \(pools.joined(separator: ", ")), not '\(name)'.")
        }
        return pool
    }

    private static func answerRequests(_ pool: Pool, _ settings: Settings, _ slot: Int?) throws {
        let stop = try Signals([SIGTERM, SIGINT, SIGQUIT])
        let listener = try inheritedListener()
        var limits = FastCGIServer.Limits()
        limits.body = pool == .slow ? settings.slowBodyLimit : settings.bodyLimit
        limits.requests = settings.workerRequests
        let log = settings.log(pool.rawValue)
        let server = try FastCGIServer(
            listener: listener.descriptor.raw,
            stop: stop.descriptor.raw,
            slot: scoreboardSlot(slot),
            limits: limits,
            log: log,
            handler: WebApplication(settings, rates: rates(settings), log: log).handler
        )
        server.run()
    }

    private static func sendDownloads(_ settings: Settings, _ slot: Int?) throws {
        let stop = try Signals([SIGTERM, SIGINT, SIGQUIT])
        let listener = try inheritedListener()
        ResourceLimit.raiseOpenFiles(to: 65_536)
        var limits = DownloadServer.Limits()
        limits.stall = settings.downloadTimeout * 1000
        limits.requests = settings.workerRequests
        let log = settings.log(Pool.export.rawValue)
        let shares = try DownloadShares(settings)
        let server = try DownloadServer(
            listener: listener.descriptor.raw,
            stop: stop.descriptor.raw,
            slot: scoreboardSlot(slot),
            limits: limits,
            log: log,
            source: WebApplication(settings, rates: rates(settings), downloads: shares, log: log).downloadSource
        )
        server.run()
    }

    /// The listener that the supervisor handed over.
    static func inheritedListener() throws -> Listener {
        do throws(SystemError) {
            return try Listener(inherited: listener)
        } catch {
            throw CommandError("This command is started by 'bodega serve', which hands it a listener.")
        }
    }

    /// The table in which all workers count requests; nil where they need not be counted or handed it over.
    static func rates(_ settings: Settings) -> RateTable? {
        settings.tokenRate > 0 ? try? RateTable(inherited: rates) : nil
    }

    /// The slot of the scoreboard that the supervisor handed over; nil without one.
    static func scoreboardSlot(_ slot: Int?) throws -> ScoreboardWriter? {
        guard let slot else { return nil }
        return try Scoreboard(inherited: scoreboard).writer(slot)
    }
}
