package import Markup

/// The filters above a table, as a form that GETs the list: the search line first, the others beside it or, when
/// they are many, behind "More filters". Filters in force are shown as links that remove them.
package struct FilterBar: Sendable {
    package var state: ListState
    /// The search line, if the list has one; the `/` key goes there.
    package var search: FormField?
    /// Always in sight.
    package var fields: [FormField]
    /// Behind "More filters", open while one of them is in force.
    package var more: [FormField]
    /// The orders offered on a narrow screen, where the table has no headings.
    package var sorts: [FormField.Choice]

    package init(
        state: ListState,
        search: FormField? = nil,
        fields: [FormField] = [],
        more: [FormField] = [],
        sorts: [FormField.Choice] = []
    ) {
        self.state = state
        self.search = search
        self.fields = fields
        self.more = more
        self.sorts = sorts
    }

    package var html: HTML {
        """
        <search class="filters"><form method="get" action="\(state.path)">
        <div class="filter-row">
        \(search.map { "<div class=\"filter-search\" data-search>\($0.compact)</div>" })
        \(each: fields, \.compact)
        \(sortField)<button class="button secondary">Apply</button>
        </div>
        \(moreFields)</form>
        \(inForce)</search>
        """
    }

    /// Whether any filter narrows the list.
    package var isNarrowed: Bool { !activeFields.isEmpty }

    private var activeFields: [FormField] {
        ([search].compactMap { $0 } + fields + more).filter { !$0.value.isEmpty }
    }

    private var sortField: HTML? {
        guard !sorts.isEmpty else { return nil }
        let field = FormField("sort", "Sort by", .select(sorts), value: state.sort)
        return "<div class=\"filter-sort\">\(field.compact)</div>\n"
    }

    private var moreFields: HTML? {
        guard !more.isEmpty else { return nil }
        let isOpen = more.contains { !$0.value.isEmpty }
        return """
            <details class="more-filters"\(if: isOpen, " open")><summary>More filters</summary>
            <div class="filter-row">\(each: more, \.compact)\
            <button class="button secondary">Apply</button></div></details>

            """
    }

    private var inForce: HTML? {
        guard isNarrowed else { return nil }
        return """
            <ul class="chips" aria-label="Filters in force">\(each: activeFields, chip)\
            <li><a href="\(state.link(activeFields.map { ($0.name, nil) }))">Clear all filters</a></li></ul>
            """
    }

    private func chip(_ field: FormField) -> HTML {
        var shown = field.value
        if case .select(let choices) = field.kind {
            shown = choices.first { $0.value == field.value }?.title ?? field.value
        }
        return """
            <li><a class="chip" href="\(state.link([(field.name, nil)]))">\
            <span class="visually-hidden">Remove filter </span>\(field.label): \(shown)\
            <span aria-hidden="true"> ×</span></a></li>
            """
    }
}
