package import AdminKit
import ImportEngine
package import Markup
import Web

/// The page of one import: where it is, how fast, what became of the rows, what was wrong and how to cure it.
package enum ImportView {
    package static func html(_ model: ImportModel, in shell: Shell) -> HTML {
        Page(
            model.filename,
            parent: Link("Imports", ImportPath.imports.description),
            badge: """
                <span data-region="badge">\
                \(model.standing.badge.html)</span>
                """,
            meta: meta(model),
            actions: actions(model, shell),
            errors: model.problems?.repair.map { ErrorSummary([ImportRepairView.field($0)]).html } ?? "",
            refreshSeconds: model.state.isLive ? 2 : nil,
            content: LiveRegion(
                "import",
                stream: model.state.isLive ? "/api/jobs/\(model.id)/events" : nil,
                cursor: model.cursor,
                content: """
                    <div data-job="\(model.id)" data-status="\(model.state.rawValue)"\
                     data-stage="\(model.stage)" data-worker="\(worker(model))" data-attempt="\(model.attempt)" \
                    data-waiting="\(model.waitingReason)" data-failed="\(model.counts.failed)" \
                    data-name="\(model.filename)" class="stack">
                    \(ImportSteps.of(model).html(shell.assets))
                    \(ImportNoticeView.html(model))
                    \(ImportControlView.notices(model.control))
                    \(progress(model))
                    \(model.plan.map {
                        ImportPlanView.html($0, ignored: model.ignoredColumns, prices: model.ignoredPrices)
                    })
                    \(if: model.hasCounts, ImportCountsView.html(model))
                    \(model.repair.map(ImportRepairView.outcome))
                    \(model.problems.map { ImportProblemsView.html($0, shell.csrf) })
                    \(model.warnings.map(ImportWarningsView.html))
                    \(ImportFactsView.html(model))
                    </div>
                    """
            ).html
        ).html(in: shell)
    }

    /// As the stream writes it.
    private static func worker(_ model: ImportModel) -> String {
        model.workerIsAlive.map { $0 ? "true" : "false" } ?? ""
    }

    private static func meta(_ model: ImportModel) -> HTML {
        let size: HTML? = model.fileSize.map { "\(Format.bytes($0)) · " }
        let user: HTML? = model.userName.map { " by \($0)" }
        return "\(size)uploaded\(user), \(Time(model.createdAt).html)"
    }

    private static func actions(_ model: ImportModel, _ shell: Shell) -> HTML {
        if model.canConfirm { return answers(model, shell) }
        let cancel: HTML? =
            model.canCancel && !model.cancelRequested
            ? Form.button(
                "Cancel import",
                action: ImportPath.cancelImport(model.id).description,
                csrf: shell.csrf,
                style: .quietDanger
            ) : nil
        let retry: HTML? =
            model.canRetry
            ? Form.button(
                "Retry import",
                action: ImportPath.retryImport(model.id).description,
                csrf: shell.csrf,
                style: .primary
            ) : nil
        let columns: HTML? =
            model.canMap ? Link("Change columns", ImportPath.importMapping(model.id).description).button() : nil
        return """
            <div class="actions" data-region="actions">\(ImportControlView.actions(model, shell))\
            \(columns)\(cancel)\(retry)</div>
            """
    }

    /// What a plan can be answered with. The attempt says which plan was looked at.
    private static func answers(_ model: ImportModel, _ shell: Shell) -> HTML {
        let attempt = [Form.Hidden("attempt", String(model.attempt))]
        let discard = ImportPath.cancelImport(model.id).description
        let replan = ImportPath.replanImport(model.id).description
        let confirm: HTML? = model.plan.map { plan in
            Form.button(
                plan.confirmTitle,
                action: ImportPath.confirmImport(model.id).description,
                csrf: shell.csrf,
                hidden: attempt,
                style: plan.counts[.delete] > 0 ? .danger : .primary
            )
        }
        return """
            <div class="actions" data-region="actions">\
            \(Link("Change columns", ImportPath.importMapping(model.id).description).button())\
            \(Form.button("Discard", action: discard, csrf: shell.csrf, style: .quietDanger))\
            \(Form.button("Check again", action: replan, csrf: shell.csrf, hidden: attempt))\(confirm)</div>
            """
    }

    private static func progress(_ model: ImportModel) -> HTML {
        """
        <section class="progress" aria-label="Progress">
        \(ImportStages.html(model))
        \(if: model.state != .awaitingConfirmation && (model.state.isLive || model.progress < 100), """
            <div class="progress-line">\(ProgressBar(model.progress, label: "Import of \(model.filename)").html)\
            <span class="number" data-field="progress" data-format="percent">\(model.progress) %</span></div>
            """)
        \(if: model.state == .processing, pace(model))
        \(if: model.state == .validating, checkingPace(model))
        </section>
        """
    }

    private static func checkingPace(_ model: ImportModel) -> HTML {
        let rate = model.rowsPerSecond.map { "\(Format.integer($0)) rows/s" } ?? ""
        return """
            <p class="pace quiet"><span><span data-field="total_rows" data-format="integer">\
            \(model.counts.total.map { Format.integer($0) } ?? "…")</span> rows. Nothing is changed yet.</span>\
            <span data-field="rows_per_second" data-format="rate">\(rate)</span></p>
            """
    }

    private static func pace(_ model: ImportModel) -> HTML {
        let rate = model.rowsPerSecond.map { "\(Format.integer($0)) rows/s" } ?? ""
        let left = model.etaSeconds.map { "about \(Format.duration(seconds: $0)) left" } ?? ""
        return """
            <p class="pace quiet"><span><span data-field="processed_rows" data-format="integer">\
            \(Format.integer(model.counts.processed))</span> of \
            <span data-field="total_rows" data-format="integer">\
            \(model.counts.total.map { Format.integer($0) } ?? "…")</span> rows</span>\
            <span data-field="rows_per_second" data-format="rate">\(rate)</span>\
            <span data-field="eta_seconds" data-format="left">\(left)</span></p>
            """
    }
}

extension ImportModel {
    /// Whether the sum of the rows says anything yet.
    var hasCounts: Bool { state != .validating && state != .awaitingConfirmation }
}

/// The steps of an import in a row; the present one is marked.
enum ImportStages {
    private static let repairSteps: [(stage: String, title: String)] = [
        ("repairing", "Repair rows"), ("indexing", "Make searchable"),
    ]
    private static let steps: [(stage: String, title: String)] = [
        ("counting", "Count rows"), ("validating", "Check"), ("importing", "Import"), ("indexing", "Make searchable"),
    ]

    static func html(_ model: ImportModel) -> HTML {
        let steps =
            model.isRepairing
            ? repairSteps : steps.filter { $0.stage != "validating" || model.isChecked }
        // A finished run has passed every step; one that has not started has passed none.
        let current =
            model.state == .completed || model.stage == "done"
            ? steps.count : steps.firstIndex { $0.stage == model.stage } ?? -1
        return
            """
            <ol class="steps">\(each: Array(steps.indices), { item($0, steps[$0].title, current, model.state) })</ol>
            """
    }

    private static func item(_ index: Int, _ title: String, _ current: Int, _ state: JobState) -> HTML {
        if index < current {
            return "<li class=\"done\">\(Tone.success.mark)\(title)<span class=\"visually-hidden\"> (done)</span></li>"
        }
        if index == current {
            // The step at which it failed or was cancelled carries the same mark as the badge.
            let tone = state.badge().tone
            return "<li aria-current=\"step\" class=\"tone-\(tone.rawValue)\">\(tone.mark)\(title)</li>"
        }
        return "<li>\(Tone.neutral.mark)\(title)</li>"
    }
}
