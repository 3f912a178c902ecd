import AdminKit
import Database
import Identity
import Markup
import Records
import Support
import Web

/// The page of all changes of the catalogue.
enum CatalogueHistoryPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.history,
            access: .permission(.readProducts),
            .page("Changes of the catalogue"),
            handler: list
        )
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let page = try ListPage(context.request, CatalogueHistoryAPI.rules, path: CatalogPath.history.description)
        let filter = try CatalogueHistoryFilter(page.state.query, context.database)
        let found = try CatalogueHistoryStore(context.database).page(
            filter,
            before: try page.query.entryID(),
            limit: page.size
        )
        var names = try ActorNames(context)
        let metafields = try MetafieldTexts(context.database)
        let rows = try found.entries.map { entry in
            CatalogueHistoryView.Row(
                entry: entry,
                actor: try names.name(of: entry.revision.actor),
                job: try entry.revision.jobID.flatMap { try names.job($0) },
                fields: (entry.revision.before?.members ?? []).map { label($0.name, filter.subject, metafields) }
            )
        }
        let model = CatalogueHistoryView.Model(
            state: page.state,
            subject: filter.subject,
            rows: rows,
            next: found.next.map { id in
                page.state.page(cursor: ListQuery.cursor(after: [.int(id)], in: page.sort), from: 1)
            },
            isFirst: page.query.after == nil,
            actors: try actors(page.state["actor"], context, &names),
            job: try filter.jobID.flatMap { try names.job($0) }.map { FormField.Choice(page.state["job"], $0.title) }
        )
        return .page(CatalogueHistoryView.html(model, in: try context.shell()))
    }

    private static func label(
        _ name: String,
        _ subject: CatalogueHistoryFilter.Subject,
        _ metafields: MetafieldTexts
    ) -> String {
        if let metafield = MetafieldName(column: name) { return metafields.title(metafield) }
        if subject == .product, name == ImagesChange.name { return ImagesChange.label }
        let table = subject == .product ? ProductFields.table : CategoryFields.table
        return table.field(name)?.label ?? name
    }

    private static func actors(
        _ chosen: String,
        _ context: RequestContext,
        _ names: inout ActorNames
    ) throws -> [FormField.Choice] {
        var choices = [FormField.Choice("", "Anybody")]
        let me = Actor.user(try context.principal.user.id).description
        choices.append(FormField.Choice(me, "Me"))
        if !chosen.isEmpty, chosen != me { choices.append(FormField.Choice(chosen, try names.name(of: chosen))) }
        return choices
    }
}

/// The changes of the catalogue as a table.
enum CatalogueHistoryView {
    struct Row {
        var entry: CatalogueHistoryStore.Entry
        var actor: String
        var job: Link?
        var fields: [String]
    }

    struct Model {
        var state: ListState
        var subject: CatalogueHistoryFilter.Subject
        var rows: [Row]
        var next: String?
        var isFirst: Bool
        var actors: [FormField.Choice]
        var job: FormField.Choice?
    }

    static func html(_ model: Model, in shell: Shell) -> HTML {
        let filters = filterBar(model)
        let more = model.next.map { Link("Older changes", $0).button() }
        let first = model.isFirst ? nil : Link("Newest changes", model.state.link([])).button()
        return Page(
            "Changes",
            meta: "Every change of the catalogue that is still kept, newest first.",
            content: """
                \(filters.html)
                \(model.rows.isEmpty ? nothing(filters.isNarrowed, hasMore: model.next != nil) : table(model))
                <p class="actions">\(first) \(more)</p>
                """
        ).html(in: shell)
    }

    private static func nothing(_ isNarrowed: Bool, hasMore: Bool) -> HTML {
        if hasMore {
            return EmptyState("None among these changes", "Older ones may match: look further back.").html
        }
        return isNarrowed
            ? EmptyState("No change matches", "Choose other filters.").html
            : EmptyState("Nothing was changed yet", "What people, programs and imports change stands here.").html
    }

    private static func table(_ model: Model) -> HTML {
        Table(
            "Changes of the catalogue",
            columns: [
                Column<Row>("What", style: "wide", isRowHeading: true) { row in what(row, model.subject) },
                Column("Change") { HTML(escaping: words[$0.entry.revision.change] ?? "") },
                Column("Fields", style: "wide") { fields($0) },
                Column("Who") { row in "\(row.actor)\(row.job.map { "<span class=\"row-note\">\($0.html)</span>" })" },
                Column("When", style: "nowrap") { Time($0.entry.revision.at, seconds: true).html },
            ],
            rows: model.rows,
            style: "people"
        ).html
    }

    private static func what(_ row: Row, _ subject: CatalogueHistoryFilter.Subject) -> HTML {
        let id = row.entry.revision.recordID
        guard let label = row.entry.label else {
            return "\(subject == .product ? "Product" : "Category") \(id), deleted"
        }
        let path = subject == .product ? CatalogPath.product(id) : CatalogPath.category(id)
        return """
            <a href="\(path.description)">\(label)</a>\
            <span class="row-note">version \(row.entry.revision.version)</span>
            """
    }

    private static func fields(_ row: Row) -> HTML {
        guard row.entry.revision.change != .create else { return .absent }
        let shown = row.fields.prefix(8).joined(separator: ", ")
        return HTML(escaping: row.fields.count > 8 ? "\(shown) and \(row.fields.count - 8) more" : shown)
    }

    private static let words: [Revision.Change: String] = [
        .create: "Created", .update: "Changed", .delete: "Deleted", .restore: "Restored",
    ]

    private static func filterBar(_ model: Model) -> FilterBar {
        let state = model.state
        let fields = model.subject == .product ? ProductFields.table.fields : CategoryFields.table.fields
        let changes = Revision.Change.all.map { FormField.Choice($0.rawValue, words[$0] ?? "") }
        return FilterBar(
            state: state,
            fields: [
                FormField(
                    "of",
                    "Of",
                    .select([.init("", "Products"), .init("category", "Categories")]),
                    value: state["of"]
                ),
                FormField("actor", "Who", .select(model.actors), value: state["actor"]),
                FormField("change", "Change", .select([.init("", "Any")] + changes), value: state["change"]),
            ] + (model.job.map { [FormField("job", "Job", .select([.init("", "Any"), $0]), value: $0.value)] } ?? []),
            more: [
                FormField(
                    "field",
                    "Field",
                    .select([.init("", "Any")] + fields.map { .init($0.name, $0.label) }),
                    value: state["field"]
                ),
                FormField("since", "From", .date, value: state["since"]),
                FormField("until", "To", .date, value: state["until"]),
            ]
        )
    }
}

extension Revision.Change {
    fileprivate static let all: [Revision.Change] = [.create, .update, .delete, .restore]
}
