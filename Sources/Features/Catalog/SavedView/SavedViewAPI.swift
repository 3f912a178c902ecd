import AdminKit
import Database
import Identity
import Support
import Web

/// `/api/views`: lists of products under a name, a user's own and those that others share.
enum SavedViewAPI {
    static let routes: [AppRoute] =
        [
            AppRoute(
                .get,
                "/api/views",
                access: .permission(.readProducts),
                Operation(
                    "Your saved views, and those that others share, by name",
                    parameters: Operation.Parameter.paging,
                    responses: [200: [.json("SavedViewList")]]
                ),
                handler: list
            ),
            AppRoute(
                .post,
                "/api/views",
                access: .permission(.readProducts),
                Operation(
                    "Saves a view",
                    request: [.json("NewSavedView")],
                    responses: [201: [.json("SavedView")], 409: [.problem]],
                    headers: [.etag, .location]
                ),
                handler: create
            ),
        ]
        + AppRoute.record(
            "/api/views/{id:int}",
            "saved view",
            schema: "SavedView",
            read: .readProducts,
            write: .readProducts,
            .init(
                show: show,
                merge: { try write($0, isWhole: false, Request.mergePatchTypes) },
                replace: { try write($0, isWhole: true, ["application/json"]) },
                delete: delete
            )
        )

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, MetafieldDefinitionAPI.rules)
        let user = try context.principal.user.id
        return try query.slice(try SavedViewStore(context.database).all(of: user)) { $0.json }
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let view = try find(context)
        try context.request.checkParameters([])
        return .json(view.json).tagged(view.entityTag, for: context.request)
    }

    private static func find(_ context: RequestContext) throws -> SavedView {
        let id = try context.parameters.int("id")
        let user = try context.principal.user.id
        guard let view = try SavedViewStore(context.database).find(id, for: user) else { throw missing }
        return view
    }

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let json = try context.request.json()
        try context.request.checkParameters([])
        var blank = SavedView()
        blank.userID = try context.principal.user.id
        let added = try save(try draft(json, onto: blank, isNew: true, isWhole: true, context), context)
        return Response.json(added.json, status: 201)
            .with("Location", "/api/views/\(added.id)")
            .tagged(added.entityTag, for: context.request)
    }

    /// Stores a new view. Throws 409, and 403 where it would be shared without the permission.
    static func save(_ view: SavedView, _ context: RequestContext) throws -> SavedView {
        try requireSharing(view, context)
        let writer = try context.writeContext
        return try answered { try SavedViewStore(context.database).insert(view, writer) }
    }

    private static func write(_ context: RequestContext, isWhole: Bool, _ types: [String]) throws -> Response {
        let request = context.request
        let found = try find(context)
        let json = try request.json(types: types)
        try request.checkParameters([])
        func edit(_ current: SavedView) throws -> SavedView {
            try request.requireMatch(current.entityTag)
            let wanted = try draft(json, onto: current, isNew: false, isWhole: isWhole, context)
            if wanted != current { try requireOwn(current, context) }
            if wanted.isShared { try requireSharing(wanted, context) }
            return wanted
        }
        guard try edit(found) != found else { return .json(found.json).tagged(found.entityTag, for: request) }
        let writer = try context.writeContext
        let stored = try answered {
            try SavedViewStore(context.database).update(found.id, for: context.principal.user.id, writer, edit)
        }
        return .json(stored.json).tagged(stored.entityTag, for: request)
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try find(context)
        try request.checkParameters([])
        try remove(found, context) { try request.requireMatch($0.entityTag) }
        return .noContent
    }

    /// Removes a view. Throws 403 for one of another user.
    static func remove(_ view: SavedView, _ context: RequestContext, _ check: (SavedView) throws -> Void) throws {
        let writer = try context.writeContext
        try answered {
            try SavedViewStore(context.database).delete(view.id, for: context.principal.user.id, writer) { current in
                try check(current)
                try requireOwn(current, context)
            }
        }
    }

    // MARK: What is refused

    static let missing = WebError(404, "not_found", "There is no such view, or it is another user's and not shared.")

    private static func requireOwn(_ view: SavedView, _ context: RequestContext) throws {
        guard try context.principal.user.id != view.userID else { return }
        // What editors share is theirs together.
        guard view.isShared, try context.principal.holds(.writeProducts) else {
            throw WebError(403, "forbidden", "The view is another user's: save one of your own.")
        }
    }

    private static func requireSharing(_ view: SavedView, _ context: RequestContext) throws {
        guard view.isShared, try !context.principal.holds(.writeProducts) else { return }
        throw WebError(403, "forbidden", "To share a view takes the permission write:products; save it for yourself.")
    }

    private static func answered<T>(_ write: () throws -> T) throws -> T {
        do {
            return try write()
        } catch SavedViewStore.Refusal.missing {
            throw missing
        } catch SavedViewStore.Refusal.nameTaken(let id) {
            let detail = "You have a view with this name: choose another one."
            throw WebError(
                409,
                "view_taken",
                detail,
                problems: [Problem("name", "view_taken", detail)],
                members: [JSON.Member("existing_id", .int(id))]
            )
        } catch SavedViewStore.Refusal.tooMany {
            throw WebError(409, "too_many_views", "You have \(SavedView.most) views already: remove one.")
        }
    }

    // MARK: Bodies

    private static let readOnly = ["id", "user_id", "version", "created_at", "updated_at"]

    private static func draft(
        _ json: JSON,
        onto current: SavedView,
        isNew: Bool,
        isWhole: Bool,
        _ context: RequestContext
    ) throws -> SavedView {
        guard let members = json.members else {
            let example = "{\"name\": \"Drafts\", \"query\": \"status=draft\"}"
            throw WebError.invalid([Problem("", "not_an_object", "A view is an object, like \(example).")])
        }
        var view = current
        if isWhole { (view.query, view.isShared) = ("", false) }
        var problems: [Problem] = []
        for member in members {
            let name = member.name.shortened(to: 100)
            switch member.name {
            case "name": if let problem = take(name: member.value, &view) { problems.append(problem) }
            case "query":
                if let problem = take(query: member.value.stringValue ?? "?", &view) { problems.append(problem) }
            case "is_shared":
                guard let flag = member.value.boolValue else {
                    problems.append(Problem(name, "bad_boolean", "'is_shared' is true or false."))
                    continue
                }
                view.isShared = flag
            case _ where !isNew && readOnly.contains(where: member.name.hasSameBytes):
                if current.json[member.name].map(member.value.isUnchanged) == true { continue }
                problems.append(Problem(name, "read_only", "'\(name)' is given by Bodega: leave it out."))
            default: problems.append(Problem(name, "unknown_field", "A view has no member '\(name)'."))
            }
        }
        if isWhole, json["name"] == nil { problems.append(Problem("name", "required", "The name is missing.")) }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        return view
    }

    static func take(name json: JSON, _ view: inout SavedView) -> Problem? {
        guard let name = json.stringValue?.trimmed, !name.isEmpty, name.unicodeScalars.count <= SavedView.mostName,
            !name.hasControlCharacters
        else {
            return Problem("name", "wrong_type", "The name is one line of at most \(SavedView.mostName) characters.")
        }
        view.name = name
        return nil
    }

    /// Takes the filters and the order of an address; what the list of products does not know is refused.
    static func take(query text: String, _ view: inout SavedView) -> Problem? {
        guard text.utf8.count <= SavedView.mostQuery, let request = Request(.get, "/products?\(text)") else {
            return Problem(
                "query",
                "bad_query",
                "The query is that of a list of products, like status=draft&sort=-price."
            )
        }
        let known = ProductListPages.parameters(in: request.query)
        if let unknown = request.query.names.first(where: { !known.contains($0) }) {
            let name = unknown.shortened(to: 100)
            return Problem("query", "bad_query", "The list of products has no parameter '\(name)'.")
        }
        view.query = request.query.queryString
        return nil
    }

    static let schemas: [NamedSchema] = [
        NamedSchema("SavedView", .object(given.prefix(2) + writable + given.dropFirst(2)).example(example)),
        NamedSchema("SavedViewList", .page(of: "SavedView", example: example)),
        NamedSchema(
            "NewSavedView",
            .object(writable, required: ["name"]).example(["name": "Drafts", "query": "status=draft&sort=-updated_at"])
        ),
        NamedSchema(
            "SavedViewChange",
            .object(writable + fixed, required: [], "JSON Merge Patch (RFC 7396): what is left out stays.")
                .example(["name": "Drafts by price"])
        ),
        NamedSchema(
            "SavedViewReplacement",
            .object(writable + fixed, required: ["name"]).example(["name": "Drafts", "query": "status=draft"])
        ),
    ]

    private static let writable: [(name: String, schema: Schema)] = [
        ("name", .text(length: 1...SavedView.mostName)),
        (
            "query",
            .text("Filters and order, as in the address of the page of products.", length: 0...SavedView.mostQuery)
        ),
        ("is_shared", .boolean("Whether all users see it; takes write:products.")),
    ]

    private static let given: [(name: String, schema: Schema)] = [
        ("id", .integer(nil, 1...Int64.max)), ("user_id", .integer("Whose it is.", 1...Int64.max)),
        ("version", .integer("Grows with each change; stands in the ETag.", 1...Int64.max)),
        ("created_at", .time()), ("updated_at", .time()),
    ]

    private static let fixed = given.map { ($0.name, $0.schema.with("readOnly", true)) }

    private static let example: JSON = [
        "id": 4, "user_id": 1, "name": "Drafts", "query": "status=draft&sort=-updated_at", "is_shared": false,
        "version": 1, "created_at": "2026-11-30T17:03:50.516Z", "updated_at": "2026-11-30T17:03:50.516Z",
    ]
}
