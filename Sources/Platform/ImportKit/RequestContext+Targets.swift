import Identity
package import ImportEngine
import Jobs
import Support
import Web

extension ImportTargets {
    /// What a job shows of its options: those of an import of anything but the standard say so.
    func told(_ options: ImportOptions) -> JSON {
        guard options.target != standard else { return options.json }
        return .object((options.json.members ?? []) + [JSON.Member("target", .string(options.target.name))])
    }
}

extension RequestContext {
    /// What files can become in this installation.
    package var importTargets: ImportTargets {
        get throws { try setting(ImportTargets.self) }
    }

    /// The saved profiles of all targets.
    var importProfiles: ImportProfileStore {
        get throws { ImportProfileStore(database, try importTargets) }
    }

    /// The options of an import, read for what its rows become.
    ///
    /// Throws 404 for a job that is no import.
    func importOptions(of job: Job) throws -> ImportOptions {
        guard let target = try importTargets.of(kind: job.kind) else {
            throw WebError(404, "not_found", "There is no such import.")
        }
        return ImportOptions(json: job.options, target: target)
    }
}
