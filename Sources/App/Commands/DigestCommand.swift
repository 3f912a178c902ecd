import Catalog
import Database
package import Support

/// `bodega digest`: one number for the whole content, to compare two catalogues or the same one before and after.
package enum DigestCommand {
    package static func run(_ arguments: inout Arguments, data: DataFolder) throws -> Int32 {
        let asJSON = arguments.flag("json")
        try arguments.finish()
        let connection = try data.open(.web)
        let digest = try CatalogDigest.compute(connection)
        print(asJSON ? digest.json.text : digest.hash)
        return 0
    }
}
