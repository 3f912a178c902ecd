import AdminKit
import Identity
import Jobs
import Markup
import Support

/// What the page of one job shows.
struct JobModel: Sendable {
    var job: Job
    /// Its kind in words.
    var kind: String
    var userName: String?
    /// Nil unless a worker should be at it.
    var workerIsAlive: Bool?
    /// When it may begin, where that is not at once.
    var startsAt: Timestamp?
    var canCancel = false
    var canRetry = false
    var canUndo = false
    /// Whether it can be asked for once more.
    var canRepeat = false
    var canDelete = false
    /// Whether its place in line can be changed.
    var canPrioritize = false
    /// What it was asked to do, in words; nil where its page says that otherwise.
    var asked: String?
    /// The schedule that asked for it.
    var schedule: Link?
    var attempts: [JobAttempt] = []
    /// The newest lines of the system log about it, oldest first.
    var logLines: [SystemLogLine] = []
    /// The job that this one takes back.
    var undoOf: Link?
    /// The job that takes this one back.
    var undoneBy: Link?
    /// The job that must end first.
    var waitingFor: Link?
    /// What its feature says of it.
    var panel: HTML?
    /// Where the stream of its events goes on from.
    var cursor: String?

    init(_ job: Job, kind: String) {
        self.job = job
        self.kind = kind
    }

    var state: JobState { JobState(rawValue: job.status.rawValue) ?? .pending }
}

/// The page of a job that has no page of its own: where it is, what it did, what can be done with it.
enum JobView {
    static func html(_ model: JobModel, in shell: Shell) -> HTML {
        let job = model.job
        return Page(
            job.displayName,
            parent: Link("Jobs", "/jobs"),
            badge: "<span data-region=\"badge\">\(JobStanding(job).badge.html)</span>",
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
                    \(JobAttemptView.html(model.attempts))
                    \(JobAttemptView.log(model.logLines))
                    </div>
                    """
            ).html
        ).html(in: shell)
    }

    private static func meta(_ model: JobModel) -> HTML {
        let user: HTML? = model.userName.map { " by \($0)" }
        return "\(model.kind) · asked for\(user), \(Time(model.job.createdAt).html)"
    }

    private static func actions(_ model: JobModel, _ shell: Shell) -> HTML {
        let path = "/jobs/\(model.job.publicID)"
        func button(_ title: String, _ action: String, _ style: ButtonStyle) -> HTML {
            Form.button(title, action: "\(path)/\(action)", csrf: shell.csrf, style: style)
        }
        return """
            <div class="actions" data-region="actions">\
            \(if: model.canDelete, Link("Delete…", "\(path)/delete").button(.quietDanger))\
            \(if: model.canUndo, Link("Undo…", "\(path)/undo").button(.quietDanger))\
            \(if: model.canCancel && !model.job.cancelRequested, button("Cancel", "cancel", .quietDanger))\
            \(if: model.canRepeat, button("Run again", "rerun", .secondary))\
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
            \(model.asked.map { "<div><dt>Asked for</dt><dd>\($0)</dd></div>" })
            \(model.schedule.map { "<div><dt>Schedule</dt><dd>\($0.html)</dd></div>" })
            \(if: job.priority != Job.commonPriority, "<div><dt>Priority</dt><dd>\(job.priority)</dd></div>")
            \(model.undoOf.map { "<div><dt>Undo of</dt><dd>\($0.html)</dd></div>" })
            \(model.undoneBy.map { "<div><dt>Undone by</dt><dd>\($0.html)</dd></div>" })
            <div><dt>Started</dt><dd>\(Time.html(job.startedAt, seconds: true))</dd></div>
            <div><dt>Ended</dt><dd>\(Time.html(job.completedAt, seconds: true))</dd></div>
            \(if: job.status.isFinal && job.startedAt != nil, """
                <div><dt>Working time</dt><dd>\(Format.duration(milliseconds: job.earlierWork))</dd></div>
                """)
            \(if: job.takeovers > 0, """
                <div><dt>Went on in another process</dt>\
                <dd>\(Format.count(job.takeovers, Noun("time", "times")))</dd></div>
                """)
            <div><dt>Job</dt><dd class="code">\(job.publicID)</dd></div>
            \(if: shell.allows(.readLogs), """
                <div><dt>System log</dt><dd>\(LogLinks.job(job.publicID).html)</dd></div>
                """)
            </dl>
            \(if: !job.outputLog.isEmpty, """
                <details><summary>Log</summary><pre class="log">\(job.outputLog)</pre></details>
                """)
            \(if: model.canPrioritize, JobPriorityView.html(job, shell))
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
        case nil where model.startsAt != nil:
            return Banner(.neutral, "Queued.", more: " It starts at \(model.startsAt.map { Time($0).html }).")
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
        Banner(.success, "Completed in \(Format.duration(milliseconds: job.earlierWork)).")
    }
}
