import AdminKit
import Database
import Identity
import Markup
import Support
import Web

/// Saved views on the list of products, and the page that keeps them.
enum SavedViewPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.views,
            access: .permission(.readProducts),
            .page("Saved views of the list of products"),
            handler: list
        ),
        AppRoute(
            .post,
            CatalogPath.views,
            access: .permission(.readProducts),
            .form("Saves a view of the list of products"),
            handler: save
        ),
        AppRoute(
            .post,
            CatalogPath.deleteView,
            access: .permission(.readProducts),
            .form("Removes a saved view"),
            handler: delete
        ),
    ]

    /// The views of whoever looks at the list, and the way to save it.
    static func bar(_ state: ListState, _ context: RequestContext) throws -> SavedViewBar {
        let views = try SavedViewStore(context.database).all(of: try context.principal.user.id)
        return SavedViewBar(views: Array(views.prefix(12)), query: state.query.queryString)
    }

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["done", "query"])
        let flashes: [Flash] =
            switch context.request.query["done"] {
            case "saved": [Flash(.success, "The view was saved.")]
            case "deleted": [Flash(.success, "The view was removed.")]
            default: []
            }
        let shell = try context.shell(flashes: flashes)
        let fields = controls(name: "", isShared: false, shell)
        return .page(try page(context.request.query["query"] ?? "", fields, [], context, shell))
    }

    private static func controls(name: String, isShared: Bool, _ shell: Shell) -> [FormField] {
        let name = FormField("name", "Name", value: name, isRequired: true, maxLength: SavedView.mostName)
        guard shell.allows(.writeProducts) else { return [name] }
        return [name, FormField("is_shared", "All users see it", .checkbox, value: isShared ? "1" : "")]
    }

    private static func page(
        _ query: String,
        _ fields: [FormField],
        _ problems: [Problem],
        _ context: RequestContext,
        _ shell: Shell
    ) throws -> HTML {
        let user = try context.principal.user.id
        let views = try SavedViewStore(context.database).all(of: user)
        return SavedViewView.html(views, user: user, query: query, fields, problems, in: shell)
    }

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        var view = SavedView()
        view.userID = try context.principal.user.id
        view.isShared = form["is_shared"] == "1"
        let query = form["query"] ?? ""
        var problems = [
            SavedViewAPI.take(name: .string(form["name"] ?? ""), &view), SavedViewAPI.take(query: query, &view),
        ].compactMap { $0 }
        if problems.isEmpty {
            do {
                _ = try SavedViewAPI.save(view, context)
                return .seeOther("\(CatalogPath.views)?done=saved")
            } catch let error as WebError where error.status == 409 {
                problems = error.problems.isEmpty ? [Problem("", error.code ?? "", error.detail)] : error.problems
            }
        }
        let shell = try context.shell()
        let typed = controls(name: form["name"] ?? "", isShared: view.isShared, shell)
        let (fields, rest) = typed.showing(problems)
        return .page(try page(query, fields, rest, context, shell), status: 422)
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let id = try context.parameters.int("id")
        try context.request.checkParameters([])
        let user = try context.principal.user.id
        guard let view = try SavedViewStore(context.database).find(id, for: user) else { throw SavedViewAPI.missing }
        try SavedViewAPI.remove(view, context) { _ in }
        return .seeOther("\(CatalogPath.views)?done=deleted")
    }
}

/// The views above a list.
package struct SavedViewBar: Sendable, Equatable {
    var views: [SavedView]
    /// That of the list as it stands.
    var query: String

    var html: HTML {
        let save = Link("Save this view", "\(CatalogPath.views)?query=\(query.percentEncoded)")
        return """
            <nav class="actions" aria-label="Saved views">\(each: views, { view in
                "\(Link(view.name, SavedViewView.address(view)).html) "
            })\(save.html)</nav>
            """
    }
}

/// The page of saved views.
enum SavedViewView {
    static func address(_ view: SavedView) -> String {
        view.query.isEmpty ? CatalogPath.products.description : "\(CatalogPath.products)?\(view.query)"
    }

    static func html(
        _ views: [SavedView],
        user: Int64,
        query: String,
        _ fields: [FormField],
        _ problems: [Problem],
        in shell: Shell
    ) -> HTML {
        Page(
            "Saved views",
            parent: Link("Products", CatalogPath.products.description),
            errors: ErrorSummary(fields, general: problems).html,
            content: """
                \(views.isEmpty
                    ? EmptyState("No saved views yet", "Filter the products, then choose “Save this view”.").html
                    : table(views, user, shell))
                <section class="stack" aria-labelledby="save-title"><h2 id="save-title">Save a view</h2>
                <p class="quiet">\(query.isEmpty
                    ? "Of all products, the newest first. Filter the list first to save another one."
                    : "With the filters and the order of the list that you come from.")</p>
                \(Form(
                    action: CatalogPath.views.description,
                    csrf: shell.csrf,
                    fields: fields,
                    hidden: [Form.Hidden("query", query)],
                    submit: "Save view"
                ).html)
                </section>
                """
        ).html(in: shell)
    }

    private static func table(_ views: [SavedView], _ user: Int64, _ shell: Shell) -> HTML {
        Table(
            "Saved views",
            columns: [
                Column<SavedView>("Name", style: "wide", isRowHeading: true) { Link($0.name, address($0)).html },
                Column("Who sees it") {
                    $0.isShared ? ($0.userID == user ? "All users" : "Shared by another user") : "You"
                },
                Column("Saved", style: "nowrap") { Time($0.updatedAt).html },
                Column("Remove") { view in
                    guard view.userID == user || shell.allows(.writeProducts) else { return .absent }
                    return Form.button(
                        "Remove \(view.name)",
                        action: CatalogPath.deleteView(view.id).description,
                        csrf: shell.csrf,
                        style: .quietDanger
                    )
                },
            ],
            rows: views,
            style: "people"
        ).html
    }
}
