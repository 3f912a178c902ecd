import AdminKit
import Markup
import Records
import Support
import Web

/// What the page of one record shows, new or not.
struct RecordEditModel {
    /// A record that is stored already.
    struct Stored {
        var shown: RecordShown
        /// Newest first.
        var revisions: [RecordRevisionRow]
        /// What its feature adds.
        var panels: HTML
        var actions: HTML
    }

    let noun: RecordNoun
    /// Nil for a new one.
    var stored: Stored?
    var fields: [FormField]
    /// Problems of no single field.
    var problems: [Problem]
    /// Somebody saved while this was being edited; then the stored version is the newer one.
    var isStale = false
    var canWrite: Bool

    init(
        _ noun: RecordNoun,
        fields: [FormField],
        problems: [Problem] = [],
        stored: Stored? = nil,
        canWrite: Bool = true
    ) {
        self.noun = noun
        self.stored = stored
        self.fields = fields
        self.problems = problems
        self.canWrite = canWrite
    }
}

/// The page of one record: its form, what its feature adds, its history; or what is left of a deleted one.
enum RecordEditView {
    static func html(_ model: RecordEditModel, in shell: Shell) -> HTML {
        let noun = model.noun
        return Page(
            model.stored?.shown.title ?? "New \(noun.table.noun.one)",
            parent: Link(noun.heading, noun.pages.list.description),
            badge: model.stored.map { noun.badges($0.shown) } ?? "",
            meta: model.stored.map { meta($0.shown) } ?? "",
            actions: model.stored?.actions ?? "",
            errors: ErrorSummary(model.fields, general: model.problems).html,
            content: """
                \(if: model.isStale, stale(noun.table.noun.one))
                \(model.canWrite ? form(model, shell) : values(sections(model)))
                \(model.stored.map(\.panels))
                \(model.stored.map { history($0, model, shell) })
                """
        ).html(in: shell)
    }

    private static func stale(_ one: String) -> HTML {
        Banner(
            .warning,
            "Another user changed this \(one) meanwhile.",
            role: "alert",
            more: """
                 Nothing of yours is saved yet. The form holds your values: look at the history below, and save \
                again.
                """
        ).html
    }

    private static func meta(_ shown: RecordShown) -> HTML {
        let record = shown.record
        return """
            \(shown.label) · version \(record.version) · created \(Time(record.createdAt).html) · \
            updated \(Time(record.updatedAt).html)
            """
    }

    private static func sections(_ model: RecordEditModel) -> [FormSection] {
        let placed = model.noun.sections.flatMap(\.fields)
        let rest = model.fields.filter { !placed.contains($0.name) }
        let sections = model.noun.sections.map { section in
            FormSection(
                section.title,
                section.fields.compactMap { name in model.fields.first { $0.name == name } },
                isAside: section.isAside
            )
        }
        return sections + (rest.isEmpty ? [] : [FormSection("More", rest)])
    }

    private static func form(_ model: RecordEditModel, _ shell: Shell) -> HTML {
        let (pages, one) = (model.noun.pages, model.noun.table.noun.one)
        guard let stored = model.stored else {
            return Form(
                action: pages.new.description,
                csrf: shell.csrf,
                sections: sections(model),
                submit: "Create \(one)",
                cancel: Link("Cancel", pages.list.description)
            ).html
        }
        let record = stored.shown.record
        let delete = Link("Delete \(one)…", pages.delete(record.id).description).button(.quietDanger)
        return Form(
            action: pages.one(record.id).description,
            csrf: shell.csrf,
            sections: sections(model),
            hidden: [Form.Hidden("version", String(record.version))],
            submit: model.isStale ? "Save my values over theirs" : "Save changes",
            cancel: model.isStale ? Link("Discard mine, show theirs", stored.shown.path) : nil,
            aside: "<span class=\"push\">\(delete)</span>"
        ).html
    }

    /// What there is, for those who may only look.
    private static func values(_ sections: [FormSection]) -> HTML {
        let told = sections.map { FormSection($0.title, $0.fields.filter { !$0.value.isEmpty }) }
        return """
            \(each: told.filter { !$0.fields.isEmpty }, { section in
                """
                <section class="stack"><h2>\(section.title)</h2>
                <dl class="facts">\(each: section.fields, {
                    "<div><dt>\($0.label)</dt><dd>\(HTML.text($0.shownValue))</dd></div>"
                })</dl></section>

                """
            })
            """
    }

    private static func history(
        _ stored: RecordEditModel.Stored,
        _ model: RecordEditModel,
        _ shell: Shell
    ) -> HTML {
        let one = model.noun.table.noun.one
        guard model.canWrite else { return RecordHistoryView.html(stored.revisions, of: one) }
        let record = stored.shown.record
        return RecordHistoryView.html(stored.revisions, of: one) { version in
            Form.button(
                "Restore version \(version)",
                action: model.noun.pages.restore(record.id).description,
                csrf: shell.csrf,
                hidden: [Form.Hidden("version", String(version)), Form.Hidden("seen", String(record.version))]
            )
        }
    }

    // MARK: What is left of a deleted one

    struct Gone {
        var shown: RecordShown
        var by: String
        var at: Timestamp
        /// That the deletion made.
        var version: Int64
    }

    static func html(_ gone: Gone, in shell: Shell) -> HTML {
        let (shown, noun) = (gone.shown, gone.shown.noun)
        let back = Form.button(
            "Put back",
            action: noun.pages.restore(shown.record.id).description,
            csrf: shell.csrf,
            hidden: [Form.Hidden("version", String(gone.version - 1)), Form.Hidden("seen", String(gone.version))],
            style: .primary
        )
        let held = RecordEditModel(noun, fields: RecordForm(noun, shown.currency).fields(shown))
        return Page(
            shown.title,
            parent: Link(noun.heading, noun.pages.list.description),
            badge: StatusBadge("Deleted", .danger).html,
            meta: "\(shown.label) · version \(gone.version)",
            actions: shell.allows(noun.writing) ? back : "",
            content: """
                \(Banner(
                    .warning,
                    "This \(noun.table.noun.one) was deleted.",
                    more: " \(gone.by) deleted it on \(Time(gone.at).html). What it held is kept with its history."
                ).html)
                \(values(sections(held)))
                """
        ).html(in: shell)
    }
}

extension FormField {
    /// The value as people read it: of a choice its title.
    fileprivate var shownValue: String {
        guard case .select(let choices) = kind else { return value }
        return choices.first { $0.value == value }?.title ?? value
    }
}
