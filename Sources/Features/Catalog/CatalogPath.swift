/// Every address of the catalogue's pages, so that a link is printed in one place.
package enum CatalogPath: Sendable, Equatable, CustomStringConvertible {
    case products
    case newProduct
    case product(Int64)
    case deleteProduct(Int64)
    /// Deletes everything that the filters behind it match.
    case deleteProducts
    /// The list as a file, which the API makes.
    case exportProducts
    case imports
    case importJob(String)
    case cancelImport(String)
    case retryImport(String)
    case repairImport(String)
    case importMapping(String)
    case importProfiles
    case importProfile(Int64)
    case deleteImportProfile(Int64)
    case importPlan(String)
    case confirmImport(String)
    case replanImport(String)
    case restartImport(String)
    /// The upload itself.
    case importFile(String)
    /// Any job, by its public id; an import has a page of its own.
    case job(String)
    /// Asks before a job is undone, and does it.
    case undoJob(String)
    /// Gives a product the fields of an earlier version.
    case restoreProduct(Int64)

    package var description: String {
        switch self {
        case .products: "/products"
        case .newProduct: "/products/new"
        case .product(let id): "/products/\(id)"
        case .deleteProduct(let id): "/products/\(id)/delete"
        case .deleteProducts: "/products/delete"
        case .exportProducts: "/api/products.csv"
        case .imports: "/imports"
        case .importJob(let id): "/imports/\(id)"
        case .cancelImport(let id): "/imports/\(id)/cancel"
        case .retryImport(let id): "/imports/\(id)/retry"
        case .repairImport(let id): "/imports/\(id)/repair"
        case .importMapping(let id): "/imports/\(id)/mapping"
        case .importProfiles: "/imports/profiles"
        case .importProfile(let id): "/imports/profiles/\(id)"
        case .deleteImportProfile(let id): "/imports/profiles/\(id)/delete"
        case .importPlan(let id): "/imports/\(id)/plan"
        case .confirmImport(let id): "/imports/\(id)/confirm"
        case .replanImport(let id): "/imports/\(id)/replan"
        case .restartImport(let id): "/imports/\(id)/restart"
        case .importFile(let id): "/api/jobs/\(id)/file"
        case .job(let id): "/jobs/\(id)"
        case .undoJob(let id): "/jobs/\(id)/undo"
        case .restoreProduct(let id): "/products/\(id)/restore"
        }
    }
}
