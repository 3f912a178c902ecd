import AdminKit
import Identity
import Support
package import Web

/// What the catalogue's jobs ask for. All of them quote products, so to look into them takes `read:products`.
enum CatalogJobAccess {
    static let all: [JobAccess] = [
        JobAccess(
            ProductImport.kind,
            inspecting: [.readProducts],
            acting: { ImportOptions(json: $0).permissions },
            undoing: { undoing(ImportOptions(json: $0).permissions) }
        ),
        JobAccess(
            ProductDeleteJob.kind,
            inspecting: [.readProducts],
            acting: { _ in [.deleteProducts] },
            undoing: { _ in undoing([.deleteProducts]) }
        ),
        // To take an undo back is to do again what it took back.
        JobAccess(
            ProductUndo.kind,
            inspecting: [.readProducts],
            acting: { undoing(original($0)) },
            undoing: { undoing(original($0)) }
        ),
    ]

    /// To take back, by an undo, what it took those permissions to do: `undo:imports` stands for `run:imports`.
    private static func undoing(_ doing: Set<Permission>) -> Set<Permission> {
        doing.subtracting([.runImports]).union([.undoImports])
    }

    /// What it took to do what an undo with these options takes back. One that does not say what that was may delete.
    private static func original(_ options: JSON) -> Set<Permission> {
        guard let undone = options["of"] else { return [.deleteProducts] }
        return undone["kind"]?.stringValue == ProductImport.kind
            ? ImportOptions(json: undone).permissions : [.deleteProducts]
    }
}

extension ImportOptions {
    /// What it takes to ask for an import like that. One that deletes, or puts away what the file does not name, asks
    /// for what a deletion by filter asks for.
    package var permissions: Set<Permission> {
        mode == .delete || missing == .deactivate ? [.runImports, .deleteProducts] : [.runImports]
    }

}

extension Route.Needs where Context == RequestContext {
    /// What the options in the query of an upload ask for, before its body is read; those in a form, or of a profile,
    /// are looked at with the file.
    /// - Parameter more: what is needed whatever they are.
    static func upload(and more: Permission...) -> Self {
        Self("delete:products where the options say mode=delete or missing=deactivate") { context in
            var options = ImportOptions()
            options.mode = context.request.query["mode"].flatMap(ImportOptions.Mode.init) ?? .upsert
            options.missing = context.request.query["missing"].flatMap(ImportOptions.Missing.init) ?? .keep
            return options.permissions.union(more)
        }
    }
}

extension ImportProfile {
    /// What it takes to save it: files with its header are imported like that, from any user.
    var permissions: Set<Permission> { mode == .delete ? [.runImports, .deleteProducts] : [.runImports] }
}
