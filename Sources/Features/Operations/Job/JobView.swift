package import AdminKit
import Identity
package import Jobs
package import Markup

/// What the page of one job shows.
package struct JobModel: Sendable {
    package var job: Job
    package var userName: String?
    /// Nil unless a worker should be at it.
    package var workerIsAlive: Bool?
    package var canCancel = false
    package var canRetry = false
    package var canUndo = false
    /// The job that this one takes back.
    package var undoOf: Link?
    /// The job that takes this one back.
    package var undoneBy: Link?
    /// The job that must end first.
    package var waitingFor: Link?
    /// What its feature says of it.
    package var panel: HTML?
    /// Where the stream of its events goes on from.
    package var cursor: String?

    package init(_ job: Job) {
        self.job = job
    }

    var state: JobState { JobState(rawValue: job.status.rawValue) ?? .pending }
}

/// The page of a job that has no page of its own: where it is, what it did, what can be done with it.
package enum JobView {
    package static func html(_ model: JobModel, in shell: Shell) -> HTML {
        let job = model.job
        let isWaiting = job.waitingReason != nil && job.waitingReason != "queue"
        return Page(
            job.displayName,
            parent: Link("Jobs", "/jobs"),
            badge: "<span data-region=\"badge\">\(model.state.badge(isWaiting: isWaiting).html)</span>",
            meta: meta(model),
            actions: actions(model, shell),
            refreshSeconds: model.state.isLive ? 2 : nil,
            content: LiveRegion(
                "job",
                stream: model.state.isLive ? "/api/jobs/\(job.publicID)/events" : nil,
                cursor: model.cursor,
                content: """
                    <div data-job="\(job.publicID)" data-status="\(job.status.rawValue)" data-stage="\(job.stage)" \
                    data-worker="\(model.workerIsAlive.map { $0 ? "true" : "false" } ?? "")" \
                    data-attempt="\(job.attempt)" data-waiting="\(job.waitingReason)" data-name="\(job.displayName)" \
                    class="stack">
                    \(JobNoticeView.html(model))
                    \(progress(model))
                    \(model.panel ?? JobSum.html([], job))
                    \(facts(model, shell))
                    </div>
                    """
            ).html
        ).html(in: shell)
    }

    private static func meta(_ model: JobModel) -> HTML {
        let user: HTML? = model.userName.map { " by \($0)" }
        return "\(JobKindName.words(model.job.kind)) · asked for\(user), \(Time(model.job.createdAt).html)"
    }

    private static func actions(_ model: JobModel, _ shell: Shell) -> HTML {
        let path = "/jobs/\(model.job.publicID)"
        func button(_ title: String, _ action: String, _ style: ButtonStyle) -> HTML {
            Form.button(title, action: "\(path)/\(action)", csrf: shell.csrf, style: style)
        }
        return """
            <div class="actions" data-region="actions">\
            \(if: model.canUndo, Link("Undo…", "\(path)/undo").button(.quietDanger))\
            \(if: model.canCancel && !model.job.cancelRequested, button("Cancel", "cancel", .quietDanger))\
            \(if: model.canRetry, button("Retry", "retry", .primary))</div>
            """
    }

    private static func progress(_ model: JobModel) -> HTML? {
        let job = model.job
        guard model.state.isLive || job.progress < 100 else { return nil }
        let rate = job.rowsPerSecond.map { "\(Format.integer(Int64($0)))/s" } ?? ""
        return """
            <section class="progress" aria-label="Progress">
            <div class="progress-line">\(ProgressBar(Int(job.progress), label: job.displayName).html)\
            <span class="number" data-field="progress" data-format="percent">\(job.progress) %</span></div>
            \(if: job.status == .processing, """
                <p class="pace quiet"><span><span data-field="processed_rows" data-format="integer">\
                \(Format.integer(job.books.processed))</span> of \
                <span data-field="total_rows" data-format="integer">\(Format.integer(job.books.total))</span></span>\
                <span>\(rate)</span></p>
                """)
            </section>
            """
    }

    private static func facts(_ model: JobModel, _ shell: Shell) -> HTML {
        let job = model.job
        return """
            <section class="stack" aria-labelledby="facts-title">
            <h2 id="facts-title">Details</h2>
            <dl class="facts">
            \(model.undoOf.map { "<div><dt>Undo of</dt><dd>\($0.html)</dd></div>" })
            \(model.undoneBy.map { "<div><dt>Undone by</dt><dd>\($0.html)</dd></div>" })
            <div><dt>Started</dt><dd>\(Time.html(job.startedAt, seconds: true))</dd></div>
            <div><dt>Ended</dt><dd>\(Time.html(job.completedAt, seconds: true))</dd></div>
            \(if: job.attempt > 1, "<div><dt>Attempts</dt><dd>\(job.attempt)</dd></div>")
            <div><dt>Job</dt><dd class="code">\(job.publicID)</dd></div>
            \(if: shell.allows(.readLogs), """
                <div><dt>System log</dt><dd>\(LogLinks.job(job.publicID).html)</dd></div>
                """)
            </dl>
            \(if: !job.outputLog.isEmpty, """
                <details><summary>Log</summary><pre class="log">\(job.outputLog)</pre></details>
                """)
            </section>
            """
    }
}

/// The one sentence that says how a job stands.
enum JobNoticeView {
    static func html(_ model: JobModel) -> HTML? {
        let job = model.job
        switch model.state {
        case .pending: return waiting(model).html
        case .validating, .awaitingConfirmation: return nil
        case .processing: return running(model)?.html
        case .completed: return done(job).html
        case .failed:
            return Banner(
                .danger,
                "The job failed.",
                more: " \(job.errorMessage ?? "No reason was recorded.")\(if: model.canRetry, goesOn)"
            ).html
        case .cancelled:
            return Banner(.neutral, "The job was cancelled.", more: "\(if: model.canRetry, goesOn)").html
        }
    }

    private static let goesOn: HTML = " What it has done stays; retry goes on where it stopped."

    private static func waiting(_ model: JobModel) -> Banner {
        switch model.job.waitingReason {
        case nil: return Banner(.neutral, "Queued.", more: " It starts as soon as a worker is free.")
        case "queue":
            let other: HTML = model.waitingFor.map(\.html) ?? "the job before it"
            return Banner(.neutral, "Queued.", more: " It starts when \(other) has ended.")
        case "disk_full":
            return Banner(
                .warning,
                "Waiting for disk space.",
                more: " The server's disk is full. Nothing is lost: it tries again every 30 seconds."
            )
        case .some(let reason): return Banner(.warning, "Waiting.", more: " The reason is \(reason).")
        }
    }

    private static func running(_ model: JobModel) -> Banner? {
        if model.workerIsAlive == false {
            return Banner(
                .warning,
                "Its process has stopped unexpectedly.",
                more: " A new one takes over within seconds and goes on where it stood. Nothing is lost."
            )
        }
        if model.job.cancelRequested {
            return Banner(.neutral, "Cancelling.", more: " The batch that is being written is finished first.")
        }
        return nil
    }

    private static func done(_ job: Job) -> Banner {
        guard let start = job.startedAt, let end = job.completedAt else { return Banner(.success, "Completed.") }
        return Banner(.success, "Completed in \(Format.duration(from: start, to: end)).")
    }
}
