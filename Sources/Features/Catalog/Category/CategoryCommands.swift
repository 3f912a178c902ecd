import AdminKit
import Database
import Support

/// `bodega categories check|tree`.
enum CategoryCommands {
    static let all = [
        FeatureCommand(
            "categories",
            "show the tree of categories, and prove that it is one",
            help: [
                "check [--json]",
                "tree [--json]",
                "check looks at every path, level, parent, order and slug; exit code 1 where something is wrong.",
                "tree prints a line for each category with its id and how many products it has.",
            ],
            run: run
        )
    ]

    @Sendable private static func run(
        _ arguments: inout Arguments,
        _ surroundings: CommandSurroundings
    ) throws -> Int32 {
        let word = try arguments.next("check or tree")
        let asJSON = arguments.flag("json")
        try arguments.finish()
        switch word {
        case "check": return try check(surroundings, asJSON)
        case "tree":
            try tree(surroundings, asJSON)
            return 0
        default: throw UsageError("bodega categories has no '\(word)', only check and tree.")
        }
    }

    private static func check(_ surroundings: CommandSurroundings, _ asJSON: Bool) throws -> Int32 {
        let faults = try CategoryCheck(surroundings.database).faults()
        let count = try CategoryStore(surroundings.database).count()
        if asJSON {
            let json: JSON = ["categories": .int(count), "faults": .array(faults.map(JSON.string))]
            surroundings.out(json.text)
        } else {
            faults.forEach(surroundings.out)
            surroundings.out("\(count) categories, \(faults.isEmpty ? "all in order" : "with faults").")
        }
        return faults.isEmpty ? 0 : 1
    }

    private static func tree(_ surroundings: CommandSurroundings, _ asJSON: Bool) throws {
        let store = CategoryStore(surroundings.database)
        let (categories, own) = try surroundings.database.read { (try store.tree(), try store.ownProducts()) }
        for category in categories {
            let products = own[category.id] ?? 0
            if asJSON {
                let json: JSON = [
                    "id": .int(category.id), "level": .int(Int64(category.level)), "name": .string(category.name),
                    "slug": .string(category.slug), "path": .string(category.path), "products": .int(products),
                ]
                surroundings.out(json.text)
            } else {
                let indent = String(repeating: "  ", count: category.level - 1)
                let state = category.isActive ? "" : ", inactive"
                surroundings.out("\(indent)\(category.name)  (\(category.id), \(products) products\(state))")
            }
        }
    }
}
