import Database
import Glibc
import Identity
import Jobs
import Process
import Support
import Webhooks

/// `bodega deliver`: sends webhooks. Started by the supervisor; there is one at a time.
enum DeliverCommand {
    static let name = "deliver"

    static let command = Command(
        name,
        "send webhooks (started by serve)",
        help: ["--slot N"] + SettingOption.help,
        isInternal: true,
        run: run
    )

    /// How long a round waits for something to happen. Milliseconds.
    private static let pause = 25
    /// How long requests that are out may take to come home at the end. Milliseconds.
    private static let patience = 3000
    /// So often it is said that this process is alive. Nanoseconds.
    private static let beatInterval: UInt64 = 10_000_000_000

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let slot = try arguments.int("slot", in: 0...65_535)
        let settings = try Settings(&arguments)
        try arguments.finish()
        let scoreboard = try WebCommand.scoreboardSlot(slot)
        let signals = try Signals([SIGTERM, SIGINT, SIGQUIT])
        let folder = DataFolder(settings.data)
        let connection = try folder.open(.web)
        let log = settings.log(name)
        let sender = try Sender(
            connection,
            environment: folder.environment,
            configuration: Configuration(connection, overrides: settings.overrides),
            log: log
        )
        let lock = open(folder.senderLock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw SystemError("open \(folder.senderLock)") }
        defer { close(lock) }
        // One that was killed has let go of it; one that ends by itself does within a moment.
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            scoreboard?.idle()
            if signals.next() != nil { return 0 }
            sleep(milliseconds: 50)
        }
        work(sender, EventStore(connection), folder, log, scoreboard) { signals.next() != nil }
        return 0
    }

    private static func work(
        _ sender: Sender,
        _ events: EventStore,
        _ folder: DataFolder,
        _ log: Log,
        _ scoreboard: ScoreboardWriter?,
        isStopped: () -> Bool
    ) {
        var hasStarted = false
        var nextBeat: UInt64 = 0
        while !isStopped() {
            scoreboard?.idle()
            do {
                if !hasStarted { try sender.start() }
                hasStarted = true
                try sender.step(waiting: pause)
                if monotonicNanoseconds() >= nextBeat,
                    try events.beat(name, detail: "", now: folder.clock.now())
                {
                    nextBeat = monotonicNanoseconds() + beatInterval
                }
            } catch {
                log.warning("webhooks could not be sent; trying again", ["reason": "\(error)"])
                sleep(milliseconds: 200)
            }
        }
        do {
            try sender.finish(within: patience)
        } catch {
            log.warning("outcomes could not be written; those requests are sent again", ["reason": "\(error)"])
        }
    }
}
