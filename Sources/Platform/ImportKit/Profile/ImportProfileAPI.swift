import Database
import Identity
import ImportEngine
import RecordKit
import Support
import Web

/// `/api/import-profiles`: how files of one kind are read.
enum ImportProfileAPI {
    static let routes: [AppRoute] =
        [
            AppRoute(
                .get,
                "/api/import-profiles",
                access: .permission(.readJobs),
                Operation(
                    "The saved profiles",
                    parameters: [
                        .sort(ImportProfileStore.Sort.allCases.map(\.rawValue), defaultValue: "name")
                    ] + Operation.Parameter.paging,
                    responses: [200: [.json("ImportProfileList")]]
                ),
                handler: list
            ),
            AppRoute(
                .post,
                "/api/import-profiles",
                access: .permission(.runImports),
                Operation(
                    "Saves a profile",
                    request: [.json("NewImportProfile")],
                    responses: [201: [.json("ImportProfile")], 409: [.problem]],
                    headers: [.etag, .location]
                ),
                handler: create
            ),
        ] + records

    private static let records = AppRoute.record(
        "/api/import-profiles/{id:int}",
        "profile",
        schema: "ImportProfile",
        read: .readJobs,
        write: .runImports,
        .init(show: show, merge: merge, replace: replace, delete: delete)
    )

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(
            sorts: ImportProfileStore.Sort.allCases.map(\.rawValue),
            defaultSort: ListSort("name"),
            filters: []
        )
        let query = try ListQuery(context.request, rules)
        let sort = ImportProfileStore.Sort(rawValue: query.sort.key) ?? .name
        let after = try query.after.map { (values) throws(WebError) in try cursor(values, sort) }
        let store = try context.importProfiles
        let found = try store.list(sort, descends: query.sort.descends, after: after, limit: query.limit + 1)
        let shown = found.prefix(query.limit)
        let last = found.count > query.limit ? shown.last : nil
        return .json(
            ListQuery.body(
                items: shown.map(\.json),
                next: last.map { profile in
                    let value: JSON = sort == .id ? .int(profile.id) : .string(ImportProfile.nameKey(profile.name))
                    return query.next(after: [value, .int(profile.id)])
                },
                total: query.includesTotal ? try store.count() : nil
            )
        )
    }

    static func cursor(
        _ values: [JSON],
        _ sort: ImportProfileStore.Sort
    ) throws(WebError) -> (value: DatabaseValue, id: Int64) {
        guard values.count == 2, let id = values[1].intValue else { throw .badCursor }
        switch (sort, values[0]) {
        case (.name, .string(let name)): return (.text(name), id)
        case (.id, .number): return (.integer(id), id)
        default: throw .badCursor
        }
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let profile = try find(context)
        try context.request.checkParameters([])
        return .json(profile.json).tagged(profile.entityTag, for: context.request)
    }

    private static func find(_ context: RequestContext) throws -> ImportProfile {
        guard let profile = try context.importProfiles.find(try context.parameters.int("id")) else {
            throw missing
        }
        return profile
    }

    static let missing = WebError(404, "not_found", "There is no such import profile.")

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        let draft = try ImportProfile(name: "", mapping: ImportMapping(), target: try target(body, context))
            .edited(by: body, replaces: true, try context.currency)
        try context.principal.require(draft.permissions)
        let writer = try context.writeContext
        let profile = try answered { try context.importProfiles.insert(draft, writer) }
        return Response.json(profile.json, status: 201)
            .with("Location", "/api/import-profiles/\(profile.id)")
            .tagged(profile.entityTag, for: context.request)
    }

    /// What files of a new profile become.
    private static func target(_ body: JSON, _ context: RequestContext) throws -> ImportTarget {
        let targets = try context.importTargets
        guard let name = body["target"] else { return targets.standard }
        guard let target = name.stringValue.flatMap({ targets[$0] }) else {
            let names = targets.all.map(\.name).joined(separator: ", ")
            throw WebError.invalid([Problem("target", "bad_option", "Takes \(names).")])
        }
        return target
    }

    @Sendable static func merge(_ context: RequestContext) throws -> Response {
        try write(context, replaces: false, Request.mergePatchTypes)
    }

    @Sendable static func replace(_ context: RequestContext) throws -> Response {
        try write(context, replaces: true, ["application/json"])
    }

    private static func write(_ context: RequestContext, replaces: Bool, _ types: [String]) throws -> Response {
        let request = context.request
        let found = try find(context)
        let body = try request.json(types: types)
        try request.checkParameters([])
        let currency = try context.currency
        let writer = try context.writeContext
        let principal = try context.principal
        let profile = try answered {
            try context.importProfiles.update(found.id, writer) { current in
                try request.requireMatch(current.entityTag)
                let edited = try current.edited(by: body, replaces: replaces, currency)
                // What it may do now too: else it could be made harmless by those who may not touch it.
                try principal.require(current.permissions.union(edited.permissions))
                return edited
            }
        }
        return .json(profile.json).tagged(profile.entityTag, for: request)
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try find(context)
        try request.checkParameters([])
        let writer = try context.writeContext
        let principal = try context.principal
        try answered {
            try context.importProfiles.delete(found.id, writer) { current in
                try request.requireMatch(current.entityTag)
                // As for a change of it: a profile that may do more is not for everybody to remove.
                try principal.require(current.permissions)
            }
        }
        return .noContent
    }

    /// Turns the store's refusals into answers.
    static func answered<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch ImportProfileStore.Refusal.missing {
            throw missing
        } catch ImportProfileStore.Refusal.nameTaken(let id) {
            throw WebError(
                409,
                "name_taken",
                "Another profile has this name.",
                members: [JSON.Member("existing_id", .int(id))]
            )
        }
    }
}
