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
        help: ["--data DIR"],
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let settings = try Settings(&arguments)
        let data = DataFolder(settings.data)
        try arguments.finish()
        let signals = try Signals([SIGTERM, SIGINT])
        let log = settings.log("index")
        // The catalogue is only read, each page once: a big cache is for the index.
        let connection = try data.open(.maintenance)
        let search = try ProductSearch(connection, role: .importer)
        var idleRounds = 0
        while signals.next() == nil {
            do {
                if try search.step() > 0 {
                    idleRounds = 0
                    try search.checkpointIfDue()
                    continue
                }
                idleRounds += 1
                // Small segments are joined when there is time: not before half a second without changes.
                if idleRounds > 10, try search.tidy() { continue }
                sleep(milliseconds: 50)
            } catch {
                log.warning("the text index could not be updated; trying again", ["reason": "\(error)"])
                sleep(milliseconds: 2000)
            }
        }
        return 0
    }
}
