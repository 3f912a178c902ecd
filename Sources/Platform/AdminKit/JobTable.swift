package import Markup
package import Support

/// One job as a line of a list.
package struct JobSummary: Sendable, Equatable {
    /// The public id.
    package var id: String
    /// The file's name, or what the job is called.
    package var title: String
    /// Its own page, if it has one.
    package var path: String?
    /// What kind of work it is, in words.
    package var kind: String
    package var state: JobState
    /// The same with what became of its rows.
    package var standing: JobStanding
    /// 0-100.
    package var progress: Int
    package var processedRows: Int64
    /// Nil as long as rows are not counted.
    package var totalRows: Int64?
    package var failedRows: Int64
    /// Why it failed, in one sentence.
    package var errorMessage: String?
    /// Who started it.
    package var userName: String?
    package var createdAt: Timestamp
    /// How long it was worked on, in milliseconds; nil before its end.
    package var workingMilliseconds: Int64?

    package init(
        id: String,
        title: String,
        path: String?,
        kind: String,
        state: JobState,
        progress: Int = 0,
        processedRows: Int64 = 0,
        totalRows: Int64? = nil,
        failedRows: Int64 = 0,
        errorMessage: String? = nil,
        userName: String? = nil,
        createdAt: Timestamp,
        workingMilliseconds: Int64? = nil
    ) {
        self.id = id
        self.title = title
        self.path = path
        self.kind = kind
        self.state = state
        standing = JobStanding(state)
        self.progress = progress
        self.processedRows = processedRows
        self.totalRows = totalRows
        self.failedRows = failedRows
        self.errorMessage = errorMessage
        self.userName = userName
        self.createdAt = createdAt
        self.workingMilliseconds = workingMilliseconds
    }
}

/// Jobs as a table that moves by itself where the script runs.
package struct JobTable {
    package var caption: String
    package var jobs: [JobSummary]
    /// Whether the kind is worth a column.
    package var showsKind: Bool
    /// The id of the form in which each line has a box to tick, named `job`; nil for a table without.
    package var form: String?

    package init(_ caption: String, _ jobs: [JobSummary], showsKind: Bool = true, form: String? = nil) {
        self.form = form
        self.caption = caption
        self.jobs = jobs
        self.showsKind = showsKind
    }

    package var html: HTML {
        Table(
            caption,
            columns: columns,
            rows: jobs,
            style: "jobs",
            rowAttributes: { job in
                " data-job=\"\(job.id)\" data-status=\"\(job.state.rawValue)\""
            }
        ).html
    }

    private var columns: [Column<JobSummary>] {
        guard let form else { return facts }
        let box = Column<JobSummary>("Select", style: "job-select") { job in
            """
            <input type="checkbox" id="select-\(job.id)" name="job" value="\(job.id)" form="\(form)" \
            aria-label="Select \(job.title)">
            """
        }
        return [box] + facts
    }

    private var facts: [Column<JobSummary>] {
        [
            Column(showsKind ? "Job" : "File", style: "job", isRowHeading: true, cell: name),
            Column("Status", style: "job-status", cell: status),
            Column("Rows", style: "number job-rows", cell: rows),
            Column("Started by", style: "job-user") { HTML.text($0.userName) },
            Column("Created", style: "job-time") { Time($0.createdAt).html },
            Column("Took", style: "number job-took", cell: took),
        ]
    }

    private func name(_ job: JobSummary) -> HTML {
        """
        \(job.path.map { Link(job.title, $0).html } ?? HTML(escaping: job.title))\
        \(if: showsKind, "<span class=\"row-note\">\(job.kind)</span>")\
        \(job.errorMessage.map { "<span class=\"row-note\">\($0)</span>" })
        """
    }

    private func status(_ job: JobSummary) -> HTML {
        let badge = job.standing.badge.html
        guard job.state == .processing || job.state == .validating else { return badge }
        return """
            \(badge) <span class="row-progress">\(ProgressBar(job.progress, label: "Progress of \(job.title)").html)\
            <span data-field="progress" data-format="percent">\(job.progress) %</span></span>
            """
    }

    private func rows(_ job: JobSummary) -> HTML {
        let total: HTML? =
            job.state == .completed
            ? nil : job.totalRows.map { " <span class=\"quiet\">of \(Format.integer($0))</span>" }
        let failed: HTML = """
            <span class="row-note"><span data-field="failed_rows" data-format="integer">\
            \(Format.integer(job.failedRows))</span> failed</span>
            """
        return """
            <span data-field="processed_rows" data-format="integer">\(Format.integer(job.processedRows))</span>\(total)\
            \(if: job.failedRows > 0, failed)
            """
    }

    private func took(_ job: JobSummary) -> HTML {
        job.workingMilliseconds.map { HTML(escaping: Format.duration(milliseconds: $0)) } ?? .absent
    }
}
