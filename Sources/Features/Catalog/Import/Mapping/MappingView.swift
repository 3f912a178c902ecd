import AdminKit
import Markup

/// The page that says what the columns of a file mean: a form that works without script, and is checked as it is
/// filled in with it (`static/mapping.js`).
enum MappingView {
    static func html(_ model: MappingModel, in shell: Shell) -> HTML {
        Page(
            "Columns",
            parent: Link(model.filename, CatalogPath.importJob(model.id).description),
            meta: model.profile.map { "\($0)" } ?? "",
            content: """
                <form class="stack mapping" method="post" action="\(CatalogPath.importMapping(model.id).description)" \
                data-check novalidate>
                \(shell.csrf.html)\(Form.Hidden("header", model.header).html)
                \(if: !model.format.isEmpty, format(model))
                <div data-region="trial" role="status">\(trial(model))</div>
                \(table(model))
                \(buttons(model))
                </form>
                """
        ).html(in: shell)
    }

    private static func format(_ model: MappingModel) -> HTML {
        """
        <fieldset class="stack"><legend class="label">How the file is read</legend>
        <div class="filter-row" data-reloads>\(each: model.format, \.compact)</div></fieldset>
        """
    }

    // MARK: What would become of the first rows

    private static func trial(_ model: MappingModel) -> HTML {
        if let error = model.error { return Banner(.danger, error).html }
        guard let trial = model.trial else { return .empty }
        let rows = Format.count(Int64(trial.tried), Noun("row", "rows"))
        let bad = trial.tried - trial.good - trial.continued
        let continued =
            trial.continued > 0
            ? " \(Format.integer(Int64(trial.continued))) only continue the product above and are skipped." : ""
        let problems: HTML? =
            model.rowFindings.isEmpty ? nil : "<div>\(each: model.rowFindings, finding)</div>"
        guard bad > 0 else {
            return "\(Banner(.success, "The first \(rows) can be read.", more: "\(continued)").html)\(problems)"
        }
        return """
            \(Banner(
                .warning,
                "\(Format.integer(Int64(bad))) of the first \(rows) cannot be imported like this.",
                more: "\(continued) What is wrong stands beside the columns."
            ).html)\(problems)
            """
    }

    private static func finding(_ finding: MappingModel.Finding) -> HTML {
        let tone: Tone = finding.isWarning ? .warning : .danger
        return """
            <div class="tone-\(tone.rawValue) finding">\(tone.mark)<div>\
            <span class="number">\(Format.integer(Int64(finding.count)))</span> × \
            \(ImportMessage(code: finding.code).text)\
            <ul class="changes">\(each: finding.examples, example)</ul></div></div>
            """
    }

    private static func example(_ problem: ImportProblem) -> HTML {
        let value: HTML? = problem.value.flatMap { $0.isEmpty ? nil : ": <span class=\"code\">\($0)</span>" }
        return "<li class=\"row-note\">row \(Format.integer(problem.row))\(value)</li>"
    }

    // MARK: The columns

    private static func table(_ model: MappingModel) -> HTML {
        Table(
            "Columns of the file",
            columns: [
                Column("Column", isRowHeading: true, cell: heading),
                Column("First values", style: "value", cell: samples),
                Column("Means", cell: target),
                Column("Blank cells", cell: blank),
                Column("First \(ImportTrial.rows) rows", style: "wide", cell: findings),
            ],
            rows: model.columns
        ).html
    }

    private static func heading(_ column: MappingModel.Column) -> HTML {
        let origin: HTML? = column.origin.map { "<span class=\"row-note\">\($0)</span>" }
        let name: HTML =
            column.header.isEmpty
            ? "<span class=\"quiet\">column \(column.index + 1)</span>" : "<span class=\"code\">\(column.header)</span>"
        return "\(name)\(origin)"
    }

    private static func samples(_ column: MappingModel.Column) -> HTML {
        guard !column.samples.isEmpty else { return .text(nil) }
        return "<ul class=\"changes\">\(each: column.samples, { "<li class=\"code\">\($0)</li>" })</ul>"
    }

    private static func target(_ column: MappingModel.Column) -> HTML {
        let name = name(column)
        return """
            \(column.error.map { "<p class=\"field-error\">\($0)</p>" })
            <select class="input" id="field-target-\(column.index)" name="target-\(column.index)" \
            aria-label="What \(name) means"\(if: column.error != nil, " aria-invalid=\"true\"")>\
            \(each: targets, { option($0.value, $0.title, column.target) })</select>
            <input class="input" type="text" name="attribute-\(column.index)" value="\(column.attribute)" \
            maxlength="\(CustomAttributes.maxName)" aria-label="Custom attribute for \(name)" \
            placeholder="name of the attribute" autocomplete="off" data-shown-for="target-\(column.index)" \
            data-shown-if="\(MappingForm.attributeChoice)">
            """
    }

    private static let targets: [(value: String, title: String)] =
        [("", MappingWords.title(.nothing))]
        + ImportMapping.Target.names.compactMap { name in
            ImportMapping.Target(name: name).map { (name, MappingWords.title($0)) }
        } + [(MappingForm.attributeChoice, "A custom attribute…")]

    private static func blank(_ column: MappingModel.Column) -> HTML {
        let name = name(column)
        return """
            <select class="input" name="blank-\(column.index)" aria-label="Blank cells of \(name)">\
            \(each: blanks, { option($0.value, $0.title, column.blank) })</select>
            <input class="input" type="text" name="default-\(column.index)" value="\(column.standard)" \
            aria-label="Default for blank cells of \(name)" placeholder="default" autocomplete="off" \
            data-shown-for="blank-\(column.index)" data-shown-if="default">
            """
    }

    private static let blanks: [(value: String, title: String)] =
        [("", "Import's own rule")]
        + ImportOptions.Blank.allCases.map { ($0.rawValue, ImportOptionFields.title($0)) }

    private static func option(_ value: String, _ title: String, _ chosen: String) -> HTML {
        "<option value=\"\(value)\"\(if: value == chosen, " selected")>\(title)</option>"
    }

    private static func findings(_ column: MappingModel.Column) -> HTML {
        "<div data-region=\"column-\(column.index)\">\(each: column.findings, finding)</div>"
    }

    private static func name(_ column: MappingModel.Column) -> String {
        column.header.isEmpty ? "column \(column.index + 1)" : column.header
    }

    // MARK: What to do

    private static func buttons(_ model: MappingModel) -> HTML {
        let profile = FormField(
            "profile_name",
            "Save as a profile",
            value: model.profileName,
            hint: "Files with the same header are read like this from then on.",
            error: model.profileError,
            maxLength: ImportProfile.maxName
        )
        let next = model.isPlanned ? "Apply and check again" : "Apply and check the file"
        return """
            \(profile.html)
            <div class="form-actions">
            <button class="button primary" name="do" value="apply">\(next)</button>
            <button class="button secondary" name="do" value="check" data-without-script>\
            Check the first \(ImportTrial.rows) rows</button>
            \(Link("Back to the import", CatalogPath.importJob(model.id).description).html)
            </div>
            """
    }
}
