import AdminKit
import ImportEngine
import Jobs
import Markup
import Records
import Support
import Web

/// The one sentence above everything that says how the import stands, and what follows from it.
enum ImportNoticeView {
    static func html(_ model: ImportModel) -> HTML {
        "\(books(model))\(notice(model)?.html)"
    }

    /// A run that does not balance is never passed over in silence.
    private static func books(_ model: ImportModel) -> HTML? {
        guard !model.counts.balances else { return nil }
        return Banner(
            .danger,
            "The counts do not add up.",
            more: " This is a fault in Bodega, not in your file. Please report it with the id \(model.id)."
        ).html
    }

    private static func notice(_ model: ImportModel) -> Banner? {
        switch model.state {
        case .pending: return waiting(model)
        case .awaitingConfirmation where model.waitingReason == Job.waitsForMapping: return columns(model)
        case .awaitingConfirmation where model.waitingReason == Job.waitsForEncoding: return encoding(model)
        case .validating: return nil
        case .awaitingConfirmation: return question(model)
        case .processing: return running(model)
        case .completed: return done(model)
        case .failed:
            return Banner(
                .danger,
                "The import failed.",
                more: " \(model.errorMessage ?? "No reason was recorded.")\(kept(model))"
            )
        case .cancelled:
            return Banner(.neutral, "The import was cancelled.", more: kept(model))
        }
    }

    private static func columns(_ model: ImportModel) -> Banner {
        Banner(
            .warning,
            "Bodega cannot tell which column holds the SKU.",
            more: " \(Link("Say what the columns mean", ImportPath.importMapping(model.id).description).html)"
        )
    }

    private static func encoding(_ model: ImportModel) -> Banner {
        Banner(
            .warning,
            "Bodega cannot tell for certain which letters the file means.",
            more: """
                 Nothing has been changed yet. \
                \(Link("Choose the text that is right", ImportPath.importMapping(model.id).description).html)
                """
        )
    }

    private static func waiting(_ model: ImportModel) -> Banner {
        switch model.waitingReason {
        case nil where model.startsAt != nil:
            return Banner(.neutral, "Queued.", more: " It starts at \(model.startsAt.map { Time($0).html }).")
        case nil:
            return Banner(.neutral, "Queued.", more: " It starts as soon as a worker is free.")
        case "queue":
            let other: HTML =
                model.control.waitingFor.map { Link("another import or undo", $0).html } ?? "another import or undo"
            return Banner(.neutral, "Queued.", more: " It starts when \(other) has ended.")
        case "disk_full":
            return Banner(
                .warning,
                "Waiting for disk space.",
                more: """
                     The server's disk is full. Nothing is lost: the import tries again every 30 seconds and goes on \
                    when there is room.
                    """
            )
        case .some(let reason):
            return Banner(.warning, "Waiting.", more: " The reason is \(reason).")
        }
    }

    /// A plan without changes: because all is as it is stored, or because no row can be taken.
    private static func unchanging(_ counts: PlanCounts) -> Banner {
        let rejected = counts[.reject]
        guard rejected > 0 else {
            return Banner(.info, "Nothing would change.", more: " No row of the file differs from what is stored.")
        }
        let some = "\(Format.integer(rejected)) of \(Format.integer(counts.rows)) rows"
        let who = rejected == counts.rows ? "Every row" : some
        return Banner(
            .warning,
            "Nothing would change.",
            more: " \(who) would be left out, for what is said below. Correct the file, or change the columns."
        )
    }

    /// What is asked, and why.
    private static func question(_ model: ImportModel) -> Banner {
        guard let plan = model.plan else {
            return Banner(
                .danger,
                "The plan cannot be read.",
                more: " Nothing has been changed. Check the file again, or discard the import and upload it once more."
            )
        }
        let findings = ImportGuard.findings(plan.counts)
        guard findings.isEmpty || model.waitingReason != "guard" else {
            let isUnreadable = findings.allSatisfy { $0.kind == .unreadableRows }
            return Banner(
                .warning,
                isUnreadable
                    ? "What the file leaves out is not known for certain."
                    : "Is this the right file? It changes more than usual.",
                more: """
                     \(findings.map(PlanMessages.text).joined(separator: " ")) Nothing has been \
                    changed yet: import it if that is what you want, or discard it.
                    """
            )
        }
        guard plan.counts.changes > 0 else {
            return unchanging(plan.counts)
        }
        if let identity = model.identity, identity.isProposed { return made(identity, model) }
        return Banner(
            .info,
            "Nothing has been changed yet.",
            more: " This is what the import will do. Import it, or discard it."
        )
    }

    /// SKUs that the program proposes to make.
    private static func made(_ identity: IdentityProposal, _ model: ImportModel) -> Banner {
        let change = Link("Choose what identifies a product", ImportPath.importMapping(model.id).description)
        return Banner(
            .info,
            identity.check?.own ?? 0 > 0
                ? "Most products of this file have no SKU." : "The products of this file have no SKUs.",
            more: """
                 They are made of \(ImportFactsView.identity(identity)). \(identity.check?.sentence ?? "") The \
                same file makes the same SKUs again. \
                Nothing has been changed yet: import it like this, or choose another column.\
                \(if: model.canMap, " \(change.html)")
                """
        )
    }

    private static func running(_ model: ImportModel) -> Banner? {
        if model.workerIsAlive == false {
            return Banner(
                .warning,
                "The import process has stopped unexpectedly.",
                more: """
                     A new one takes over within seconds and goes on after \
                    \(Format.count(model.counts.processed, rows)). Nothing is lost, and no row is applied twice.
                    """
            )
        }
        if model.cancelRequested {
            return Banner(.neutral, "Cancelling.", more: " The batch that is being written is finished first.")
        }
        guard let after = model.resumedAfter else { return nil }
        return Banner(
            .info,
            "Resumed after \(Format.count(after, rows)).",
            more: " The process before it had stopped. No row is applied twice."
        )
    }

    // MARK: The end

    private static let rows = Noun("row", "rows")

    private static func done(_ model: ImportModel) -> Banner {
        let (counts, failed) = (model.counts, model.counts.failed)
        let some = Format.count(counts.processed, rows)
        let time = " in \(Format.duration(milliseconds: model.workingMilliseconds))"
        if failed > 0, model.standing.taken == 0 {
            let all = failed == counts.processed && failed > 1 ? "All \(Format.integer(failed)) rows" : some
            return Banner(
                .danger,
                "No row was imported.",
                more: " \(all) failed, for what is said below.\(kept(model)) \(cure(model))"
            )
        }
        if failed > 0 {
            return Banner(
                .warning,
                "\(some) read\(time), \(Format.count(failed, rows)) of them not imported.",
                more: "\(heldBack(model)) \(cure(model))"
            )
        }
        if model.heldBack > 0 { return Banner(.warning, changed(model), more: "\(heldBack(model))") }
        guard model.hasChanges else {
            return Banner(
                .success,
                "\(some) read\(time).",
                more: " No \(model.options.target.record.noun.one) had to be changed."
            )
        }
        return Banner(
            .success,
            "\(some) imported\(time).",
            more: "\(seeChanged(model))"
        )
    }

    /// Nil where the records have no page.
    private static func seeChanged(_ model: ImportModel) -> HTML? {
        let (nouns, links) = (model.options.target.record.noun.many, model.options.target.links)
        return links.changed.map { " \(Link("See the \(nouns)", $0(model.id, "created,updated")).html)" }
    }

    private static func cure(_ model: ImportModel) -> HTML {
        model.problems?.canCorrect ?? false
            ? "Correct them here, or download them, correct them and bring them back below." : ""
    }

    /// What was done, in records: `3 products created, 398 updated.`
    private static func changed(_ model: ImportModel) -> String {
        let updated = model.options.mode == .delete ? "deleted" : "updated"
        let parts = [(model.counts.created, "created"), (model.counts.updated, updated)].filter { $0.0 > 0 }
        let noun = model.options.target.record.noun
        guard let first = parts.first else { return "No \(noun.one) was changed." }
        let rest = parts.dropFirst().map { ", \(Format.integer($0.0)) \($0.1)" }.joined()
        return "\(Format.count(first.0, noun)) \(first.1)\(rest)."
    }

    private static func heldBack(_ model: ImportModel) -> HTML? {
        guard model.heldBack > 0 else { return nil }
        let path = "\(ImportPath.importPlan(model.id).description)?state=\(PlanFilter.heldBackName)"
        let left =
            model.heldBack == 1
            ? "1 left as it is because it was" : "\(Format.integer(model.heldBack)) left as they are because they were"
        return " \(left) edited after the check. \(Link(model.heldBack == 1 ? "See which" : "See them", path).html)"
    }

    private static func kept(_ model: ImportModel) -> HTML {
        guard model.hasChanges else { return " The catalogue was not changed." }
        // The notice of the undo says how that stands.
        guard model.control.undone == .no else { return "" }
        let retry: HTML = model.canRetry ? " Retry goes on behind them." : ""
        return
            " What its first \(Format.count(model.counts.processed, rows)) have changed stays in the catalogue.\(retry)"
    }
}
