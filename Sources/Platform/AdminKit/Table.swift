package import Markup

/// Rows under headings that sort. On a narrow screen each row becomes a block of labelled lines, or the table
/// scrolls sideways when its columns only make sense side by side.
package struct Table<Row> {
    /// What a narrow screen does.
    package enum Narrow: String {
        case stacked
        case scrolling
    }

    /// Says what the table holds, for those who do not see it.
    package var caption: String
    package var columns: [Column<Row>]
    package var rows: [Row]
    package var narrow: Narrow
    /// A class of the style sheet that sets the widths of the columns, if any.
    package var style: String?
    /// The list's state where headings sort.
    package var state: ListState?
    /// Attributes of a row, e.g. for live updates.
    package var rowAttributes: (Row) -> HTML

    package init(
        _ caption: String,
        columns: [Column<Row>],
        rows: [Row],
        narrow: Narrow = .stacked,
        style: String? = nil,
        state: ListState? = nil,
        rowAttributes: @escaping (Row) -> HTML = { _ in .empty }
    ) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.narrow = narrow
        self.style = style
        self.state = state
        self.rowAttributes = rowAttributes
    }

    package var html: HTML {
        // The scroll region can be reached by keyboard, so that it can be scrolled by keyboard.
        let region: HTML = narrow == .scrolling ? " role=\"region\" aria-label=\"\(caption)\" tabindex=\"0\"" : ""
        return """
            <div class="table-frame \(narrow.rawValue)"\(region)>
            <table role="table"\(style.map { " class=\"\($0)\"" })>
            <caption class="visually-hidden">\(caption)</caption>
            <thead role="rowgroup"><tr role="row">\(each: columns, heading)</tr></thead>
            <tbody role="rowgroup">
            \(each: rows, line)</tbody>
            </table>
            </div>
            """
    }

    private func line(_ row: Row) -> HTML {
        "<tr role=\"row\"\(rowAttributes(row))>\(each: columns, { cell($0, row) })</tr>\n"
    }

    private func cell(_ column: Column<Row>, _ row: Row) -> HTML {
        let style = column.classes
        let content = column.cell(row)
        guard column.isRowHeading else {
            return "<td role=\"cell\"\(style) data-label=\"\(column.title)\"><div>\(content)</div></td>"
        }
        return "<th scope=\"row\" role=\"rowheader\"\(style)>\(content)</th>"
    }

    private func heading(_ column: Column<Row>) -> HTML {
        let style = column.classes
        guard let key = column.sortKey, let state else {
            return "<th scope=\"col\" role=\"columnheader\"\(style)>\(column.title)</th>"
        }
        let isAscending = state.sort == key
        let isDescending = state.sort == "-\(key)"
        let direction: HTML =
            isAscending ? " aria-sort=\"ascending\"" : (isDescending ? " aria-sort=\"descending\"" : "")
        let next = isAscending ? "-\(key)" : key
        return """
            <th scope="col" role="columnheader"\(style)\(direction)>\
            <a class="sort" href="\(state.link([("sort", next)]))">\(column.title)</a></th>
            """
    }
}

/// One column: its heading and what stands in its cells.
package struct Column<Row> {
    package var title: String
    /// The name of the sort order behind the heading, when it has one.
    package var sortKey: String?
    /// `number` sets it to the right in figures of equal width.
    package var style: String?
    /// Whether its cells name their rows.
    package var isRowHeading: Bool
    /// Which columns give way when the table gets narrower than its columns need, the greatest first: 4 under 1080
    /// pixels, 3 under 820, 2 under 660; 1 stays. On a narrow screen, where rows are blocks, all of them are shown.
    package var priority = 1
    package var cell: (Row) -> HTML

    package init(
        _ title: String,
        sortKey: String? = nil,
        style: String? = nil,
        isRowHeading: Bool = false,
        cell: @escaping (Row) -> HTML
    ) {
        self.title = title
        self.sortKey = sortKey
        self.style = style
        self.isRowHeading = isRowHeading
        self.cell = cell
    }

    /// The same column, which gives way where there is no room.
    package func givingWay(_ priority: Int) -> Column {
        var column = self
        column.priority = priority
        return column
    }

    var classes: HTML? {
        let names = [style, priority > 1 ? "p\(priority)" : nil].compactMap { $0 }
        return names.isEmpty ? nil : " class=\"\(names.joined(separator: " "))\""
    }

    /// A column of numbers, set to the right.
    package static func number(_ title: String, sortKey: String? = nil, cell: @escaping (Row) -> HTML) -> Column {
        Column(title, sortKey: sortKey, style: "number", cell: cell)
    }
}
