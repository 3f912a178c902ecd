import AdminKit
import Markup
import Records
import Support
import Web

/// What the list of a noun shows.
struct RecordListModel {
    let noun: RecordNoun
    let state: ListState
    let rows: [RecordShown]
    let pagination: Pagination
    /// Whether the user sees personal fields, and may filter by them.
    let isWhole: Bool
    let canWrite: Bool
    /// Beside the title, before the main action.
    let actions: HTML
}

/// The list of a noun: filters, order, pages.
enum RecordListView {
    static func html(_ model: RecordListModel, in shell: Shell) -> HTML {
        let noun = model.noun
        let bar = filterBar(model)
        let isEmpty = model.rows.isEmpty && !bar.isNarrowed && model.pagination.first == nil
        let new = Link("New \(noun.table.noun.one)", noun.pages.new.description).button(.primary, key: "n")
        return Page(
            noun.heading,
            actions: "\(model.actions)\(if: model.canWrite, " \(new)")",
            content: isEmpty
                ? EmptyState("No \(noun.table.noun.many) yet", noun.emptyText).html
                : "\(bar.html)\(model.rows.isEmpty ? nothing(model) : table(model))"
        ).html(in: shell)
    }

    private static func table(_ model: RecordListModel) -> HTML {
        """
        \(Table(
            model.noun.heading,
            columns: model.noun.columns.map { column in
                Column(
                    column.title,
                    sortKey: column.sortKey,
                    style: column.style,
                    isRowHeading: column.title == model.noun.columns.first?.title,
                    cell: column.cell
                ).givingWay(column.priority)
            },
            rows: model.rows,
            style: "records",
            state: model.state
        ).html)
        \(model.pagination.html)
        """
    }

    private static func nothing(_ model: RecordListModel) -> HTML {
        EmptyState(
            "No \(model.noun.table.noun.one) matches these filters",
            "Change a filter, or clear them all.",
            action: Link("Clear all filters", model.state.path).button()
        ).html
    }

    private static func filterBar(_ model: RecordListModel) -> FilterBar {
        let fields = model.noun.filters.filter { !$0.isPersonal || model.isWhole }.map { filter in
            FormField(filter.name, filter.label, filter.control, value: model.state[filter.name])
        }
        let search = fields.first { $0.kind == .search }
        let rest = fields.filter { $0.kind != .search }
        let shown = rest.filter { if case .select = $0.kind { true } else { false } }
        return FilterBar(
            state: model.state,
            search: search,
            fields: shown,
            more: rest.filter { field in !shown.contains(field) },
            sorts: sorts(model.noun)
        )
    }

    private static func sorts(_ noun: RecordNoun) -> [FormField.Choice] {
        noun.sorts.flatMap { key -> [FormField.Choice] in
            switch key {
            case "id": [FormField.Choice("-id", "Newest first"), FormField.Choice("id", "Oldest first")]
            case "updated_at": [FormField.Choice("-updated_at", "Last changed first")]
            default: [FormField.Choice(key, noun.table.field(key)?.label ?? key)]
            }
        }
    }
}
