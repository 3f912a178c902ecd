import AdminKit
import Database
import Identity
import Markup
import RecordKit
import Support
import Web

/// The pages of definitions: the list, the form, and the question before one is removed.
enum MetafieldDefinitionPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CatalogPath.metafields,
            access: .permission(.readProducts),
            .page("Definitions of metafields"),
            handler: list
        ),
        route(.get, CatalogPath.newMetafield, .page("The form of a new definition of a metafield"), new),
        route(.post, CatalogPath.newMetafield, .form("Defines a metafield"), create),
        route(.get, CatalogPath.metafield, .page("The form of a definition of a metafield"), edit),
        route(.post, CatalogPath.metafield, .form("Changes a definition of a metafield"), save),
        route(.get, CatalogPath.deleteMetafield, .page("Confirmation page for removing a definition"), askToDelete),
        route(.post, CatalogPath.deleteMetafield, .form("Removes a definition of a metafield"), delete),
    ]

    private static func route(
        _ method: Web.Method,
        _ path: PathPattern,
        _ operation: Operation,
        _ handler: @escaping AppRoute.Handler
    ) -> AppRoute {
        AppRoute(
            method,
            path,
            access: .permission(.writeProducts),
            needs: .seeingProducts,
            operation,
            handler: handler
        )
    }

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["done"])
        let store = MetafieldDefinitionStore(context.database)
        let rows = try store.all().map { definition in
            MetafieldDefinitionView.Row(definition: definition, products: try store.products(definition.name))
        }
        let flashes: [Flash] =
            switch context.request.query["done"] {
            case "created": [Flash(.success, "The metafield was defined.")]
            case "saved": [Flash(.success, "The definition was saved.")]
            case "deleted": [Flash(.success, "The definition was removed; the values stay.")]
            default: []
            }
        return .page(MetafieldDefinitionView.list(rows, in: try context.shell(flashes: flashes)))
    }

    // MARK: A new one

    @Sendable static func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["type"])
        guard let type = context.request.query["type"].flatMap({ MetafieldType($0) }) else {
            return .page(MetafieldDefinitionView.types(in: try context.shell()))
        }
        let fields = MetafieldDefinitionForm(type: type, isNew: true).fields(MetafieldDefinition())
        return .page(MetafieldDefinitionView.new(type, fields, [], in: try context.shell()))
    }

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let type = form["type"].flatMap({ MetafieldType($0) }) else {
            throw WebError.badRequest("bad_type", "The form does not say which type the values have.")
        }
        let asked = MetafieldDefinitionForm(type: type, isNew: true)
        do {
            let (draft, problems) = try body(.create, context).draft(asked.body(form), onto: nil)
            guard problems.isEmpty else { throw WebError.invalid(problems) }
            let writer = try context.writeContext
            _ = try MetafieldRefusal.answered { try MetafieldDefinitionStore(context.database).insert(draft, writer) }
            return .seeOther("\(CatalogPath.metafields)?done=created")
        } catch let error as WebError where error.status == 422 || error.status == 409 {
            let (fields, rest) = asked.fields(form).showing(problems(error))
            return .page(MetafieldDefinitionView.new(type, fields, rest, in: try context.shell()), status: 422)
        }
    }

    private static func body(
        _ purpose: MetafieldDefinitionBody.Purpose,
        _ context: RequestContext
    ) throws -> MetafieldDefinitionBody {
        let references = MetafieldReferences(context.database)
        return MetafieldDefinitionBody(purpose: purpose, currency: try context.currency, references: references)
    }

    private static func problems(_ error: WebError) -> [Problem] {
        let all = error.problems.isEmpty ? [Problem("", error.code ?? "", error.detail)] : error.problems
        return MetafieldDefinitionForm.atControls(all)
    }

    // MARK: One

    @Sendable static func edit(_ context: RequestContext) throws -> Response {
        let definition = try MetafieldDefinitionAPI.find(context)
        try context.request.checkParameters([])
        let fields = MetafieldDefinitionForm(type: definition.type, isNew: false).fields(definition)
        return .page(MetafieldDefinitionView.edit(definition, fields, [], in: try context.shell()))
    }

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let found = try MetafieldDefinitionAPI.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        let asked = MetafieldDefinitionForm(type: found.type, isNew: false)
        do {
            let reading = try body(.replace, context)
            let writer = try context.writeContext
            _ = try MetafieldRefusal.answered {
                try MetafieldDefinitionStore(context.database).update(found.id, writer) { current in
                    guard form["version"] == String(current.version) else { throw changedMeanwhile }
                    let (draft, problems) = try reading.draft(asked.body(form), onto: current)
                    guard problems.isEmpty else { throw WebError.invalid(problems) }
                    return draft
                }
            }
            return .seeOther("\(CatalogPath.metafields)?done=saved")
        } catch let error as WebError where error.status == 422 || error.status == 409 {
            let (fields, rest) = asked.fields(form).showing(problems(error))
            return .page(
                MetafieldDefinitionView.edit(found, fields, rest, in: try context.shell()),
                status: error.status
            )
        }
    }

    private static let changedMeanwhile = WebError(
        409,
        "changed_meanwhile",
        "Another user has changed this definition meanwhile. What you typed is below; save it again to replace that."
    )

    @Sendable static func askToDelete(_ context: RequestContext) throws -> Response {
        let definition = try MetafieldDefinitionAPI.find(context)
        try context.request.checkParameters([])
        let products = try MetafieldDefinitionStore(context.database).products(definition.name)
        return .page(MetafieldDefinitionView.delete(definition, products: products, in: try context.shell()))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let definition = try MetafieldDefinitionAPI.find(context)
        try context.request.checkParameters([])
        let writer = try context.writeContext
        try MetafieldRefusal.answered {
            try MetafieldDefinitionStore(context.database).delete(definition.id, writer) { _ in }
        }
        return .seeOther("\(CatalogPath.metafields)?done=deleted")
    }
}
