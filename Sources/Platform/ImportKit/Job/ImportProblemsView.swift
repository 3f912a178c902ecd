import AdminKit
import ImportEngine
import Jobs
import Markup
import Support

/// What is wrong with the rows that fail: kind by kind, those of most rows first, each leading to its rows.
enum ImportProblemsView {
    private static let rows = Noun("row", "rows")

    /// - Parameter csrf: for the form that takes corrected rows.
    static func html(_ problems: ImportProblems, _ csrf: CSRFField) -> HTML {
        """
        <section class="stack" aria-labelledby="problems-title">
        <div class="section-head"><h2 id="problems-title">Problems</h2>\
        <div class="actions">\(problems.filePath.map { Link("Download the failing rows", $0).button() })\
        \(if: problems.canCorrect, correct(problems))</div></div>
        <ul class="rows">\(each: problems.groups, { group($0, problems) })</ul>
        \(problems.repair.map { ImportRepairView.form($0, csrf) })
        </section>
        """
    }

    private static func correct(_ problems: ImportProblems) -> HTML {
        Link("Correct \(Format.count(problems.failed, rows)) here", problems.rows.path).button()
    }

    private static func group(_ group: RowErrorGroup, _ problems: ImportProblems) -> HTML {
        let message = ImportMessage(code: group.code)
        // Lines with other numbers of values have their own words.
        let own = group.examples.first.flatMap { ImportProblem($0).detail }
        let column: HTML? = group.column.flatMap { $0.isEmpty ? nil : "<span class=\"code\">\($0)</span>: " }
        let path = problems.rows.link([("problem", group.code), ("column", group.column)])
        let what = problems.canCorrect ? "Correct" : "Show"
        return """
            <li><span class="disc tone-danger">\(Tone.danger.mark)</span>
            <div class="grow"><p><strong>\(Format.count(group.rows, rows)):</strong> \(column)\(message.text)</p>
            <p class="quiet">\(examples(group)) \(own ?? message.cure)</p></div>
            <a class="button secondary small" href="\(path)">\(what)\
            <span class="visually-hidden"> \(Format.count(group.rows, rows)): \(column)\(message.text)</span></a></li>
            """
    }

    /// `Line 14 “12,99 USD”, line 15 and 20 more.`
    private static func examples(_ group: RowErrorGroup) -> HTML? {
        guard !group.examples.isEmpty else { return nil }
        let named = group.examples.map { error -> HTML in
            let place: HTML =
                error.line > 0 ? "line \(Format.integer(error.line))" : "entry \(Format.integer(error.row))"
            guard let value = error.value, !value.isEmpty else { return place }
            return "\(place) <span class=\"code\">\(Shortened.text(value, 40))</span>"
        }
        let more = group.rows - Int64(named.count)
        return """
            In \(named.joined(separator: ", "))\(if: more > 0, " and \(Format.integer(more)) more").
            """
    }
}
