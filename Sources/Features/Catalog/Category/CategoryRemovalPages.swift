import AdminKit
import Database
import Identity
import Markup
import Records
import Support
import Web

/// The pages that ask before a category is merged into another one, or deleted.
enum CategoryRemovalPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.mergeCategory,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .page("Asks into which category one is merged"),
            handler: askToMerge
        ),
        AppRoute(
            .post,
            CatalogPath.mergeCategory,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .form("Merges a category into another one"),
            handler: merge
        ),
        AppRoute(
            .get,
            CatalogPath.deleteCategory,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .page("Confirmation page for deleting a category"),
            handler: askToDelete
        ),
        AppRoute(
            .post,
            CatalogPath.deleteCategory,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            .form("Deletes a category"),
            handler: delete
        ),
    ]

    // MARK: Merging

    @Sendable static func askToMerge(_ context: RequestContext) throws -> Response {
        let category = try CategoryAPI.find(context)
        try context.request.checkParameters([])
        return .page(try mergePage(category, context))
    }

    @Sendable static func merge(_ context: RequestContext) throws -> Response {
        let category = try CategoryAPI.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        let typed = form["into"] ?? ""
        let problem: String
        switch try CategoryNames(context.database).typed(typed) {
        case .failure(let fault): problem = fault.detail
        case .success(nil): problem = "Say which category stays."
        case .success(let into?):
            let writer = try context.writeContext
            do {
                _ = try CategoryStore(context.database).merge(category.id, into: into, writer)
                ProductSearch.indexAfterCommit(context.database)
                return .seeOther("\(CatalogPath.category(into))?done=merged")
            } catch let refusal as CategoryStore.Refusal where refusal != .missing {
                problem = CategoryRefusal.error(refusal).detail
            }
        }
        return .page(try mergePage(category, context, typed: typed, error: problem), status: 422)
    }

    private static func mergePage(
        _ category: Category,
        _ context: RequestContext,
        typed: String = "",
        error: String? = nil
    ) throws -> HTML {
        let removal = try CategoryStore(context.database).removal(of: category, children: .up)
        return CategoryRemovalView.merge(category, removal, typed: typed, error: error, in: try context.shell())
    }

    // MARK: Deleting

    @Sendable static func askToDelete(_ context: RequestContext) throws -> Response {
        let category = try CategoryAPI.find(context)
        try context.request.checkParameters(["children", "products", "to"])
        return .page(try deletePage(category, context.request.query, context))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let category = try CategoryAPI.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        let children = try CategoryChildren(form["children"] ?? "up")
        let products: CategoryProducts
        switch form["products"] {
        case "another":
            switch try CategoryNames(context.database).typed(form["to"] ?? "") {
            case .success(let id?): products = .category(id)
            case .success(nil):
                return try refused(category, form, "to", "Say which category gets the products.", context)
            case .failure(let fault): return try refused(category, form, "to", fault.detail, context)
            }
        case let word: products = try CategoryProducts(word ?? "parent")
        }
        guard let number = form["confirm"].flatMap({ Int64($0.filter { !", .\u{A0}".contains($0) }) }) else {
            return try refused(category, form, "confirm", "Type the number of categories and products.", context)
        }
        let writer = try context.writeContext
        do {
            _ = try CategoryStore(context.database).delete(
                category.id,
                products: products,
                children: children,
                confirmed: number,
                writer
            )
        } catch CategoryStore.Refusal.unconfirmed(let removal) {
            let detail = "\(Format.integer(removal.count)) categories and products would change: type that number."
            return try refused(category, form, "confirm", detail, context)
        } catch let refusal as CategoryStore.Refusal where refusal != .missing {
            return try refused(category, form, "confirm", CategoryRefusal.error(refusal).detail, context)
        }
        ProductSearch.indexAfterCommit(context.database)
        let open = category.line.dropLast().map(String.init).joined(separator: ",")
        return .seeOther("\(CatalogPath.categories)?\(open.isEmpty ? "" : "open=\(open)&")done=deleted")
    }

    private static func refused(
        _ category: Category,
        _ form: Fields,
        _ field: String,
        _ detail: String,
        _ context: RequestContext
    ) throws -> Response {
        .page(try deletePage(category, form, context, problem: Problem(field, "bad_option", detail)), status: 422)
    }

    private static func deletePage(
        _ category: Category,
        _ chosen: Fields,
        _ context: RequestContext,
        problem: Problem? = nil
    ) throws -> HTML {
        let children = try CategoryChildren(chosen["children"] ?? "up")
        let removal = try CategoryStore(context.database).removal(of: category, children: children)
        let model = CategoryDeleteModel(
            category: category,
            removal: removal,
            isAlong: children == .along,
            products: chosen["products"] ?? "parent",
            to: chosen["to"] ?? "",
            problem: problem
        )
        return CategoryRemovalView.delete(model, in: try context.shell())
    }
}
