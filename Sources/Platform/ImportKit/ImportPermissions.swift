import Identity
package import ImportEngine
import Support
package import Web

extension ImportOptions {
    /// What it takes to ask for an import like that: what its target asks for, and for one that deletes, or puts away
    /// what the file does not name, what a deletion asks for.
    package var permissions: Set<Permission> {
        let isRemoval = mode == .delete || missing == .deactivate
        return target.access.writing.union([.runImports]).union(isRemoval ? target.access.deleting : [])
    }
}

extension ImportProfile {
    /// What it takes to save it: files with its header are imported like that, from any user.
    var permissions: Set<Permission> {
        target.access.writing.union([.runImports]).union(mode == .delete ? target.access.deleting : [])
    }
}

extension Route.Needs where Context == RequestContext {
    /// What the options in the query of an upload ask for, before its body is read; those in a form, or of a profile,
    /// are looked at with the file.
    /// - Parameter more: what is needed whatever they are.
    static func upload(and more: Permission...) -> Self {
        Self("what the target asks for, with mode=delete or missing=deactivate also for its deletion") { context in
            let (query, targets) = (context.request.query, try context.importTargets)
            var options = ImportOptions(target: query["target"].flatMap { targets[$0] } ?? targets.standard)
            options.mode = query["mode"].flatMap(ImportOptions.Mode.init) ?? .upsert
            options.missing = query["missing"].flatMap(ImportOptions.Missing.init) ?? .keep
            return options.permissions.union(more)
        }
    }
}
