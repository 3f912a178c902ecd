import Database
import Jobs
import Support

/// `bodega check`: looks through the database's file for damage, and says so wherever it must be known.
enum CheckCommand {
    static let command = Command(
        "check",
        "look through the database's file for damage",
        help: ["--data DIR", "Ends with 0 when none was found, with 2 when there is some."],
        run: run
    )

    static let alert = DatabaseCheck.alert
    static let advice = DatabaseCheck.advice

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let settings = try Settings(&arguments)
        let folder = DataFolder(settings.data)
        try arguments.finish()
        try folder.refuseForeign()
        guard Files.exists(folder.database) else { throw CommandError("There is no database in \(folder.path).") }
        let began = monotonicNanoseconds()
        let found = try faults(folder)
        let seconds = Double((monotonicNanoseconds() - began) / 1_000_000) / 1000
        let log = Settings.logOfSupervised("check")
        func say(_ text: String) { log == nil ? print(text) : () }
        guard found.isEmpty else {
            let first = found.prefix(5).joined(separator: "; ")
            log?.error("the database file is damaged", ["faults": "\(found.count)", "found": first])
            say("The database file \(folder.database) is damaged: \(first)\n\(advice)")
            return 2
        }
        let size = (Files.size(folder.database) ?? 0) >> 20
        log?.info("the database file was looked through: no damage", ["megabytes": "\(size)", "seconds": "\(seconds)"])
        say("No damage found in \(folder.database) (\(size) MB, \(seconds) s).")
        return 0
    }

    /// Looks, and notes what was found beside the database and, where that takes it, in the database.
    private static func faults(_ folder: DataFolder) throws -> [String] {
        let mark = DamageMark(database: folder.database)
        do {
            let connection = try Connection(path: folder.database, role: .maintenance)
            return try DatabaseCheck.faults(connection, at: folder.clock.now()) {
                try Composition.migrator.isCurrent(connection)
            }
        } catch let error as DatabaseError where error.isDamage {
            try mark.confirm(error.message)
            return [error.message]
        }
    }
}
