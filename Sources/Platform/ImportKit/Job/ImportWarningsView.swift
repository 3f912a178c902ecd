import AdminKit
import ImportEngine
import Markup

/// What is odd about the file though it was taken.
enum ImportWarningsView {
    static func html(_ warnings: ImportWarningSummary) -> HTML {
        guard !warnings.entries.isEmpty else { return .empty }
        return """
            <section class="stack" aria-labelledby="warnings-title">
            <h2 id="warnings-title">Warnings</h2>
            <p class="quiet">These values were taken as they stand. Look at them before you rely on them.</p>
            \(table(warnings.entries))
            </section>
            """
    }

    private static func table(_ entries: [ImportWarningSummary.Entry]) -> HTML {
        Table(
            "Warnings",
            columns: [
                .number("Values") { HTML(escaping: Format.integer($0.count)) },
                Column("Column", style: "code") { HTML(escaping: $0.column) },
                Column("What is odd", style: "wide", cell: message),
                Column("For example", style: "value", cell: examples),
            ],
            rows: entries
        ).html
    }

    private static func message(_ entry: ImportWarningSummary.Entry) -> HTML {
        let message = ImportMessage(code: entry.code)
        return """
            \(message.text)<span class="row-note">\(message.cure)</span>\
            <span class="row-note code">\(entry.code)</span>
            """
    }

    private static func examples(_ entry: ImportWarningSummary.Entry) -> HTML {
        guard !entry.examples.isEmpty else { return .text(nil) }
        return """
            <ul class="changes">\(each: entry.examples, {
                "<li>line \(Format.integer($0.line))\($0.value.map { ": <span class=\"code\">\($0)</span>" })</li>"
            })</ul>
            """
    }
}
