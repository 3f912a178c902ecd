import AdminKit
import Database
import Identity
import Records
import Support
import Web

/// The page of the tree, and moves within it.
enum CategoryTreePages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.categories,
            access: .permission(.readProducts),
            .page("The tree of categories"),
            handler: show
        ),
        AppRoute(
            .post,
            CatalogPath.moveCategory,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .form("Moves a category"),
            handler: move
        ),
    ]

    /// Children that one level shows at once.
    static let levelSize = 200
    /// Branches that are open at most.
    private static let mostOpen = 50
    /// Categories that a search shows.
    private static let mostMatches = 100

    private static let parameters = ["open", "after", "cut", "current", "q", "done"]

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(parameters)
        let query = context.request.query
        let flashes: [Flash] =
            switch query["done"] {
            case "moved": [Flash(.success, "The category was moved.")]
            case "merged": [Flash(.success, "The category was merged.")]
            case "deleted": [Flash(.success, "The category was deleted.")]
            default: []
            }
        let shell = try context.shell(flashes: flashes)
        let model = try context.database.read { try treeModel(query, shell, context) }
        return .page(CategoryTreeView.html(model, in: shell))
    }

    private static func treeModel(
        _ query: Fields,
        _ shell: Shell,
        _ context: RequestContext
    ) throws -> CategoryTreeModel {
        let store = CategoryStore(context.database)
        let open = ids(query["open"])
        let after = try query["after"].flatMap { Int64($0) }.flatMap { try store.find($0) }
        let tree = CategoryLevels(store: store, open: Set(open), after: after)
        var model = CategoryTreeModel(
            top: try tree.level(under: nil),
            open: open,
            count: try store.count(),
            withoutCategory: try store.productsWithout(),
            current: query["current"].flatMap { Int64($0) },
            canWrite: shell.allows(.writeProducts)
        )
        if model.canWrite, let cut = query["cut"].flatMap({ Int64($0) }) { model.cut = try store.find(cut) }
        if let text = query["q"], !text.trimmed.isEmpty { try search(text, store, context, &model) }
        return model
    }

    /// What cannot be an id opens nothing.
    private static func ids(_ text: String?) -> [Int64] {
        Array((text ?? "").split(separator: ",").compactMap { Int64($0) }.suffix(mostOpen))
    }

    private static func search(
        _ text: String,
        _ store: CategoryStore,
        _ context: RequestContext,
        _ model: inout CategoryTreeModel
    ) throws {
        var filter = CategoryFilter()
        filter.q = text.shortened(to: CategoryFilter.maxText)
        model.query = text
        model.matchCount = try store.count(filter)
        let found = try store.list(filter, CategorySort(.name), limit: mostMatches)
        let figures = try store.figures(of: found)
        let above = try store.find(Array(Set(found.flatMap(\.line))))
        let names = Dictionary(above.map { ($0.id, $0.name) }) { first, _ in first }
        model.matches = found.map { category in
            CategoryTreeModel.Match(
                category: category,
                line: category.line.map { ($0, names[$0] ?? "") },
                figures: figures[category.id] ?? CategoryFigures()
            )
        }
    }

    // MARK: Moving

    @Sendable static func move(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        let store = CategoryStore(context.database)
        let id = try context.parameters.int("id")
        let writer = try context.writeContext
        do {
            let (parent, place) = try target(form, store)
            let moved = try store.move(id, under: parent, at: place, writer)
            // What was open stays so, and so that the moved one can be seen its ancestors are.
            let open = ids(form["open"]).filter { !moved.line.contains($0) } + moved.line.dropLast()
            let list = open.suffix(mostOpen).map(String.init).joined(separator: ",")
            return .seeOther("\(CatalogPath.categories)?open=\(list)&current=\(id)&done=moved#category-\(id)")
        } catch let refusal as CategoryStore.Refusal {
            return try refused(CategoryRefusal.error(refusal), id, form, context)
        } catch let error as WebError where error.status == 422 {
            return try refused(error, id, form, context)
        }
    }

    /// Where a form wants it: `place` is `before:12`, `after:12` or `into:12`; or `to` has the path of the new parent,
    /// blank for the top.
    private static func target(_ form: Fields, _ store: CategoryStore) throws -> (Int64?, CategoryPlace) {
        if let to = form["to"] {
            switch try CategoryNames(store.connection).typed(to) {
            case .success(let parent): return (parent, .last)
            case .failure(let fault): throw WebError.invalid([Problem("to", fault.code, fault.detail)])
            }
        }
        let parts = (form["place"] ?? "").split(separator: ":")
        guard parts.count == 2, let id = Int64(parts[1]) else {
            throw WebError.badRequest("bad_option", "The form does not say where the category goes.")
        }
        if parts[0] == "into" { return (id, .last) }
        guard let sibling = try store.find(id) else { throw CategoryStore.Refusal.notASibling(id) }
        return (sibling.parentID, parts[0] == "before" ? .before(id) : .after(id))
    }

    private static func refused(
        _ error: WebError,
        _ id: Int64,
        _ form: Fields,
        _ context: RequestContext
    ) throws -> Response {
        guard error.status != 404 else { throw error }
        let shell = try context.shell()
        var query = Fields()
        query.set("open", form["open"] ?? "")
        query.set("current", String(id))
        var model = try context.database.read { try treeModel(query, shell, context) }
        model.refusal = error.detail
        return .page(CategoryTreeView.html(model, in: shell), status: error.status)
    }
}

/// Reads the levels of the tree that are open.
struct CategoryLevels {
    let store: CategoryStore
    let open: Set<Int64>
    /// The level that this one stands in is shown from the one behind it on.
    let after: Category?

    func level(under parent: Int64?) throws -> CategoryTreeModel.Level {
        var filter = CategoryFilter()
        filter.parent = parent.map { .category($0) } ?? .top
        let sort = CategorySort()
        let start = after.flatMap { $0.parentID == parent ? $0 : nil }
        let size = CategoryTreePages.levelSize
        let found = try store.list(
            filter,
            sort,
            after: start.map { (sort.value(of: $0), $0.id) },
            limit: size + 1
        )
        let shown = Array(found.prefix(size))
        let figures = try store.figures(of: shown)
        return CategoryTreeModel.Level(
            rows: try shown.map { category in
                CategoryTreeModel.Row(
                    category: category,
                    figures: figures[category.id] ?? CategoryFigures(),
                    level: open.contains(category.id) && figures[category.id]?.children ?? 0 > 0
                        ? try level(under: category.id) : nil
                )
            },
            isContinued: start != nil,
            last: found.count > size ? shown.last?.id : nil
        )
    }
}
