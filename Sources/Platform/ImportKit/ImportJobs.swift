import AdminKit
import Identity
import ImportEngine
import Jobs
import Records
import Support
import Web

/// The kinds of jobs of imports: one for each target, and the undo of all of them.
enum ImportJobs {
    static func all(_ targets: ImportTargets) -> [JobDescription] {
        targets.all.map { one($0, title: $0 == targets.standard ? "Import" : "Import of \($0.record.noun.many)") }
            + [undo(targets)]
    }

    private static func one(_ target: ImportTarget, title: String) -> JobDescription {
        JobDescription(
            ImportJob.job(target, tuning),
            title: title,
            page: { ImportPath.importJob($0.publicID).description },
            inspecting: JobPermissions(target.access.reading),
            acting: JobPermissions(.runImports, more: { ImportOptions(json: $0, target: target).permissions }),
            undoing: JobPermissions(
                .undoImports,
                more: { undoing(ImportOptions(json: $0, target: target).permissions) }
            )
        )
    }

    /// To take an undo back is to do again what it took back.
    private static func undo(_ targets: ImportTargets) -> JobDescription {
        JobDescription(
            ImportUndo.job(targets),
            title: "Undo",
            // It quotes the records of what it took back.
            inspecting: JobPermissions(more: { undone($0, targets).access.reading }),
            acting: JobPermissions(.undoImports, more: { undoing(original($0, targets)) }),
            undoing: JobPermissions(.undoImports, more: { undoing(original($0, targets)) }),
            panel: UndoPanel.html
        )
    }

    /// Plans wait for a person as the shop has chosen.
    private static var tuning: ImportTuning {
        var tuning = ImportTuning()
        tuning.limits = { try ImportGuard.Limits(Configuration($0)) }
        return tuning
    }

    /// To take back, by an undo, what it took those permissions to do: `undo:imports` stands for `run:imports`.
    private static func undoing(_ doing: Set<Permission>) -> Set<Permission> {
        doing.subtracting([.runImports]).union([.undoImports])
    }

    /// What the rows became of the import that an undo with these options takes back; one that does not say so is as
    /// old as the standard.
    private static func undone(_ options: JSON, _ targets: ImportTargets) -> ImportTarget {
        options["of"]?["kind"]?.stringValue.flatMap(targets.of) ?? targets.standard
    }

    /// What it took to do what an undo with these options takes back. One that does not say what that was, or that was
    /// no import, may delete.
    private static func original(_ options: JSON, _ targets: ImportTargets) -> Set<Permission> {
        guard let undone = options["of"], let target = undone["kind"]?.stringValue.flatMap(targets.of) else {
            return targets.standard.access.deleting
        }
        return ImportOptions(json: undone, target: target).permissions
    }
}

extension ImportGuard.Limits {
    /// As the shop has them now.
    init(_ configuration: Configuration) throws {
        self.init()
        sharePercent = try configuration.value(ImportSettings.guardShare)
        pricePercent = try configuration.value(ImportSettings.guardPrice)
        leastCount = try configuration.value(ImportSettings.guardCount)
    }
}
