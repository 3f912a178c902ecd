package import AdminKit
package import Database
package import Identity
package import Jobs
package import Web

/// The catalogue: products, and the files that become products.
///
/// A product is a row of `product`; its fields stand in one table (`ProductFields`) that drives SQL, forms, JSON, CSV
/// and history. Every change writes a `product_revision` that holds what was overwritten, in the same transaction; the
/// text index (`ProductSearch`, a file of its own) is fed from the revisions and may be thrown away.
///
/// People keep products on pages (`ProductPages`, `ProductListPages`), programs through the API (`ProductAPI`,
/// `ProductBulkAPI`). Both read lists by the same filters (`ProductFilter`) and hand every change to `ProductStore`.
/// `ProductExport` sends a list as a file that can be imported again without changing anything.
/// Deleting many is a job (`ProductDeleteJob`) that takes what matched when it was asked for, and nothing at all when
/// the number that was confirmed no longer fits.
///
/// An import is a job (`ProductImport`): the upload is claimed by a rename (`ImportUpload`), counted, applied in
/// batches that commit rows, counters and checkpoint together, and closed only when its books balance.
///
/// What a job changed can be taken back by another job (`ProductUndo`), which reads the revisions; that can be taken
/// back again. Uploads and old revisions stay for a time and are removed by chores of the runner (`CatalogChores`).
///
/// Tells the outbox: product.created, product.updated, product.deleted, products.deleted, import.completed,
/// import.repaired, import.undone.
package enum Catalog {
    package static let routes: [AppRoute] =
        ProductPages.routes + ProductAPI.routes + ProductHistoryAPI.routes + ProductBulkAPI.routes
        + ProductExportAPI.routes + ImportListPages.routes + ImportPages.routes + ImportAPI.routes
        + ImportProfileAPI.routes + ImportProfilePages.routes + MappingPages.routes + RepairAPI.routes
        + RepairPages.routes + ImportControlAPI.routes + ImportControlPages.routes + UndoAPI.routes + UndoPages.routes
        + ImportPlanPages.routes + ImportPlanAPI.routes

    package static func schemas(_ currency: Currency) -> [NamedSchema] {
        ProductSchemas.all(currency) + ProductHistorySchemas.all + ImportSchemas.all
    }

    package static let problemCodes: [ProblemCode] = ProblemCode.catalog

    package static let migrations: [Migration] = CatalogSchema.migrations

    package static let jobs: [JobKind] = [ProductImport.job, ProductDeleteJob.job, ProductUndo.job]

    package static let jobAccess: [JobAccess] = CatalogJobAccess.all

    package static let topics = [EventTopic("catalogue", .readProducts)]

    package static let jobPanels: [JobPanel] = [UndoPanel.panel, ProductDeletePanel.panel]

    package static let navigation: [NavigationEntry] = [
        NavigationEntry("Products", path: "/products", group: "Catalogue", permission: .readProducts, shortcut: "p"),
        NavigationEntry("Imports", path: "/imports", group: "Catalogue", permission: .readJobs, shortcut: "i"),
    ]
}
