import Catalog
import Database
import Glibc
import Process
import Support

/// `bodega index`: keeps the text index up to date, on a core of its own. Any number may run; they take turns.
enum IndexCommand {
    static let command = Command(
        "index",
        "keep the text index up to date (started by serve)",
        help: ["--slot N", "--data DIR"],
        isInternal: true,
        run: run
    )

    /// So often are pages given back that only the last changes needed, however many changes there are.
    private static let releaseNanoseconds: UInt64 = 60_000_000_000

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let slot = try arguments.int("slot", in: 0...65_535)
        let settings = try Settings(&arguments)
        let data = DataFolder(settings.data)
        try arguments.finish()
        let scoreboard = try WebCommand.scoreboardSlot(slot)
        let signals = try Signals([SIGTERM, SIGINT])
        let log = settings.log("index")
        // The catalogue is only read, each page once: a big cache is for the index.
        let connection = try data.open(.maintenance)
        connection.log = log
        var opened: ProductSearch?
        var idleRounds = 0
        var nextRelease = monotonicNanoseconds() + releaseNanoseconds
        while signals.next() == nil {
            scoreboard?.idle()
            do {
                let search = try opened ?? ProductSearch(connection, role: .importer)
                opened = search
                try search.tell()
                if monotonicNanoseconds() >= nextRelease {
                    search.releaseMemory()
                    nextRelease = monotonicNanoseconds() + releaseNanoseconds
                }
                if try search.step() > 0 {
                    idleRounds = 0
                    try search.checkpointIfDue()
                    continue
                }
                idleRounds += 1
                // Small segments are joined when there is time: not before half a second without changes.
                if idleRounds > 10, try search.lag() == 0, try search.mergeSegments() { continue }
                sleep(milliseconds: 50)
            } catch {
                opened = nil
                log.warning("the text index could not be updated; trying again", ["reason": "\(error)"])
                // In pieces, so that it does not seem to hang.
                for _ in 0..<10 { sleep(milliseconds: 200) }
            }
        }
        return 0
    }
}
