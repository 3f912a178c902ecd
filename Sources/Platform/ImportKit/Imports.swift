package import AdminKit
import Database
import Identity
package import ImportEngine
import Jobs
import Support
import Web

/// Imports: the pages and the API by which files become records.
///
/// What they can become are the targets that features bring (`ImportTarget`); nothing here knows one of them. An upload
/// is claimed by a rename (`ImportUpload`) and becomes a job of its target's kind (`ImportJob`): counted, planned,
/// applied in batches that commit rows, counters and checkpoint together, and closed only when its books balance.
/// What a job changed can be taken back by another job (`ImportUndo`), which reads the revisions; that can be taken
/// back again.
/// Uploads stay for a time and are removed by a chore of the runner.
package enum Imports {
    /// - Parameter targets: what files can become.
    package static func feature(_ targets: ImportTargets) -> Feature {
        Feature {
            $0.routes =
                ImportListPages.routes + ImportPages.routes + ImportAPI.routes(targets) + ImportTargetAPI.routes
                + ImportProfileAPI.routes
                + ImportProfilePages.routes + MappingPages.routes + RepairAPI.routes + RepairPages.routes
                + FailingRowsPages.routes + ImportControlAPI.routes + ImportControlPages.routes + UndoAPI.routes
                + UndoPages.routes + ImportPlanPages.routes + ImportPlanAPI.routes
            $0.schemas = { _ in ImportSchemas.all(targets) }
            $0.jobs = ImportJobs.all(targets)
            $0.settings = ImportSettings.all
            $0.chores = { house in
                let (connection, configuration) = (house.connection, house.configuration)
                let files = UploadRetention(connection, folder: house.uploads, scratch: house.scratch) {
                    try configuration.value(ImportSettings.uploadDays)
                }
                return [JobChore("removing old uploads", everySeconds: 600, isRetention: true, step: files.step)]
            }
            $0.navigation = [
                NavigationEntry(
                    "Imports",
                    path: ImportPath.imports.description,
                    group: "Catalogue",
                    permission: .readJobs,
                    shortcut: "i",
                    icon: .upload
                )
            ]
        }
    }
}
