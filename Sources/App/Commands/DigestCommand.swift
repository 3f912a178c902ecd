import Catalog
import Database
import Support

/// `bodega digest`: one number for the whole content, to compare two catalogues or the same one before and after.
enum DigestCommand {
    static let command = Command(
        "digest",
        "print one number for the whole catalogue",
        help: ["--data DIR", "--json  with counts"],
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        let data = DataFolder(try Settings(&arguments).data)
        let asJSON = arguments.flag("json")
        try arguments.finish()
        let connection = try data.open(.web)
        let digest = try CatalogDigest.compute(connection)
        print(asJSON ? digest.json.text : digest.hash)
        return 0
    }
}
