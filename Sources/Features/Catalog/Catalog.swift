package import AdminKit
import Blobs
import Database
import Identity
import ImportEngine
import Jobs
import Money
import Pictures
import Web

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
/// the number that was confirmed no longer fits. Where products share a SKU, as an old installation may have it, the
/// catalogue goes on without its key (`DuplicateSKUStore`) until a job has kept one of each (`DuplicateRemoval`).
///
/// Files become products by imports (Platform/ImportKit); what they need to know of products stands in one value
/// (`ImportTarget.products`). Old revisions stay for a time and are removed by a chore of the runner
/// (`CatalogChores`); until then jobs can be undone.
///
/// What it publishes stands in `CatalogEvents`.
package enum Catalog {
    package static let feature = Feature {
        $0.routes =
            ProductPages.routes + DuplicateSKUPages.routes + ProductAPI.routes + DuplicateSKUAPI.routes
            + ProductHistoryAPI.routes + ProductBulkAPI.routes + ProductExportAPI.routes + CategoryAPI.routes
            + CategoryTreePages.routes + CategoryPages.routes + CategoryRemovalPages.routes
            + MetafieldDefinitionAPI.routes + MetafieldDefinitionPages.routes + ProductMetafieldAPI.routes
            + ProductMetafieldPages.routes + ProductFacetAPI.routes + CatalogueHistoryAPI.routes
            + CatalogueHistoryPages.routes + ProductComparisonPages.routes + SavedViewAPI.routes
            + SavedViewPages.routes + ProductImageAPI.routes + ProductImagePages.routes + MediaAPI.routes
        $0.schemas = { settings in
            ProductSchemas.all(settings[Currency.self] ?? .euro) + ProductHistorySchemas.all + DuplicateSKUAPI.schemas
                + CategorySchemas.all + MetafieldSchemas.all + ProductFacetAPI.schemas + CatalogueHistoryAPI.schemas
                + ProductComparisonPages.schemas + SavedViewAPI.schemas + ProductImageSchemas.all
        }
        $0.problemCodes = ProblemCode.catalog
        $0.migrations = CatalogSchema.migrations + BlobsSchema.migrations + PictureSchema.migrations
        $0.jobs = CatalogJobs.all
        $0.commands = CategoryCommands.all + [BlobCommands.command]
        $0.chores = CatalogChores.all
        $0.topics = [EventTopic(CatalogEvents.topic, .readProducts)]
        $0.events = CatalogEvents.all
        $0.navigation = [
            NavigationEntry(
                "Products",
                path: CatalogPath.products.description,
                group: "Catalogue",
                permission: .readProducts,
                shortcut: "p",
                icon: .box
            ),
            NavigationEntry(
                "Categories",
                path: CatalogPath.categories.description,
                group: "Catalogue",
                permission: .readProducts,
                shortcut: "c",
                icon: .tree
            ),
            NavigationEntry(
                "Metafields",
                path: CatalogPath.metafields.description,
                group: "Catalogue",
                permission: .readProducts,
                icon: .tag
            ),
            NavigationEntry(
                "Changes",
                path: CatalogPath.history.description,
                group: "Catalogue",
                permission: .readProducts,
                icon: .clock
            ),
        ]
        $0.tiles = CatalogTiles.tiles
        $0.cards = CatalogCards.cards
        $0.search = CatalogSearch.hits
        $0.isEmpty = CatalogTiles.isEmpty
    }
}
