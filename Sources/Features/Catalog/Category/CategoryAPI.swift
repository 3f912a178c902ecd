import AdminKit
import Database
import Identity
import Support
import Web

/// `/api/categories`: the tree level by level, or as a list; single records. Moves, merges and what stands in one are
/// in `CategoryActionAPI`.
enum CategoryAPI {
    static let routes: [AppRoute] =
        [listRoute, createRoute]
        + AppRoute.record(
            "/api/categories/{id:int}",
            "category",
            schema: "Category",
            read: .readProducts,
            write: .writeProducts,
            .init(
                show: show,
                merge: { try write($0, .merge, Request.mergePatchTypes) },
                replace: { try write($0, .replace, ["application/json"]) }
            )
        ) + [deleteRoute] + CategoryActionAPI.routes

    private static let listRoute = AppRoute(
        .get,
        "/api/categories",
        access: .permission(.readProducts),
        Operation(
            "Categories that match all filters: one level of the tree with `parent_id`, else all of them",
            parameters: [
                .init("parent_id", .count(), "only those directly below this one; 0 for the top of the tree"),
                .init("q", .text(length: 0...CategoryFilter.maxText), "every word somewhere in the name"),
                .init("active", .boolean(), "true for active, false for all others"),
                .init("slug_path", .text(length: 0...8000), "the one at this address, like wine/red-wine"),
                .init("counts", .choice(["0", "1"]), "1 adds how many children and products each has"),
                .sort(CategorySort.Key.allCases.map(\.rawValue), defaultValue: "sort_order"),
            ] + Operation.Parameter.paging,
            responses: [200: [.json("CategoryList")]]
        ),
        handler: list
    )

    private static let createRoute = AppRoute(
        .post,
        "/api/categories",
        access: .permission(.writeProducts),
        Operation(
            "Adds a category, at the end of its level",
            request: [.json("NewCategory")],
            responses: [201: [.json("Category")], 409: [.problem]],
            headers: [.etag, .location]
        ),
        handler: create
    )

    private static let deleteRoute = AppRoute(
        .delete,
        "/api/categories/{id:int}",
        access: .permission(.writeProducts),
        Operation(
            "Removes a category; its products stay",
            parameters: [
                .init(
                    "products",
                    .text(pattern: "^(parent|none|[0-9]{1,18})$"),
                    "where its products go: parent (default), none, or the id of another category",
                    example: "parent"
                ),
                .init("children", .choice(["up", "along"]), "up (default) puts them in its place, along removes them"),
                .init("confirm", .count(), "how many categories and products change; left out, 428 tells the number"),
            ],
            responses: [204: [], 409: [.problem], 412: [.problem], 428: [.problem]]
        ),
        handler: delete
    )

    // MARK: Reading

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, CategorySort.rules)
        let filter = try CategoryFilter(query.filters)
        let sort = CategorySort(query.sort)
        let after = try query.after.map { (values) throws(WebError) in try sort.place(values) }
        let store = CategoryStore(context.database)
        let names = CategoryNames(context.database)
        guard (query.filters["slug_path"]?.unicodeScalars.count ?? 0) <= 8000 else {
            throw WebError.badParameter("slug_path", "too_long", "'slug_path' takes at most 8,000 characters.")
        }
        return try context.database.read {
            var found: [Category]
            if let address = query.filters["slug_path"], !address.isEmpty {
                found = try store.find(slugPath: address).map { [$0] } ?? []
            } else {
                found = try store.list(filter, sort, after: after, limit: query.limit + 1)
            }
            let figures = try Self.wantsCounts(query) ? store.figures(of: Array(found.prefix(query.limit))) : [:]
            return try query.answer(
                found,
                total: { try store.count(filter) },
                cursor: sort.cursor,
                item: { category in
                    let json = try category.json(names)
                    guard let more = figures[category.id] else { return json }
                    return .object((json.members ?? []) + more.members)
                }
            )
        }
    }

    private static func wantsCounts(_ query: ListQuery) throws(WebError) -> Bool {
        switch query.filters["counts"] {
        case nil, "0": return false
        case "1": return true
        default: throw .badParameter("counts", "bad_boolean", "'counts' takes 1 or 0.")
        }
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let category = try find(context)
        try context.request.checkParameters([])
        return try answer(category, context)
    }

    /// The category that the path names. Throws 404.
    static func find(_ context: RequestContext) throws -> Category {
        let id = try context.parameters.int("id")
        guard let category = try CategoryStore(context.database).find(id) else { throw CategoryRefusal.missing }
        return category
    }

    static func answer(_ category: Category, _ context: RequestContext, status: Int = 200) throws -> Response {
        Response.json(try category.json(CategoryNames(context.database)), status: status)
            .tagged(category.entityTag, for: context.request)
    }

    // MARK: Writing

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        var (draft, problems) = CategoryBody(purpose: .create).draft(body, onto: nil, others: ["parent_id"])
        switch body["parent_id"] {
        case nil, .null: draft.parentID = nil
        case let json?:
            draft.parentID = json.intValue
            if json.intValue == nil {
                problems.append(Problem("parent_id", "wrong_type", "Belongs to must be an id or null."))
            }
        }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        let category = try CategoryRefusal.answered {
            try CategoryStore(context.database).insert(draft, writer)
        }
        return try answer(category, context, status: 201).with("Location", "/api/categories/\(category.id)")
    }

    @Sendable private static func write(
        _ context: RequestContext,
        _ purpose: CategoryBody.Purpose,
        _ types: [String]
    ) throws -> Response {
        let request = context.request
        let found = try find(context)
        let json = try request.json(types: types)
        try request.checkParameters([])
        let body = CategoryBody(purpose: purpose)
        let given = try found.json(CategoryNames(context.database))
        func edit(_ current: Category) throws -> Category {
            try request.requireMatch(current.entityTag)
            let (category, problems) = body.draft(json, onto: current, given: given)
            guard problems.isEmpty else { throw WebError.invalid(problems) }
            return category
        }
        // What is refused, or changes nothing, need not wait for those who write.
        guard try CategoryFields.differing(found, edit(found)).isEmpty == false else {
            return try answer(found, context)
        }
        let writer = try context.writeContext
        let category = try CategoryRefusal.answered {
            try CategoryStore(context.database).update(found.id, writer, edit)
        }
        return try answer(category, context)
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try find(context)
        try request.checkParameters(["products", "children", "confirm"])
        try request.requireMatch(found.entityTag)
        let products = try CategoryProducts(request.query["products"] ?? "parent")
        let children = try CategoryChildren(request.query["children"] ?? "up")
        let confirmed = try request.query["confirm"].map { (text) throws(WebError) in
            guard let number = Int64(text), number >= 0 else {
                throw .badParameter("confirm", "bad_number", "'confirm' takes the number of things that change.")
            }
            return number
        }
        let writer = try context.writeContext
        _ = try CategoryRefusal.answered {
            try CategoryStore(context.database).delete(
                found.id,
                products: products,
                children: children,
                confirmed: confirmed,
                writer
            ) { try request.requireMatch($0.entityTag) }
        }
        ProductSearch.indexAfterCommit(context.database)
        return .noContent
    }
}

extension CategoryProducts {
    /// - Parameter text: `parent`, `none`, or the id of a category. Throws 400.
    init(_ text: String) throws(WebError) {
        switch text {
        case "parent": self = .parent
        case "none": self = .none
        default:
            guard let id = Int64(text), id > 0 else {
                throw .badParameter("products", "bad_option", "'products' takes parent, none or the id of a category.")
            }
            self = .category(id)
        }
    }
}

extension CategoryChildren {
    /// - Parameter text: `up` or `along`. Throws 400.
    init(_ text: String) throws(WebError) {
        switch text {
        case "up": self = .up
        case "along": self = .along
        default: throw .badParameter("children", "bad_option", "'children' takes up or along.")
        }
    }
}
