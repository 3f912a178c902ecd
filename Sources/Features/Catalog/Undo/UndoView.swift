import AdminKit
import Markup
import Support

/// What the page before an undo shows.
struct UndoModel: Sendable, Equatable {
    var id: String
    /// What the undo would be called.
    var title: String
    /// The job that would be undone.
    var parent: Link
    var delete: Int64
    var restore: Int64
    var keep: Int64
    var kept: [KeptRow]
    var pagination: Pagination
}

/// Says what an undo would do before it does it.
enum UndoView {
    static func html(_ model: UndoModel, in shell: Shell) -> HTML {
        let action = CatalogPath.undoJob(model.id).description
        let isEmpty = model.delete + model.restore == 0
        return Page(
            "\(model.title)?",
            parent: model.parent,
            content: """
                \(isEmpty ? nothing : consequence(model))
                <dl class="sum few">
                \(term("Deleted", model.delete, "They did not exist before."))
                \(term("Restored", model.restore, "They get back what they were before."))
                \(term("Kept", model.keep, "They were changed since, or their SKU is taken."))
                <div class="total"><dt>Products</dt>\
                <dd>\(Format.integer(model.delete + model.restore + model.keep))</dd></div>
                </dl>
                \(if: !isEmpty, Form(
                    action: action,
                    csrf: shell.csrf,
                    fields: [],
                    submit: "Undo \(Format.count(model.delete + model.restore, Noun("product", "products")))",
                    style: .danger,
                    cancel: Link("Cancel", model.parent.path)
                ).html)
                \(KeptTable.html("Products that would be kept", model.kept, model.pagination))
                """
        ).html(in: shell)
    }

    private static func consequence(_ model: UndoModel) -> HTML {
        Banner(
            .warning,
            "This takes back what the job changed.",
            more: """
                 Products that somebody has changed since stay as they are and are listed. The undo runs as a job that \
                you can watch, and it can be undone too.
                """
        ).html
    }

    private static let nothing: HTML = Banner(
        .info,
        "There is nothing left to undo.",
        more: " All products that the job touched were changed since, so all of them would be kept."
    ).html

    private static func term(_ title: String, _ value: Int64, _ note: String) -> HTML {
        "<div><dt>\(title)</dt><dd>\(Format.integer(value))<span class=\"row-note\">\(note)</span></dd></div>"
    }
}

/// A product that an undo leaves alone, as a line.
struct KeptRow: Sendable, Equatable {
    var productID: Int64
    /// Whether it can be opened.
    var isThere: Bool
    var sku: String
    var reason: Kept.Reason
    var by: String
    var job: Link?
    var at: Timestamp
}

/// The products that an undo leaves alone, with who stands in the way and since when.
enum KeptTable {
    static let noun = Noun("kept product", "kept products")

    static func html(_ caption: String, _ rows: [KeptRow], _ pagination: Pagination) -> HTML? {
        guard !rows.isEmpty else { return nil }
        return """
            <section class="stack" aria-labelledby="kept-title">
            <h2 id="kept-title">\(caption)</h2>
            \(Table(
                caption,
                columns: [
                    Column("SKU", style: "code", isRowHeading: true, cell: product),
                    Column("Why", style: "wide") { reason($0.reason) },
                    Column("By whom", cell: who),
                    Column("When", style: "nowrap") { Time($0.at, seconds: true).html },
                ],
                rows: rows
            ).html)
            \(pagination.html)
            </section>
            """
    }

    private static func product(_ row: KeptRow) -> HTML {
        row.isThere ? Link(row.sku, CatalogPath.product(row.productID).description).html : HTML(escaping: row.sku)
    }

    private static func reason(_ reason: Kept.Reason) -> HTML {
        switch reason {
        case .edited: "Changed since"
        case .skuTaken: "Another product has this SKU now"
        }
    }

    private static func who(_ row: KeptRow) -> HTML {
        "\(row.by)\(row.job.map { "<span class=\"row-note\">\($0.html)</span>" })"
    }
}
