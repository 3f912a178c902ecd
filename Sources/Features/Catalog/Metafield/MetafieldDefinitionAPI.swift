import AdminKit
import Database
import Identity
import RecordKit
import Support
import Web

/// `/api/metafield-definitions`: what metafields are called and what their values are.
enum MetafieldDefinitionAPI {
    static let routes: [AppRoute] =
        [
            AppRoute(
                .get,
                "/api/metafield-definitions",
                access: .permission(.readProducts),
                Operation(
                    "All definitions of metafields in their order",
                    parameters: Operation.Parameter.paging,
                    responses: [200: [.json("MetafieldDefinitionList")]]
                ),
                handler: list
            ),
            AppRoute(
                .post,
                "/api/metafield-definitions",
                access: .permission(.writeProducts),
                Operation(
                    "Defines a metafield",
                    request: [.json("NewMetafieldDefinition")],
                    responses: [201: [.json("MetafieldDefinition")], 409: [.problem]],
                    headers: [.etag, .location]
                ),
                handler: create
            ),
        ]
        + AppRoute.record(
            "/api/metafield-definitions/{id:int}",
            "definition of a metafield",
            schema: "MetafieldDefinition",
            read: .readProducts,
            write: .writeProducts,
            .init(
                show: show,
                merge: { try write($0, .merge, Request.mergePatchTypes) },
                replace: { try write($0, .replace, ["application/json"]) },
                delete: delete
            )
        )

    /// The only order is that of the definitions; a cursor is a place in it.
    static let rules = ListRules(sorts: ["order"], defaultSort: ListSort("order"), filters: [])

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, rules)
        return try query.slice(try MetafieldDefinitionStore(context.database).all()) { $0.json }
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let definition = try find(context)
        try context.request.checkParameters([])
        return .json(definition.json).tagged(definition.entityTag, for: context.request)
    }

    /// The definition that the path names. Throws 404.
    static func find(_ context: RequestContext) throws -> MetafieldDefinition {
        let id = try context.parameters.int("id")
        guard let definition = try MetafieldDefinitionStore(context.database).find(id) else {
            throw MetafieldRefusal.noDefinition
        }
        return definition
    }

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        let references = MetafieldReferences(context.database)
        let reading = MetafieldDefinitionBody(purpose: .create, currency: try context.currency, references: references)
        let (draft, problems) = try reading.draft(body, onto: nil)
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        let added = try MetafieldRefusal.answered {
            try MetafieldDefinitionStore(context.database).insert(draft, writer)
        }
        return Response.json(added.json, status: 201)
            .with("Location", "/api/metafield-definitions/\(added.id)")
            .tagged(added.entityTag, for: context.request)
    }

    private static func write(
        _ context: RequestContext,
        _ purpose: MetafieldDefinitionBody.Purpose,
        _ types: [String]
    ) throws -> Response {
        let request = context.request
        let found = try find(context)
        let json = try request.json(types: types)
        try request.checkParameters([])
        let references = MetafieldReferences(context.database)
        let body = MetafieldDefinitionBody(purpose: purpose, currency: try context.currency, references: references)
        func edit(_ current: MetafieldDefinition) throws -> MetafieldDefinition {
            try request.requireMatch(current.entityTag)
            let (definition, problems) = try body.draft(json, onto: current)
            guard problems.isEmpty else { throw WebError.invalid(problems) }
            return definition
        }
        // What is refused, or changes nothing, need not wait for those who write.
        guard try edit(found) != found else {
            return .json(found.json).tagged(found.entityTag, for: request)
        }
        let writer = try context.writeContext
        let stored = try MetafieldRefusal.answered {
            try MetafieldDefinitionStore(context.database).update(found.id, writer, edit)
        }
        return .json(stored.json).tagged(stored.entityTag, for: request)
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try find(context)
        try request.checkParameters([])
        let writer = try context.writeContext
        try MetafieldRefusal.answered {
            try MetafieldDefinitionStore(context.database).delete(found.id, writer) {
                try request.requireMatch($0.entityTag)
            }
        }
        return .noContent
    }
}

extension ListQuery {
    /// The page of a list that is read whole because it is short; a cursor is a place in it. Throws 400 `bad_cursor`.
    func slice<Record>(_ all: [Record], item: (Record) throws -> JSON) throws -> Response {
        guard !sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "This list has one order: leave 'sort' out.")
        }
        let start = Int(clamping: try entryID() ?? 0)
        guard start >= 0, start <= all.count else { throw WebError.badCursor }
        let rest = Array(all.enumerated().dropFirst(start).prefix(limit + 1))
        return try answer(
            rest,
            total: { Int64(all.count) },
            cursor: { [.int(Int64($0.offset) + 1)] },
            item: { try item($0.element) }
        )
    }
}
