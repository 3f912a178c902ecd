import AdminKit
import Database
import Identity
import Jobs
import Money
import RecordKit
import Records
import Support
import Web

/// What is done with one category as a whole: `/move`, `/merge`, `/restore`; and what stands in it: `/products`,
/// `/history`.
enum CategoryActionAPI {
    static let routes: [AppRoute] = [
        action(
            "/api/categories/{id:int}/move",
            "Puts a category, with all that stands below it, under another parent or elsewhere among its siblings",
            "CategoryMove",
            answer: "Category",
            move
        ),
        action(
            "/api/categories/{id:int}/merge",
            "Puts everything of a category into another one and removes it; its address leads to the other one",
            "CategoryMerge",
            answer: "Category",
            merge
        ),
        action(
            "/api/categories/{id:int}/restore",
            "Gives a category the fields and the place of an earlier version",
            "CategoryRestore",
            answer: "Category",
            restore
        ),
        AppRoute(
            .get,
            "/api/categories/{id:int}/products",
            access: .permission(.readProducts),
            Operation(
                "Products of a category",
                parameters: [
                    .init("descendants", .choice(["0", "1"]), "1 takes the categories below it too"), ProductAPI.sort,
                ] + Operation.Parameter.paging,
                responses: [200: [.json("ProductList")]]
            ),
            handler: products
        ),
        AppRoute(
            .get,
            "/api/categories/{id:int}/history",
            access: .permission(.readProducts),
            Operation(
                "Every version of a category that is still kept, newest first, with what it changed",
                parameters: Operation.Parameter.paging,
                responses: [200: [.json("CategoryHistory")]]
            ),
            handler: history
        ),
    ]

    private static func action(
        _ path: PathPattern,
        _ summary: String,
        _ request: String,
        answer: String,
        _ handler: @escaping AppRoute.Handler
    ) -> AppRoute {
        AppRoute(
            .post,
            path,
            access: .permission(.writeProducts),
            Operation(
                summary,
                request: [.json(request)],
                responses: [200: [.json(answer)], 409: [.problem]],
                headers: [.etag]
            ),
            handler: handler
        )
    }

    /// The members of a body that are ids; null and a member that is left out are nil.
    private static func ids(_ body: JSON, _ names: [String]) throws -> [String: Int64] {
        guard let members = body.members else {
            let detail = "Send an object with \(names.joined(separator: ", "))."
            throw WebError.invalid([Problem("", "not_an_object", detail)])
        }
        var problems: [Problem] = []
        var ids: [String: Int64] = [:]
        for member in members {
            guard names.contains(where: member.name.hasSameBytes) else {
                let name = member.name.shortened(to: 100)
                problems.append(Problem(name, "unknown_field", "There is no member '\(name)' here."))
                continue
            }
            if let id = member.value.intValue {
                ids[member.name] = id
            } else if !member.value.isNull {
                problems.append(Problem(member.name, "wrong_type", "'\(member.name)' must be an id."))
            }
        }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        return ids
    }

    @Sendable static func move(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try CategoryAPI.find(context)
        let body = try request.json()
        try request.checkParameters([])
        let ids = try ids(body, ["parent_id", "before", "after"])
        guard ids["before"] == nil || ids["after"] == nil else {
            throw WebError.invalid([Problem("after", "contradiction", "Send 'before' or 'after', not both.")])
        }
        let store = CategoryStore(context.database)
        let place: CategoryPlace = ids["before"].map { .before($0) } ?? ids["after"].map { .after($0) } ?? .last
        var parent = ids["parent_id"]
        // A sibling says under which parent, where nothing else does.
        if body["parent_id"] == nil {
            parent = found.parentID
            if let sibling = ids["before"] ?? ids["after"] {
                guard let beside = try store.find(sibling) else {
                    throw CategoryRefusal.error(.notASibling(sibling))
                }
                parent = beside.parentID
            }
        }
        let writer = try context.writeContext
        let moved = try CategoryRefusal.answered {
            try store.move(found.id, under: parent, at: place, writer) { try request.requireMatch($0.entityTag) }
        }
        return try CategoryAPI.answer(moved, context)
    }

    @Sendable static func merge(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try CategoryAPI.find(context)
        let body = try request.json()
        try request.checkParameters([])
        guard let into = try ids(body, ["into"])["into"] else {
            throw WebError.invalid([Problem("into", "required", "'into' is the id of the category that stays.")])
        }
        let writer = try context.writeContext
        let other = try CategoryRefusal.answered {
            try CategoryStore(context.database).merge(found.id, into: into, writer) {
                try request.requireMatch($0.entityTag)
            }.into
        }
        ProductSearch.indexAfterCommit(context.database)
        return try CategoryAPI.answer(other, context)
    }

    @Sendable static func restore(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try CategoryAPI.find(context)
        let body = try request.json()
        try request.checkParameters([])
        guard let version = try ids(body, ["version"])["version"] else {
            throw WebError.invalid([Problem("version", "required", "'version' is the number of an earlier version.")])
        }
        let writer = try context.writeContext
        let restored = try CategoryRefusal.answered {
            try CategoryRestore(context.database).restore(found.id, version, writer) {
                try request.requireMatch($0.entityTag)
            }
        }
        return try CategoryAPI.answer(restored, context)
    }

    @Sendable static func products(_ context: RequestContext) throws -> Response {
        let category = try CategoryAPI.find(context)
        let rules = ListRules(
            sorts: ProductSort.Key.allCases.map(\.rawValue),
            defaultSort: ListSort("id", descends: true),
            filters: ["descendants"]
        )
        let query = try ListQuery(context.request, rules)
        var filter = ProductFilter()
        var wanted = query.filters
        wanted.set("category_id", String(category.id))
        filter.category = try ProductFilterCategory(wanted)
        let sort = ProductSort(query.sort)
        let cursor = try query.after.map { (values) throws(WebError) in try ProductCursor(values, sort) }
        let store = ProductStore(context.database)
        let currency = try context.currency
        return try query.answer(
            try store.list(filter, sort, after: cursor, limit: query.limit + 1),
            total: { try store.count(filter) },
            cursor: { ProductCursor($0, sort).values(sort) },
            item: { $0.json(currency) }
        )
    }

    @Sendable static func history(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["version"], defaultSort: ListSort("version", descends: true), filters: [])
        let query = try ListQuery(context.request, rules)
        guard query.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Versions come newest first.")
        }
        let before = try query.entryID()
        let versions = CategoryVersions(context.database, try context.parameters.int("id"))
        return try context.database.read {
            let (changes, next) = try versions.page(before: before ?? .max, limit: query.limit)
            guard !changes.isEmpty || before != nil else { throw CategoryRefusal.missing }
            var names = try ActorNames(context)
            return .json(
                ListQuery.body(
                    items: try changes.map { change in
                        let revision = change.revision
                        return [
                            "version": .int(revision.version), "at": .string(revision.at.rfc3339),
                            "actor": .string(revision.actor),
                            "by": .string(try names.name(of: revision.actor)),
                            "change": .string(revision.change.rawValue),
                            "changes": .array(
                                change.fields.map { field, before, after in
                                    [
                                        "field": .string(field.name), "before": field.json(before, .euro),
                                        "after": field.json(after, .euro),
                                    ]
                                }
                            ),
                        ]
                    },
                    next: next.map { query.next(after: [.int($0)]) },
                    total: query.includesTotal ? try versions.count() : nil
                )
            )
        }
    }
}
