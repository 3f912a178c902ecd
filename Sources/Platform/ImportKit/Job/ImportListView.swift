package import AdminKit
package import ImportEngine
package import Markup
import Records
import Support
import Web

/// What the page of imports shows.
package struct ImportListModel: Sendable, Equatable {
    /// What files can become, the usual one first.
    package var targets: ImportTargets
    /// The list's address and its query: `status`, `user_id`, `target`.
    package var state: ListState
    /// Whom to choose from as the one who imported.
    package var users: [FormField.Choice]
    /// Newest first.
    package var imports: [ImportHistoryRow]
    package var pagination: Pagination
    /// Whether the user may upload.
    package var canImport: Bool
    /// The largest file taken, in bytes.
    package var maxBytes: Int64
    /// Further choices sent with the file, e.g. what to do with duplicates; may be empty.
    package var options: [FormField]
    /// Why the plain form's upload was refused.
    package var error: String?
    /// Where the stream of job events goes on from.
    package var cursor: String?

    package init(
        targets: ImportTargets,
        state: ListState = ListState(path: ImportPath.imports.description, query: Fields(), defaultSort: "-id"),
        users: [FormField.Choice] = [],
        imports: [ImportHistoryRow],
        pagination: Pagination,
        canImport: Bool,
        maxBytes: Int64,
        options: [FormField] = ImportOptionFields.all,
        error: String? = nil,
        cursor: String? = nil
    ) {
        self.targets = targets
        self.state = state
        self.users = users
        self.imports = imports
        self.pagination = pagination
        self.canImport = canImport
        self.maxBytes = maxBytes
        self.options = options
        self.error = error
        self.cursor = cursor
    }
}

/// Where files come in, and what became of the last ones.
package enum ImportListView {
    package static func html(_ model: ImportListModel, in shell: Shell) -> HTML {
        let file = FormField(
            "file",
            "Product files",
            .file(accept: ImportFormatView.accepted),
            error: model.error,
            isRequired: true
        )
        return Page(
            "Imports",
            errors: ErrorSummary([file]).html,
            refreshSeconds: model.imports.contains { $0.state.isLive } ? 5 : nil,
            content: """
                \(if: model.canImport, uploadForm(model, file, shell))
                \(if: !model.imports.isEmpty || filterBar(model).isNarrowed, "<h2>History</h2>\(filterBar(model).html)")
                \(LiveRegion("imports", topics: "jobs", cursor: model.cursor, content: list(model)).html)
                """
        ).html(in: shell)
    }

    /// A plain form that the script turns into a drop zone with upload progress.
    private static func uploadForm(_ model: ImportListModel, _ file: FormField, _ shell: Shell) -> HTML {
        """
        \(ImportSteps.upload.html(shell.assets))
        <form class="upload" method="post" action="\(ImportPath.imports.description)" enctype="multipart/form-data" \
        data-upload="/api/upload-csv" data-job-path="\(ImportPath.imports.description)/" \
        data-max-bytes="\(model.maxBytes)">
        \(shell.csrf.html)
        <div class="drop-zone">
        <label for="\(file.id)">\
        <strong data-script-text="Drop product files here, or choose them">Choose product files</strong>
        <span class="hint" id="\(file.id)-hint">One row a product, with a header: SKU, name, price. \
        \(ImportFormatView.formats), up to \(Format.bytes(model.maxBytes)).</span></label>
        \(file.error.map { "<p class=\"field-error\" id=\"\(file.id)-error\">\($0)</p>" })
        <input class="file-input" type="file" id="\(file.id)" name="file" \
        accept="\(ImportFormatView.accepted)" required multiple \
        aria-describedby="\(file.id)-hint\(if: file.error != nil, " \(file.id)-error")"\
        \(if: file.error != nil, " aria-invalid=\"true\"")>
        <button class="button primary" data-without-script>Upload and import</button>
        </div>
        \(targetChoice(model))
        <div class="upload-review" data-options>\(ImportOptionFields.review.html)</div>
        \(if: !model.options.isEmpty, """
            <details class="more-filters"><summary>More options</summary>
            <div class="filter-row" data-options>\(each: model.options, \.compact)</div></details>
            """)
        <div data-options><input type="hidden" name="unmapped" value="ask"></div>
        <ul class="uploads" aria-label="Uploads" data-uploads hidden></ul>
        </form>
        \(each: model.targets.all, HeaderHelpView.html)
        """
    }

    /// What the file becomes: asked only where there is a choice.
    private static func targetChoice(_ model: ImportListModel) -> HTML? {
        let choices = model.targets.all.map { FormField.Choice($0.name, $0.record.noun.title) }
        guard choices.count > 1 else { return nil }
        let found = [FormField.Choice("", "What its columns say")]
        let field = FormField("target", "The file holds", .select(found + choices), value: "")
        return "<div class=\"upload-review\" data-options>\(field.compact)</div>"
    }

    private static func list(_ model: ImportListModel) -> HTML {
        guard model.imports.isEmpty else {
            return "\(ImportHistoryView.html(model.imports))\(model.pagination.html)"
        }
        guard filterBar(model).isNarrowed else {
            return EmptyState(
                "No imports yet",
                "The first file you import is listed here, with what became of its rows."
            ).html
        }
        return EmptyState(
            "No import matches these filters",
            "Change a filter, or clear them all.",
            action: Link("Clear all filters", model.state.path).button()
        ).html
    }

    private static func filterBar(_ model: ImportListModel) -> FilterBar {
        let statuses = JobState.allCases.map { FormField.Choice($0.rawValue, $0.title) }
        let anyState = [FormField.Choice("", "All")]
        let anybody = [FormField.Choice("", "Everybody")]
        let everything = [FormField.Choice("", "All")]
        let choices = model.targets.all.map { FormField.Choice($0.name, $0.record.noun.title) }
        let target = FormField("target", "Of", .select(everything + choices), value: model.state["target"])
        return FilterBar(
            state: model.state,
            fields: (choices.count > 1 ? [target] : []) + [
                FormField("status", "Status", .select(anyState + statuses), value: model.state["status"]),
                FormField("user_id", "Imported by", .select(anybody + model.users), value: model.state["user_id"]),
            ]
        )
    }
}
