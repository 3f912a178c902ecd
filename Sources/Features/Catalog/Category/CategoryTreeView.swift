import AdminKit
import Markup
import Support
import Web

/// What the page of the tree shows.
struct CategoryTreeModel {
    /// One category as a line of the tree.
    struct Row {
        var category: Category
        var figures: CategoryFigures
        /// Its children, where it is open.
        var level: Level?
    }

    /// The children of one category, or the top of the tree.
    struct Level {
        var rows: [Row]
        /// Behind which child this begins, when it is not the first.
        var isContinued = false
        /// The last child shown, when there are more.
        var last: Int64?
    }

    /// A category that was found, with the names above it.
    struct Match {
        var category: Category
        var line: [(id: Int64, name: String)]
        var figures: CategoryFigures
    }

    var top: Level
    /// The ids of the open ones.
    var open: [Int64]
    var query = ""
    /// What was found, while there is a query.
    var matches: [Match] = []
    var matchCount: Int64 = 0
    var count: Int64
    var withoutCategory: Int64
    /// The one that stands out: just moved, or asked for.
    var current: Int64?
    /// The one that is being moved.
    var cut: Category?
    var canWrite: Bool
    /// Why a move was refused.
    var refusal: String?

    /// The address of the tree in another state.
    func address(open: [Int64]? = nil, after: Int64? = nil, cut: Int64?? = nil) -> String {
        var parts: [String] = []
        let ids = open ?? self.open
        if !ids.isEmpty { parts.append("open=\(ids.map(String.init).joined(separator: ","))") }
        if let after { parts.append("after=\(after)") }
        if let cut = cut ?? self.cut?.id { parts.append("cut=\(cut)") }
        let path = CatalogPath.categories.description
        return parts.isEmpty ? path : "\(path)?\(parts.joined(separator: "&"))"
    }
}

/// The tree of categories: every level opens by a link, a category is moved by buttons, by keys or by dragging.
enum CategoryTreeView {
    static func html(_ model: CategoryTreeModel, in shell: Shell) -> HTML {
        Page(
            "Categories",
            actions: model.canWrite && model.count > 0
                ? Link("New category", CatalogPath.newCategory.description).button(.primary, key: "n") : "",
            content: """
                \(model.refusal.map { Banner(.danger, "Nothing was moved.", role: "alert", more: " \($0)").html })
                \(model.count == 0 ? nothingYet(model) : content(model, shell))
                """
        ).html(in: shell)
    }

    private static func nothingYet(_ model: CategoryTreeModel) -> HTML {
        EmptyState(
            "No categories yet",
            "Categories are the tree by which products are sorted.",
            action: model.canWrite
                ? Link("New category", CatalogPath.newCategory.description).button(.primary, key: "n") : ""
        ).html
    }

    private static func content(_ model: CategoryTreeModel, _ shell: Shell) -> HTML {
        """
        \(search(model))
        \(model.query.isEmpty ? tree(model, shell) : matches(model))
        \(if: model.query.isEmpty && model.withoutCategory > 0, """
            <p class="quiet">\(Format.count(model.withoutCategory, Noun("product", "products"))) \
            \(model.withoutCategory == 1 ? "has" : "have") no category. \
            \(Link("Show them", "\(CatalogPath.products)?category_id=0").html)</p>
            """)
        """
    }

    private static func search(_ model: CategoryTreeModel) -> HTML {
        let field = FormField("q", "Search categories", .search, value: model.query, maxLength: CategoryFilter.maxText)
        return """
            <search class="filters"><form method="get" action="\(CatalogPath.categories.description)">
            <div class="filter-row">
            <div class="filter-search" data-search>\(field.compact)</div>
            <button class="button secondary">Search</button></div></form></search>
            """
    }

    // MARK: The tree

    private static func tree(_ model: CategoryTreeModel, _ shell: Shell) -> HTML {
        guard model.canWrite else { return list(model.top, model, under: nil) }
        let action = CatalogPath.moveCategory(model.cut?.id ?? 0).description
        let back = model.open.map(String.init).joined(separator: ",")
        return """
            \(model.cut.map { cutting($0, model) })
            <form method="post" action="\(action)" data-tree>
            \(shell.csrf.html)\(Form.Hidden("open", back).html)<input type="hidden" name="place" disabled>
            \(list(model.top, model, under: nil))
            </form>
            <p class="quiet" data-tree-keys hidden>Drag a category to move it, or use the keys: ↑ ↓ go, → ← open and \
            close, <kbd>x</kbd> cuts; then <kbd>b</kbd> puts it before, <kbd>a</kbd> after and <kbd>i</kbd> into the \
            category that you are on.</p>
            """
    }

    private static func cutting(_ category: Category, _ model: CategoryTreeModel) -> HTML {
        Banner(
            .info,
            "Where should “\(category.name)” go?",
            more: """
                 Open the branch, then choose a place. \
                \(Link("Leave it where it is", model.address(cut: .some(nil))).html)
                """
        ).html
    }

    private static func list(_ level: CategoryTreeModel.Level, _ model: CategoryTreeModel, under parent: Int64?) -> HTML
    {
        let first: HTML? = level.isContinued ? "<li>\(Link("From the beginning", model.address()).html)</li>" : nil
        let more = level.last.map { "<li>\(Link("More categories", model.address(after: $0)).html)</li>" as HTML }
        return """
            <ul class="tree"\(if: parent == nil, " data-tree-top")>\(first)\
            \(each: level.rows, { row($0, model) })\(more)</ul>
            """
    }

    private static func row(_ row: CategoryTreeModel.Row, _ model: CategoryTreeModel) -> HTML {
        let category = row.category
        let isCurrent = category.id == model.current
        let path = CatalogPath.category(category.id).description
        return """
            <li data-id="\(category.id)">\
            <div class="branch\(if: isCurrent, " is-current")\(if: category.id == model.cut?.id, " is-cut")" \
            data-row\(if: isCurrent, " data-current")>\
            \(opener(row, model))\
            <a class="name" id="category-\(category.id)" href="\(path)">\(category.name)</a>\
            \(if: !category.isActive, StatusBadge("inactive", .neutral).html)\
            \(figures(row.figures, category))\
            \(places(row, model))</div>\
            \(row.level.map { list($0, model, under: category.id) })</li>
            """
    }

    private static func opener(_ row: CategoryTreeModel.Row, _ model: CategoryTreeModel) -> HTML {
        guard row.figures.children > 0 else { return "<span class=\"opener\"></span>" }
        let id = row.category.id
        let isOpen = row.level != nil
        let rest = model.open.filter { $0 != id }
        return """
            <a class="opener\(if: isOpen, " is-open")" data-opens-level href="\
            \(model.address(open: isOpen ? rest : rest + [id]))#category-\(id)">\
            <span class="visually-hidden">\(isOpen ? "Close" : "Open") \(row.category.name)</span>\(arrow)</a>
            """
    }

    private static let arrow: HTML = """
        <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false"><path d="M4 2l4 4-4 4" \
        fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>
        """

    /// Its own products, and those with all below it where these are more.
    private static func figures(_ figures: CategoryFigures, _ category: Category) -> HTML {
        let own = Format.integer(figures.products)
        let all = Format.integer(figures.productsBelow)
        let products = figures.productsBelow == 1 ? "product" : "products"
        guard figures.productsBelow != figures.products else {
            return "<span class=\"figures number\">\(own) \(products)</span>"
        }
        return "<span class=\"figures number\">\(all) \(products), \(own) of its own</span>"
    }

    private static func places(_ row: CategoryTreeModel.Row, _ model: CategoryTreeModel) -> HTML? {
        guard let cut = model.cut, !cut.contains(row.category) else { return nil }
        let name = row.category.name
        func button(_ place: String, _ title: String) -> HTML {
            """
            <button class="button secondary small" name="place" value="\(place):\(row.category.id)">\(title)\
            <span class="visually-hidden"> \(name)</span></button>
            """
        }
        return """
            <span class="places">\(button("before", "Before"))\(button("after", "After"))\
            \(button("into", "Into"))</span>
            """
    }

    // MARK: What was found

    private static func matches(_ model: CategoryTreeModel) -> HTML {
        guard !model.matches.isEmpty else {
            return EmptyState(
                "No category matches",
                "Every word must stand in the name. Try fewer words.",
                action: Link("Show the tree", CatalogPath.categories.description).button()
            ).html
        }
        let rest = model.matchCount - Int64(model.matches.count)
        return """
            <ul class="tree">\(each: model.matches, match)</ul>
            \(if: rest > 0, "<p class=\"quiet\">\(Format.integer(rest)) more match. Write more of the name.</p>")
            <p>\(Link("Show the tree", CatalogPath.categories.description).button())</p>
            """
    }

    private static let separator: HTML = " <span aria-hidden=\"true\">›</span> "

    private static func match(_ match: CategoryTreeModel.Match) -> HTML {
        let above = match.line.dropLast().map { Link($0.name, CatalogPath.category($0.id).description).html }
        let way: HTML? =
            above.isEmpty ? nil : "\(above.joined(separator: separator))\(separator)"
        let ids = match.line.map { String($0.id) }.joined(separator: ",")
        let name = Link(match.category.name, CatalogPath.category(match.category.id).description)
        let inTree = "\(CatalogPath.categories)?open=\(ids)&current=\(match.category.id)#category-\(match.category.id)"
        return """
            <li><div class="branch"><span class="name">\(way)\
            <strong>\(name.html)</strong></span>\
            \(if: !match.category.isActive, StatusBadge("inactive", .neutral).html)\
            \(figures(match.figures, match.category))\
            <a href="\(inTree)">In the tree<span class="visually-hidden">: \(match.category.name)</span></a></div></li>
            """
    }
}
