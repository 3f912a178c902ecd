import AdminKit
import Identity
import Jobs
import Markup
import Support

/// What a deletion of many did, on the page of its job.
enum ProductDeletePanel {
    @Sendable static func html(_ job: Job, _ context: RequestContext) -> HTML {
        """
        <section class="stack" aria-labelledby="counts-title">
        <h2 id="counts-title">Products</h2>
        \(JobSum.html(
            [
                ("Deleted", "updated_rows", job.books.updated), ("Gone before", "skipped_rows", job.books.skipped),
                ("Failed", "failed_rows", job.books.failed),
            ],
            job
        ))
        </section>
        """
    }
}
