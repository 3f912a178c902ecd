package import Identity
package import Jobs
package import Markup

/// What a feature shows of its kind of job on the job's page, between progress and details. The composition collects
/// them: the page belongs to Operations, which does not know the features.
package struct JobPanel: Sendable {
    /// As in `job.kind`.
    package let kind: String
    package let html: @Sendable (Job, RequestContext) throws -> HTML

    package init(_ kind: String, html: @escaping @Sendable (Job, RequestContext) throws -> HTML) {
        self.kind = kind
        self.html = html
    }
}

/// All panels of an installation.
package struct JobPanels: Sendable {
    private let panels: [JobPanel]

    package init(_ panels: [JobPanel]) {
        self.panels = panels
    }

    /// Nil for a kind that has nothing of its own to show.
    package func html(_ job: Job, _ context: RequestContext) throws -> HTML? {
        try panels.first { $0.kind == job.kind }?.html(job, context)
    }
}

/// The books of a job as a sum that can be checked by eye; the figures move where the script runs.
package enum JobSum {
    /// - Parameters:
    ///   - terms: title, member of the job's JSON, value.
    package static func html(_ terms: [(title: String, field: String, value: Int64)], _ job: Job) -> HTML {
        """
        <dl class="sum few">
        \(each: terms, { "<div><dt>\($0.title)</dt><dd>\(figure($0.field, $0.value))</dd></div>" })
        <div class="total"><dt>Processed</dt><dd>\(figure("processed_rows", job.books.processed))</dd></div>
        </dl>
        """
    }

    private static func figure(_ field: String, _ value: Int64) -> HTML {
        "<span data-field=\"\(field)\" data-format=\"integer\">\(Format.integer(value))</span>"
    }
}
