import AdminKit
import ImportEngine
import Markup
import Support

/// What became of the rows, as a sum that can be checked by eye.
enum ImportCountsView {
    static func html(_ model: ImportModel) -> HTML {
        let counts = model.counts
        return """
            <section class="stack" aria-labelledby="counts-title">
            <h2 id="counts-title">Rows</h2>
            <dl class="sum">
            \(term("Created", "created_rows", counts.created, records(model, "created")))
            \(term("Updated", "updated_rows", counts.updated, records(model, "updated")))
            \(term("Unchanged", "unchanged_rows", counts.unchanged))
            \(term("Skipped", "skipped_rows", counts.skipped))
            \(term("Failed", "failed_rows", counts.failed))
            <div class="total"><dt>Processed</dt><dd>\(figure("processed_rows", counts.processed))</dd></div>
            </dl>
            <p class="quiet">\(explanation(model))</p>
            </section>
            """
    }

    private static func term(_ title: String, _ field: String, _ value: Int64, _ path: String? = nil) -> HTML {
        let figure = figure(field, value)
        let link: HTML? = value > 0 ? path.map { "<a href=\"\($0)\">\(figure)</a>" } : nil
        return "<div><dt>\(title)</dt><dd>\(link ?? figure)</dd></div>"
    }

    /// The very records; nil where they have no page, or none any more.
    private static func records(_ model: ImportModel, _ change: String) -> String? {
        model.options.mode == .delete ? nil : model.options.target.links.changed?(model.id, change)
    }

    private static func figure(_ field: String, _ value: Int64) -> HTML {
        "<span data-field=\"\(field)\" data-format=\"integer\">\(Format.integer(value))</span>"
    }

    private static func explanation(_ model: ImportModel) -> HTML {
        let total: HTML? = model.counts.total.map { "The file has \(Format.count($0, Noun("row", "rows"))). " }
        let skipped =
            model.counts.skipped > 0 || model.state.isLive
            ? ImportOptionFields.skipping(model.options)
            : ""
        return "\(total)\(skipped)"
    }
}
