import AdminKit
import Identity
import Jobs
import Support
import Web

/// The catalogue's kinds of jobs. All of them quote products, so to look into them takes `read:products`.
enum CatalogJobs {
    static let all: [JobDescription] = [
        JobDescription(
            ProductDeleteJob.job,
            title: "Deletion",
            inspecting: JobPermissions(.readProducts),
            acting: JobPermissions(.deleteProducts),
            undoing: JobPermissions(.undoImports, .deleteProducts),
            panel: ProductDeletePanel.html
        ),
        JobDescription(
            DuplicateRemoval.job,
            title: "Removal of duplicates",
            inspecting: JobPermissions(.readProducts),
            acting: JobPermissions(.deleteProducts),
            undoing: JobPermissions(.undoImports, .deleteProducts),
            panel: DuplicateRemovalPanel.html
        ),
    ]
}

extension Route.Needs where Context == RequestContext {
    /// Of pages that show products before these are deleted.
    static let seeingProducts = Self("read:products, because it shows products") { _ in [.readProducts] }
}
