import Database
import Identity
package import ImportEngine
import Jobs
import Records
import Web

extension ImportTarget {
    /// Files that become products.
    package static let products = ImportTarget(
        "products",
        jobKind: ProductImport.kind,
        ProductFields.table,
        synonyms: HeaderSynonyms.products,
        ofProducts,
        hooks: { ProductImportHooks($0.connection, jobID: $0.job.id, deferredIndexRows: $1.deferredIndexRows) }
    )

    private static let ofProducts: Roles = {
        var roles = Roles()
        roles.title = "name"
        roles.flag = "status"
        roles.jump = "price"
        roles.firstSeen = "brand"
        roles.shared = [
            "name", "brand", "description", "status", "short_description", "manufacturer", "seo_title",
            "seo_description", "option_1_name", "option_2_name", "option_3_name",
        ]
        roles.makesKeys = true
        roles.group = "group_key"
        roles.options = (1...3).map { ("option_\($0)_name", "option_\($0)_value") }
        roles.former = "compare_at_price"
        roles.units = ProductFields.units
        roles.readers = [
            CategoryFields.table.name: { (connection) throws(DatabaseError) in try CategoryReferences(connection) }
        ]
        roles.profiles = { .products }
        roles.access = ImportAccess(reading: [.readProducts], deleting: [.deleteProducts])
        roles.links = RecordLinks(
            record: { CatalogPath.product($0).description },
            changed: { "\(CatalogPath.products)?job=\($0)&change=\($1)" }
        )
        roles.topic = CatalogEvents.topic
        roles.keepers = [DuplicateRemoval.kind: "the one that stayed"]
        return roles
    }()
}

extension ImportOptions {
    /// Of an import of products.
    package init() { self.init(target: .products) }
}
