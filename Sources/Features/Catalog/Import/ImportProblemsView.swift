import AdminKit
import Markup

/// Every problem with its place, its value and its cure.
enum ImportProblemsView {
    /// - Parameter csrf: for the form that takes corrected rows.
    static func html(_ problems: ImportProblems, _ csrf: CSRFField) -> HTML {
        guard !problems.shown.isEmpty else { return .empty }
        return """
            <section class="stack" aria-labelledby="problems-title">
            <div class="section-head"><h2 id="problems-title">Problems</h2>\
            \(problems.filePath.map { Link("Download the failing rows", $0).button() })</div>
            \(problems.repair.map { ImportRepairView.form($0, csrf) })
            \(if: problems.byCode.count > 1, """
                <ul class="tally">\(each: problems.byCode, tally)</ul>
                """)
            \(table(problems.shown))
            \(problems.pagination.html)
            </section>
            """
    }

    private static func tally(_ problem: ImportProblemCount) -> HTML {
        """
        <li><span class="number">\(Format.integer(problem.count))</span> \
        \(ImportMessage(code: problem.code).text)</li>
        """
    }

    private static func table(_ problems: [ImportProblem]) -> HTML {
        Table(
            "Problems",
            columns: [
                .number("Line") { HTML(escaping: Format.integer($0.line)) },
                .number("Row") { HTML(escaping: Format.integer($0.row)) },
                Column("Column") { $0.column.map { HTML(escaping: $0) } ?? "whole row" },
                Column("Value", style: "code value") { .text($0.value) },
                Column("Problem and cure", style: "wide", cell: message),
            ],
            rows: problems
        ).html
    }

    private static func message(_ problem: ImportProblem) -> HTML {
        let message = ImportMessage(code: problem.code)
        return """
            \(message.text)<span class="row-note">\(message.cure)</span>\
            <span class="row-note code">\(problem.code)</span>
            """
    }
}
