import AdminKit
import ImportEngine
import Markup
import Records
import Support
import Web

/// The page that says what the columns of a file mean: a form that works without script, and is checked as it is
/// filled in with it (`static/mapping.js`).
enum MappingView {
    static func html(_ model: MappingModel, in shell: Shell) -> HTML {
        Page(
            "Columns",
            parent: Link(model.filename, ImportPath.importJob(model.id).description),
            meta: model.profile.map { "\($0)" } ?? "",
            content: """
                \(ImportSteps.columns.html(shell.assets))
                <form class="stack mapping" method="post" action="\(ImportPath.importMapping(model.id).description)" \
                data-check novalidate>
                \(shell.csrf.html)\(Form.Hidden("header", model.header).html)
                \(if: !model.encodings.isEmpty, EncodingChoiceView.html(model.encodings))
                \(if: !model.format.isEmpty, format(model))
                <div class="filter-row">\(model.identify.compact)\(keep(model))</div>
                \(model.identifyReason.map { "<p class=\"quiet\">Guessed, because \($0).</p>" })
                <div data-region="summary">\(summary(model))</div>
                <div data-region="trial" role="status">\(trial(model))</div>
                <div data-region="identity">\(model.identity.map(identity))</div>
                \(table(model))
                <div data-region="stored">\(if: !model.stored.rows.isEmpty, StoredSamplesView.html(model.stored))</div>
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

    /// One click for all that is left.
    private static func keep(_ model: MappingModel) -> HTML? {
        guard model.columns.contains(where: { $0.target.isEmpty }) else { return nil }
        return """
            <button class="button secondary" name="do" value="\(MappingForm.keepAll)" formnovalidate>\
            Keep all other columns as attributes</button>
            """
    }

    private static func identity(_ identity: IdentityProposal) -> HTML {
        Banner(
            .info,
            "SKUs are made of \(identity.source).",
            more: """
                 As in \(each: identity.examples, { "<span class=\"code\">\($0.sku)</span> " })
                """
        ).html
    }

    // MARK: What would become of the first rows

    private static func trial(_ model: MappingModel) -> HTML {
        if let error = model.error { return Banner(.danger, error).html }
        guard let trial = model.trial else { return .empty }
        let bad = trial.tried - trial.good - trial.continued
        let continued =
            trial.continued > 0
            ? " \(Format.integer(Int64(trial.continued))) only continue another row and are skipped." : ""
        let problems: HTML? =
            model.rowFindings.isEmpty ? nil : "<div>\(each: model.rowFindings, finding)</div>"
        guard bad > 0 else {
            let banner = Banner(.success, "\(tried(trial, isSubject: true)) can be read.", more: "\(continued)")
            return "\(banner.html)\(problems)"
        }
        return """
            \(Banner(
                .warning,
                "\(Format.integer(Int64(bad))) of \(tried(trial, isSubject: false)) cannot be imported like this.",
                more: "\(continued) What is wrong stands beside the columns."
            ).html)\(problems)
            """
    }

    /// How far the check got.
    private static func tried(_ trial: MappingModel.Trial, isSubject: Bool) -> String {
        let rows = Format.count(Int64(trial.tried), Noun("row", "rows"))
        guard trial.total == trial.tried else {
            let whole = trial.total.map { " of \(Format.integer(Int64($0)))" } ?? ""
            let count = Format.integer(Int64(trial.tried))
            return "\(isSubject ? "The" : "the") first \(count)\(whole) rows"
        }
        return isSubject ? (trial.tried == 1 ? "The 1 row" : "All \(rows)") : rows
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
        return "<li class=\"row-note\">line \(Format.integer(problem.line))\(value)</li>"
    }

    // MARK: The columns

    private static func table(_ model: MappingModel) -> HTML {
        Table(
            "Columns of the file",
            columns: [
                Column("Column in the file", style: "map-name", isRowHeading: true, cell: heading),
                Column("First values", style: "value", cell: samples),
                Column("Becomes", style: "map-target", cell: { target($0, model.rowTarget) }),
                Column("How sure", style: "map-sure", cell: certainty),
                Column("Problems", style: "wide", cell: findings),
            ],
            rows: model.columns
        ).html
    }

    /// How many columns are matched, and how many a person should look at.
    private static func summary(_ model: MappingModel) -> HTML {
        func count(_ certainties: MappingModel.Certainty...) -> Int64 {
            Int64(model.columns.filter { certainties.contains($0.certainty) }.count)
        }
        let all = Int64(model.columns.count)
        let guessed = count(.guessed)
        let left = count(.leftOut, .open)
        let parts = [
            guessed > 0 ? "\(Format.integer(guessed)) of them by a guess: look at what it rests on." : nil,
            left > 0 ? "\(Format.integer(left)) \(left == 1 ? "is" : "are") left out." : nil,
        ].compactMap { $0 }
        return Banner(
            guessed > 0 ? .info : .neutral,
            "\(Format.integer(all - left)) of \(Format.count(all, Noun("column is", "columns are"))) matched.",
            more: " \(parts.joined(separator: " "))"
        ).html
    }

    private static func certainty(_ column: MappingModel.Column) -> HTML {
        let (title, tone): (String, Tone) =
            switch column.certainty {
            case .known: ("Known", .success)
            case .guessed: ("Guessed", .info)
            case .chosen: ("Chosen", .success)
            case .leftOut: ("Left out", .neutral)
            case .open: ("Left out", .warning)
            }
        let reason: HTML? = column.reason.map { "<span class=\"row-note\">\($0)</span>" }
        return "<div data-region=\"sure-\(column.index)\">\(StatusBadge(title, tone).html)\(reason)</div>"
    }

    private static func heading(_ column: MappingModel.Column) -> HTML {
        let name: HTML =
            column.header.isEmpty
            ? "<span class=\"quiet\">column \(column.index + 1)</span>" : "<span class=\"code\">\(column.header)</span>"
        return "\(name)<span class=\"row-note\">\(column.filled) % filled</span>"
    }

    private static func samples(_ column: MappingModel.Column) -> HTML {
        guard !column.samples.isEmpty else { return .text(nil) }
        return """
            <ul class="changes" data-region="samples-\(column.index)">\
            \(each: column.samples, StoredSamplesView.sample)</ul>
            """
    }

    private static func target(_ column: MappingModel.Column, _ target: ImportTarget) -> HTML {
        let name = name(column)
        return """
            \(column.error.map { "<p class=\"field-error\">\($0)</p>" })
            <select class="input" id="field-target-\(column.index)" name="target-\(column.index)" \
            aria-label="What \(name) means"\(if: column.error != nil, " aria-invalid=\"true\"")>\
            \(each: targets(target), { option($0.value, $0.title, column.target) })</select>
            <input class="input" type="text" name="attribute-\(column.index)" value="\(column.attribute)" \
            maxlength="\(CustomAttributes.maxName)" aria-label="Custom attribute for \(name)" \
            placeholder="name of the attribute" autocomplete="off" data-shown-for="target-\(column.index)" \
            data-shown-if="\(MappingForm.attributeChoice)">
            \(blank(column))
            """
    }

    private static func targets(_ target: ImportTarget) -> [(value: String, title: String)] {
        let meanings = [.nothing] + ImportMapping.Target.all(of: target)
        return meanings.map { ($0.name ?? "", MappingWords.title($0, in: target)) }
            + (target.attributesField == nil ? [] : [(MappingForm.attributeChoice, "A custom attribute…")])
    }

    private static func blank(_ column: MappingModel.Column) -> HTML {
        let name = name(column)
        return """
            <details class="map-blank"\(if: !column.blank.isEmpty, " open")><summary>Blank cells</summary>
            <select class="input" name="blank-\(column.index)" aria-label="Blank cells of \(name)">\
            \(each: blanks, { option($0.value, $0.title, column.blank) })</select>
            <input class="input" type="text" name="default-\(column.index)" value="\(column.standard)" \
            aria-label="Default for blank cells of \(name)" placeholder="default" autocomplete="off" \
            data-shown-for="blank-\(column.index)" data-shown-if="default"></details>
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
            Check the rows</button>
            \(Link("Back to the import", ImportPath.importJob(model.id).description).html)
            </div>
            """
    }
}
