package import Jobs
package import Markup

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
