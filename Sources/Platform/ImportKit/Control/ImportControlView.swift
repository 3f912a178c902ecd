import AdminKit
import ImportEngine
import Markup
import Support
import Web

/// The buttons and notices of an import that do not belong to its run: undo, restart, the file, the same file before.
enum ImportControlView {
    static func actions(_ model: ImportModel, _ shell: Shell) -> HTML {
        let control = model.control
        let file = ImportPath.importFile(model.id).description
        let restart = ImportPath.restartImport(model.id).description
        let undo = Link("Undo import…", ImportPath.undoJob(model.id).description)
        return """
            \(if: control.canUndo, undo.button(.quietDanger))\
            \(if: control.keepsFile, "<a class=\"button secondary\" href=\"\(file)\" download>Download file</a>")\
            \(if: control.canRestart, Form.button("Import this file again", action: restart, csrf: shell.csrf))
            """
    }

    static func notices(_ control: ImportControl) -> HTML {
        "\(duplicate(control)?.html)\(undone(control)?.html)"
    }

    private static func duplicate(_ control: ImportControl) -> Banner? {
        guard let other = control.duplicate else { return nil }
        let by: HTML? = other.by.map { " by \($0)" }
        let what =
            switch other.undone {
            case .no where other.state != .completed: "was uploaded already"
            case .no: "was imported already"
            case .yes: "was imported already, and that import was undone"
            case .redone: "was imported already, and stands in the catalogue: its undo was undone"
            case .underWay: "was imported already, and that import is being undone"
            case .stopped, .partly: "was imported already, and that import was undone in part"
            case .inVain: "was imported already, and an undo of that took nothing back"
            }
        return Banner(
            .warning,
            "This very file \(what).",
            more: " See \(other.link.html), \(Time(other.at).html)\(by)."
        )
    }

    private static func undone(_ control: ImportControl) -> Banner? {
        let by: HTML? = control.undoneBy.map { " by \($0)" }
        switch control.undone {
        case .no:
            guard control.isExpired else { return nil }
            return Banner(.neutral, "This import can no longer be undone.", more: " \(UndoMessages.expired)")
        case .underWay(let id):
            return Banner(.info, "It is being undone.", more: " \(link("See how far it is", id))\(by).")
        case .stopped(let id):
            return Banner(
                .warning,
                "It is undone in part.",
                more: " The undo stopped on its way. \(link("Retry that undo, or undo it", id))"
            )
        case .partly(let id, let kept):
            let what = kept > 0 ? " \(Format.count(kept, products)) kept." : " The undo was taken back in part."
            return Banner(
                .warning,
                "It is undone in part.",
                more: "\(what) See \(link("what the undo did", id))\(by). The rest can be undone too."
            )
        case .inVain(let id, let kept):
            return Banner(
                .warning,
                "An undo took nothing back.",
                more: """
                     \(Format.count(kept, products)) kept: see \(link("why", id))\(by). When that is out of the way \
                    it can be undone.
                    """
            )
        case .redone(let id):
            let redo: HTML? = control.redone.map { " and \(Link("what took it back", $0).html)" }
            return Banner(
                .info,
                "It was undone, and that was undone again.",
                more: " See \(link("the undo", id))\(redo)."
            )
        case .yes(let id):
            return Banner(
                .info,
                "This import is undone.",
                more: " See \(link("what the undo did", id))\(by). It can be undone too."
            )
        }
    }

    private static let products = Noun("product was", "products were")

    private static func link(_ title: String, _ id: String) -> HTML {
        Link(title, ImportPath.job(id).description).html
    }
}
