import ImportEngine
package import Web

/// Every address of the pages of imports, for routes and links alike.
package enum ImportPath {
    package static let imports: PathPattern = "/imports"
    package static let importJob: PathPattern = "/imports/{id}"
    package static let cancelImport: PathPattern = "/imports/{id}/cancel"
    package static let retryImport: PathPattern = "/imports/{id}/retry"
    package static let repairImport: PathPattern = "/imports/{id}/repair"
    /// The rows of an import that fail, to be corrected.
    package static let failingRows: PathPattern = "/imports/{id}/rows"
    package static let importMapping: PathPattern = "/imports/{id}/mapping"
    package static let importProfiles: PathPattern = "/imports/profiles"
    package static let importProfile: PathPattern = "/imports/profiles/{id:int}"
    package static let deleteImportProfile: PathPattern = "/imports/profiles/{id:int}/delete"
    package static let importPlan: PathPattern = "/imports/{id}/plan"
    package static let confirmImport: PathPattern = "/imports/{id}/confirm"
    package static let replanImport: PathPattern = "/imports/{id}/replan"
    package static let restartImport: PathPattern = "/imports/{id}/restart"
    /// The upload itself.
    package static let importFile: PathPattern = "/api/jobs/{id}/file"
    /// Any job, by its public id; an import has a page of its own.
    package static let job: PathPattern = "/jobs/{id}"
    /// Asks before a job is undone, and does it.
    package static let undoJob: PathPattern = "/jobs/{id}/undo"
}
