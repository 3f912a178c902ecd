import AdminKit
import ImportEngine
import Jobs
import Markup
import Support
import Web

/// The rows of an import that fail, each as a small form of its cells: corrected here, they are imported as those of a
/// corrected file are. Works without script.
enum FailingRowsView {
    static func html(_ model: FailingRowsModel, in shell: Shell) -> HTML {
        // What was typed and not taken must not be swept away by the page's own refreshing.
        let isLive = model.state.isLive && model.error == nil
        return Page(
            "Rows that failed",
            parent: Link(model.filename, ImportPath.importJob(model.id).description),
            actions: model.filePath.map { Link("Download the failing rows", $0).button() } ?? "",
            errors: ErrorSummary([], general: model.error.map { [Problem("", "wrong_state", $0)] } ?? []).html,
            refreshSeconds: isLive ? 2 : nil,
            content: LiveRegion(
                "rows",
                stream: isLive ? "/api/jobs/\(model.id)/events" : nil,
                cursor: model.cursor,
                content: """
                    <div data-job="\(model.id)" data-status="\(model.state.rawValue)" data-name="\(model.filename)" \
                    class="stack">
                    \(notice(model))
                    \(groups(model))
                    \(rows(model, shell.csrf))
                    </div>
                    """
            ).html
        ).html(in: shell)
    }

    private static func notice(_ model: FailingRowsModel) -> HTML? {
        if model.isRepairing {
            return """
                \(Banner(.info, "The corrected rows are being imported.", more: " This page shows what is left.").html)
                <div class="progress-line">\(ProgressBar(model.progress, label: "Correction of rows").html)</div>
                """
        }
        if let reason = model.withoutCells { return Banner(.warning, reason).html }
        return model.repair.map(ImportRepairView.outcome)
    }

    // MARK: Kinds of problems

    private static func groups(_ model: FailingRowsModel) -> HTML? {
        guard model.groups.count > 1 || model.filter.code != nil else { return nil }
        return """
            <nav class="chips" aria-label="Kinds of problems"><ul class="chips">
            <li>\(chip("All", nil, model))</li>\(each: model.groups, { "<li>\(chip($0, model))</li>" })
            </ul></nav>
            """
    }

    private static func chip(_ group: RowErrorGroup, _ model: FailingRowsModel) -> HTML {
        let column = group.column.map { "\($0): " } ?? ""
        return chip("\(column)\(ImportMessage(code: group.code).text) \(Format.integer(group.rows))", group, model)
    }

    private static func chip(_ title: String, _ group: RowErrorGroup?, _ model: FailingRowsModel) -> HTML {
        let isCurrent = group?.code == model.filter.code && group?.column == model.filter.column
        let path = model.list.link([("problem", group?.code), ("column", group?.column)])
        return "<a class=\"chip\" href=\"\(path)\"\(if: isCurrent, " aria-current=\"true\"")>\(title)</a>"
    }

    // MARK: Rows

    private static func rows(_ model: FailingRowsModel, _ csrf: CSRFField) -> HTML {
        guard !model.rows.isEmpty else { return nothing(model) }
        let rows: HTML = "\(each: model.rows, { row($0, canSave: model.canSave) })"
        guard model.canSave else { return "\(rows)\(model.pagination.html)" }
        let count = Format.count(Int64(model.rows.count), Noun("row", "rows"))
        return """
            <form class="stack row-forms" method="post" action="\(model.list.link([]))" novalidate>
            \(csrf.html)
            <p class="quiet">Correct what is marked, in as many rows as you like, and save: only rows that you have \
            changed are imported, and they count in this import.</p>
            \(rows)
            <div class="form-actions"><button class="button primary">Save and import what I changed</button>\
            <span class="quiet">\(count) on this page</span></div>
            </form>
            \(model.pagination.html)
            """
    }

    private static func nothing(_ model: FailingRowsModel) -> HTML {
        let others = model.groups.isEmpty ? nil : Link("Show the other problems", model.list.path).button()
        let back = Link("Back to the import", ImportPath.importJob(model.id).description).button()
        guard !model.isRepairing else { return .empty }
        return EmptyState(
            model.groups.isEmpty ? "No row of this import fails" : "No row has this problem any more",
            model.groups.isEmpty ? "Every row of the file counts as imported or skipped." : "Others are left.",
            action: "\(others) \(back)"
        ).html
    }

    private static func row(_ row: FailingRowsModel.Row, canSave: Bool) -> HTML {
        let name: HTML = row.line > 0 ? "Line \(Format.integer(row.line))" : "Entry \(Format.integer(row.row))"
        let title: HTML? = row.title.isEmpty ? nil : " <span class=\"quiet\">\(Shortened.text(row.title, 80))</span>"
        return """
            <fieldset class="row-form" id="row-\(row.row)" data-row="\(row.row)">
            <legend>\(name)\(title)</legend>
            \(each: row.problems, { "<p class=\"field-error\">\($0)</p>" })
            \(row.cells.map { cells($0, row, canSave: canSave) } ?? tooLong)
            </fieldset>
            """
    }

    private static let tooLong: HTML = """
        <p class="quiet">The row is too long to be corrected here. Download the failing rows and correct it there.</p>
        """

    private static func cells(_ cells: [FailingRowsModel.Cell], _ row: FailingRowsModel.Row, canSave: Bool) -> HTML {
        let front = cells.filter(\.isInFront)
        let rest = cells.filter { !$0.isInFront }
        let more = Format.count(Int64(rest.count), Noun("other value", "other values"))
        return """
            <div class="row-cells">\(each: front, { cell($0, row, canSave: canSave) })</div>
            \(if: !rest.isEmpty, """
                <details><summary>\(more)</summary>
                <div class="row-cells">\(each: rest, { cell($0, row, canSave: canSave) })</div></details>
                """)
            \(if: row.asksIfRight && canSave, right(row))
            """
    }

    private static func right(_ row: FailingRowsModel.Row) -> HTML {
        let name = RowCorrections.boxName(row.row)
        return """
            <div class="check"><input type="checkbox" id="\(name)" name="\(name)" value="1"\
            \(if: row.isAccepted, " checked")><label for="\(name)">All values stand under their columns as they are \
            here</label></div>
            """
    }

    private static func cell(_ cell: FailingRowsModel.Cell, _ row: FailingRowsModel.Row, canSave: Bool) -> HTML {
        guard canSave, cell.isEditable else {
            return """
                <div class="field\(if: cell.error != nil, " has-error")"><span class="label">\(cell.label)</span>\
                \(cell.error.map { "<p class=\"field-error\">\($0)</p>" })\
                <p class="code">\(Shortened.text(cell.value, 300))</p></div>
                """
        }
        // A line break would be lost in a control of one line.
        let isLong = cell.value.utf8.count > 80 || cell.value.utf8.contains { $0 == 0x0A || $0 == 0x0D }
        let field = FormField(
            RowCorrections.cellName(row.row, cell.index),
            cell.label,
            isLong ? .textArea(rows: 3) : .text(),
            value: cell.value,
            error: cell.error
        )
        return "<div>\(field.compact)\(cell.cure.map { "<p class=\"hint\">\($0)</p>" })</div>"
    }
}

/// A text of a file where only its beginning is wanted.
enum Shortened {
    /// - Parameter limit: scalars that are shown.
    static func text(_ text: String, _ limit: Int) -> String {
        guard text.unicodeScalars.count > limit else { return text }
        return "\(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))))…"
    }
}
