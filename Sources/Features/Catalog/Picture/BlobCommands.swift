import AdminKit
import Blobs
import Database
import Identity
import ImportKit
import Pictures
import Support

/// `bodega blobs verify|gc`.
enum BlobCommands {
    static let command = FeatureCommand(
        "blobs",
        "check the files that are kept by their hash, and remove those that nothing uses",
        help: [
            "verify [--json]",
            "gc [--json]",
            "verify reads every file and compares it with its name; exit code 1 where one is missing or changed.",
            "gc removes what has not been used for as long as the history is kept; the job runner does so by itself.",
        ],
        run: run
    )

    @Sendable private static func run(
        _ arguments: inout Arguments,
        _ surroundings: CommandSurroundings
    ) throws -> Int32 {
        let word = try arguments.next("verify or gc")
        let asJSON = arguments.flag("json")
        try arguments.finish()
        switch word {
        case "verify": return try verify(surroundings, asJSON)
        case "gc":
            try collect(surroundings, asJSON)
            return 0
        default: throw UsageError("bodega blobs has no '\(word)', only verify and gc.")
        }
    }

    private static func verify(_ surroundings: CommandSurroundings, _ asJSON: Bool) throws -> Int32 {
        var missing: [String] = []
        var changed: [String] = []
        let count = try CatalogBlobs.cleaning(surroundings.database).verify { damage in
            switch damage {
            case .missing(let name): missing.append(name)
            case .changed(let name): changed.append(name)
            }
        }
        if asJSON {
            let json: JSON = [
                "blobs": .int(count), "missing": .array(missing.map(JSON.string)),
                "changed": .array(changed.map(JSON.string)),
            ]
            surroundings.out(json.text)
        } else {
            for name in missing { surroundings.out("\(name) is missing.") }
            for name in changed { surroundings.out("\(name) does not hold what its name says.") }
            let isSound = missing.isEmpty && changed.isEmpty
            surroundings.out("\(count) files, \(isSound ? "all in order" : "with faults").")
        }
        return missing.isEmpty && changed.isEmpty ? 0 : 1
    }

    private static func collect(_ surroundings: CommandSurroundings, _ asJSON: Bool) throws {
        let now = surroundings.environment.now()
        let cleaning = CatalogBlobs.cleaning(surroundings.database)
        let days = try CatalogBlobs.days(Configuration(surroundings.database, overrides: .process))
        let before = try cleaning.count()
        while try cleaning.step(at: now, days: days) {}
        let strays = try cleaning.removeStrays(at: now)
        let removed = before - (try cleaning.count())
        if asJSON {
            surroundings.out((["removed": .int(removed), "never_used": .int(strays)] as JSON).text)
        } else {
            surroundings.out("\(removed) files removed that nothing used, and \(strays) that were never used.")
        }
    }
}

/// What the catalogue keeps as blobs.
enum CatalogBlobs {
    static let uses = [ProductImageStore.use]

    /// How long a file stays that nothing uses: a week, and as long as a history may bring its picture back.
    static func days(_ configuration: Configuration) throws -> Int64 {
        max(7, try configuration.value(ImportSettings.historyDays))
    }

    static func cleaning(_ connection: Connection) -> BlobCleaning {
        BlobCleaning(BlobStore(connection), Blobs(besides: connection), uses: uses)
    }
}
