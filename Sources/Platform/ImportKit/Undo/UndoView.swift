import AdminKit
import ImportEngine
import Markup
import Records
import Support
import Web

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
    /// As many of the kept ones because another product has their SKU.
    var taken: Int64
    var target: ImportTarget
    /// Who has what kept records had: `another product`.
    var owner: String
    var kept: [KeptRow]
    var pagination: Pagination
}

/// Says what an undo would do before it does it.
enum UndoView {
    static func html(_ model: UndoModel, in shell: Shell) -> HTML {
        let action = ImportPath.undoJob(model.id).description
        let isEmpty = model.delete + model.restore == 0
        return Page(
            "\(model.title)?",
            parent: model.parent,
            content: """
                \(isEmpty ? nothing(model) : consequence(model))
                <dl class="sum few">
                \(term("Deleted", model.delete, "They did not exist before."))
                \(term("Restored", model.restore, "They get back what they were before."))
                \(term("Kept", model.keep, reasons(model)))
                <div class="total"><dt>\(model.target.record.noun.title)</dt>\
                <dd>\(Format.integer(model.delete + model.restore + model.keep))</dd></div>
                </dl>
                \(if: !isEmpty, Form(
                    action: action,
                    csrf: shell.csrf,
                    fields: [],
                    submit: "Undo \(Format.count(model.delete + model.restore, model.target.record.noun))",
                    style: .danger,
                    cancel: Link("Cancel", model.parent.path)
                ).html)
                \(KeptTable.html(
                    "\(model.target.record.noun.title) that would be kept",
                    model.kept,
                    model.pagination,
                    model.target
                ))
                """
        ).html(in: shell)
    }

    private static func reasons(_ model: UndoModel) -> String {
        "They were changed since, or their \(KeyWords(model.target).unique) is taken."
    }

    private static func consequence(_ model: UndoModel) -> HTML {
        Banner(
            .warning,
            "This takes back what the job changed.",
            more: """
                 \(model.target.record.noun.title) that were changed since stay as they are and are listed. \
                The undo runs as a job that you can watch, and it can be undone too.
                """
        ).html
    }

    private static func nothing(_ model: UndoModel) -> HTML {
        guard model.keep > 0 else {
            return Banner(.info, "There is nothing left to undo.", more: " All is as it was before the job.").html
        }
        let words = KeyWords(model.target)
        let taken = "their \(words.unique) is taken by \(model.owner)"
        let cure = "Give that one another \(words.key), or delete it, then undo."
        let reason =
            if model.taken == 0 { "they were changed since." } else if model.taken == model.keep {
                "\(taken). \(cure)"
            } else { "they were changed since, or \(taken). \(cure)" }
        return Banner(
            .info,
            "Nothing can be undone now.",
            more: " All \(model.target.record.noun.many) would be kept: \(reason)"
        ).html
    }

    private static func term(_ title: String, _ value: Int64, _ note: String) -> HTML {
        "<div><dt>\(title)</dt><dd>\(Format.integer(value))<span class=\"row-note\">\(note)</span></dd></div>"
    }
}

/// A record that an undo leaves alone, as a line.
struct KeptRow: Sendable, Equatable {
    /// Its page; nil where it cannot be opened.
    var path: String?
    var label: String
    var reason: Kept.Reason
    var by: String
    var job: Link?
    var at: Timestamp
}

/// The products that an undo leaves alone, with who stands in the way and since when.
enum KeptTable {
    static func noun(_ target: ImportTarget) -> Noun {
        Noun("kept \(target.record.noun.one)", "kept \(target.record.noun.many)")
    }

    static func html(
        _ caption: String,
        _ rows: [KeptRow],
        _ pagination: Pagination,
        _ target: ImportTarget
    ) -> HTML? {
        guard !rows.isEmpty else { return nil }
        return """
            <section class="stack" aria-labelledby="kept-title">
            <h2 id="kept-title">\(caption)</h2>
            \(Table(
                caption,
                columns: [
                    Column(KeyWords(target).key, style: "code", isRowHeading: true, cell: record),
                    Column("Why", style: "wide") { reason($0.reason, target) },
                    Column("By whom", cell: who),
                    Column("When", style: "nowrap") { Time($0.at, seconds: true).html },
                ],
                rows: rows
            ).html)
            \(pagination.html)
            </section>
            """
    }

    private static func record(_ row: KeptRow) -> HTML {
        row.path.map { Link(row.label, $0).html } ?? HTML(escaping: row.label)
    }

    private static func reason(_ reason: Kept.Reason, _ target: ImportTarget) -> HTML {
        let noun = target.record.noun.one
        return switch reason {
        case .edited: "Changed since"
        case .keyTaken: "Another \(noun) has this \(KeyWords(target).key) now"
        case .valueTaken: "Another \(noun) has its \(KeyWords(target).others) now"
        }
    }

    private static func who(_ row: KeptRow) -> HTML {
        "\(row.by)\(row.job.map { "<span class=\"row-note\">\($0.html)</span>" })"
    }
}
