import AdminKit
import Jobs
import Markup

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
            more: " \(Link("Say what the columns mean", CatalogPath.importMapping(model.id).description).html)"
        )
    }

    private static func waiting(_ model: ImportModel) -> Banner {
        switch model.waitingReason {
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
            return Banner(
                .warning,
                "Is this the right file? It changes more than usual.",
                more: """
                     \(findings.map(PlanMessages.text).joined(separator: " ")) Nothing has been \
                    changed yet: import it if that is what you want, or discard it.
                    """
            )
        }
        guard plan.counts.changes > 0 else {
            return unchanging(plan.counts)
        }
        return Banner(
            .info,
            "Nothing has been changed yet.",
            more: " This is what the import will do. Import it, or discard it."
        )
    }

    private static func running(_ model: ImportModel) -> Banner? {
        if model.workerIsAlive == false {
            return Banner(
                .warning,
                "The import process has stopped unexpectedly.",
                more: """
                     A new one takes over within seconds and goes on after row \
                    \(Format.integer(model.counts.processed)). Nothing is lost, and no row is applied twice.
                    """
            )
        }
        if model.cancelRequested {
            return Banner(.neutral, "Cancelling.", more: " The batch that is being written is finished first.")
        }
        guard model.attempt > 1 else { return nil }
        let place = model.resumedAfterRow.map { " after row \(Format.integer($0))" } ?? ""
        return Banner(
            .info,
            "Resumed\(place).",
            more: " The process before it had stopped. No row is applied twice."
        )
    }

    private static func done(_ model: ImportModel) -> Banner {
        let rows = Format.count(model.counts.processed, Noun("row", "rows"))
        let time: String
        // After a repair the end says nothing of how long the import took.
        if model.repair == nil, let start = model.startedAt, let end = model.completedAt {
            time = " in \(Format.duration(from: start, to: end))"
        } else {
            time = ""
        }
        guard model.counts.failed > 0 else {
            return Banner(
                .success,
                "\(rows) imported\(time).",
                more: " \(Link("See the products", ImportCountLink.products(model.id, "created,updated")).html)"
            )
        }
        return Banner(
            .warning,
            "\(rows) read\(time), \(Format.count(model.counts.failed, Noun("row", "rows"))) of them not imported.",
            more: " Download the failing rows, correct them, and bring them back below."
        )
    }

    private static func kept(_ model: ImportModel) -> HTML {
        guard model.counts.processed > 0 else { return " The catalogue was not changed." }
        let retry: HTML = model.canRetry ? " Retry goes on with the row after it." : ""
        return """
             What was imported up to row \(Format.integer(model.counts.processed)) stays in the catalogue.\(retry)
            """
    }
}
