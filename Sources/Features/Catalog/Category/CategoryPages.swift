import AdminKit
import Database
import Identity
import Markup
import Money
import RecordKit
import Records
import Support
import Web

/// The pages of single categories.
enum CategoryPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.newCategory,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .page("The form of a new category"),
            handler: new
        ),
        AppRoute(
            .post,
            CatalogPath.newCategory,
            access: .permission(.writeProducts),
            .form("Adds a category"),
            handler: create
        ),
        AppRoute(.get, CatalogPath.category, access: .permission(.readProducts), .page("One category"), handler: show),
        AppRoute(
            .post,
            CatalogPath.category,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .form("Changes a category"),
            handler: save
        ),
        AppRoute(
            .post,
            CatalogPath.restoreCategory,
            access: .permission(.writeProducts),
            .form("Gives a category the fields and the place of an earlier version"),
            handler: restore
        ),
    ]

    // MARK: A new category

    @Sendable static func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["parent"])
        let names = CategoryNames(context.database)
        let parent = try context.request.query["parent"].flatMap { Int64($0) }.flatMap { try names.path(of: $0) }
        let fields = CategoryForm.fields(Category()) + [CategoryForm.parent(parent ?? "")]
        let model = CategoryEditModel(fields: fields, canWrite: true)
        return .page(CategoryEditView.html(model, in: try context.shell()))
    }

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        var (draft, problems) = CategoryForm.draft(form, onto: Category())
        switch try CategoryNames(context.database).typed(form["parent"] ?? "") {
        case .success(let id): draft.parentID = id
        case .failure(let fault): problems.append(Problem("parent", fault.code, fault.detail))
        }
        if problems.isEmpty {
            do {
                let category = try CategoryStore(context.database).insert(draft, try context.writeContext)
                return .seeOther("\(CatalogPath.category(category.id))?done=created")
            } catch let refusal as CategoryStore.Refusal {
                problems = formProblems(refusal)
            }
        }
        let controls = CategoryForm.fields(form) + [CategoryForm.parent(form["parent"] ?? "")]
        let (fields, rest) = controls.showing(problems)
        let model = CategoryEditModel(fields: fields, problems: rest, canWrite: true)
        return .page(CategoryEditView.html(model, in: try context.shell()), status: 422)
    }

    /// Those of the API, at the fields of the form.
    private static func formProblems(_ refusal: CategoryStore.Refusal) -> [Problem] {
        CategoryRefusal.error(refusal).problems.map { problem in
            Problem(problem.field == "parent_id" ? "parent" : problem.field, problem.code, problem.detail)
        }
    }

    // MARK: One category

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let category = try CategoryAPI.find(context)
        try context.request.checkParameters(["done"])
        let flashes: [Flash] =
            switch context.request.query["done"] {
            case "created": [Flash(.success, "The category was created.")]
            case "saved": [Flash(.success, "Your changes were saved.")]
            case "merged": [Flash(.success, "The other category was merged into this one.")]
            case "restored": [Flash(.success, "The earlier version was restored as a new one.")]
            case "stale": [Flash(.warning, "Another user changed this category meanwhile. Nothing was restored.")]
            case "refused":
                [Flash(.warning, "Its parent of that time is gone, or has another category with its slug now.")]
            case "expired": [Flash(.warning, "The history does not reach that far back any more.")]
            default: []
            }
        return .page(try page(category, context, flashes: flashes))
    }

    /// Somebody saved after the form was made.
    private struct StaleForm: Error {}

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let found = try CategoryAPI.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let seen = form["version"].flatMap({ Int64($0) }) else {
            throw WebError.badRequest("no_version", "The form does not say which version it was made from.")
        }
        let (_, problems) = CategoryForm.draft(form, onto: found)
        guard problems.isEmpty else { return try refused(found, form, problems, context) }
        do {
            _ = try CategoryStore(context.database).update(found.id, try context.writeContext) { current in
                guard current.version == seen else { throw StaleForm() }
                return CategoryForm.draft(form, onto: current).category
            }
            return .seeOther("\(CatalogPath.category(found.id))?done=saved")
        } catch is StaleForm {
            let html = try page(found, context) { model in
                model.fields = CategoryForm.fields(form)
                model.isStale = true
            }
            return .page(html, status: 409)
        } catch let refusal as CategoryStore.Refusal {
            let error = CategoryRefusal.error(refusal)
            guard error.status != 404 else { throw error }
            return try refused(found, form, error.problems, context)
        }
    }

    private static func refused(
        _ category: Category,
        _ form: Fields,
        _ problems: [Problem],
        _ context: RequestContext
    ) throws -> Response {
        let html = try page(category, context) { model in
            (model.fields, model.problems) = CategoryForm.fields(form).showing(problems)
        }
        return .page(html, status: 422)
    }

    /// Children, and products, that the page of a category shows.
    private static let shownChildren = 50
    private static let shownProducts = 10

    private static func page(
        _ category: Category,
        _ context: RequestContext,
        flashes: [Flash] = [],
        _ change: (inout CategoryEditModel) -> Void = { _ in }
    ) throws -> HTML {
        let shell = try context.shell(flashes: flashes)
        var model = CategoryEditModel(
            stored: try context.database.read { try stored(category, context) },
            fields: CategoryForm.fields(category),
            canWrite: shell.allows(.writeProducts)
        )
        change(&model)
        return CategoryEditView.html(model, in: shell)
    }

    private static func stored(_ category: Category, _ context: RequestContext) throws -> CategoryEditModel.Stored {
        let store = CategoryStore(context.database)
        let currency = try context.currency
        var below = CategoryFilter()
        below.parent = .category(category.id)
        let children = try store.list(below, limit: shownChildren)
        let figures = try store.figures(of: [category] + children)
        let names = Dictionary(try store.find(category.line).map { ($0.id, $0.name) }) { first, _ in first }
        var filter = ProductFilter()
        filter.category = ProductFilterCategory(id: category.id, hasDescendants: true)
        return CategoryEditModel.Stored(
            category: category,
            line: category.line.map { ($0, names[$0] ?? "") },
            figures: figures[category.id] ?? CategoryFigures(),
            children: children.map { child in
                CategoryTreeModel.Row(category: child, figures: figures[child.id] ?? CategoryFigures())
            },
            products: try ProductStore(context.database).list(filter, limit: shownProducts)
                .map { ProductRow($0, currency) },
            currency: currency.code,
            revisions: try history(category, context)
        )
    }

    private static func history(_ category: Category, _ context: RequestContext) throws -> [ProductRevisionRow] {
        let names = CategoryNames(context.database)
        var actors = try ActorNames(context)
        func shown(_ field: RecordField, _ value: RecordValue) throws -> String? {
            guard value != .none else { return nil }
            if case .reference = field.kind, case .integer(let id) = value {
                return try names.text(of: id) ?? "A category that was deleted"
            }
            let text = field.text(value, .euro)
            return field.kind == .attributes ? (try? CustomAttributes(stored: text))?.lines ?? text : text
        }
        return try CategoryVersions(context.database, category.id).page(before: .max, limit: 50).changes.map { change in
            // A number that only says the order is none that people read.
            let isOrder = change.fields.contains { $0.field.name == "sort_order" }
            var changes = try change.fields.filter { $0.field.name != "sort_order" }.map { field, before, after in
                ProductRevisionRow.Change(
                    label: field.label,
                    before: try shown(field, before),
                    after: try shown(field, after)
                )
            }
            if isOrder, changes.isEmpty {
                changes.append(.init(label: "Order", before: "its former place", after: "another place"))
            }
            return ProductRevisionRow(
                version: change.revision.version,
                at: change.revision.at,
                actor: try actors.name(of: change.revision.actor),
                kind: change.revision.change.rawValue,
                changes: change.revision.change == .create ? [] : changes
            )
        }
    }

    // MARK: Going back

    @Sendable static func restore(_ context: RequestContext) throws -> Response {
        let category = try CategoryAPI.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let version = form["version"].flatMap({ Int64($0) }), let seen = form["seen"].flatMap({ Int64($0) })
        else {
            throw WebError.badRequest("no_version", "The form does not say which version it means.")
        }
        let done: String
        do {
            _ = try CategoryRestore(context.database).restore(category.id, version, try context.writeContext) {
                if $0.version != seen { throw StaleForm() }
            }
            done = "restored"
        } catch is StaleForm {
            done = "stale"
        } catch let refusal as CategoryStore.Refusal where refusal != .missing {
            done = "refused"
        } catch let error as WebError where error.code == "history_expired" {
            done = "expired"
        }
        return .seeOther("\(CatalogPath.category(category.id))?done=\(done)")
    }
}
