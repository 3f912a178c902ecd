import Identity
import Support
import Web

/// `/api/configuration`: what an administrator may choose while Bodega runs.
struct ConfigurationAPI: Sendable {
    private let settings: ConfigurationEntries

    init(_ settings: ConfigurationEntries) {
        self.settings = settings
    }

    var routes: [AppRoute] {
        [
            AppRoute(
                .get,
                "/api/configuration",
                access: .permission(.adminSettings),
                Operation(
                    "Every setting, by key",
                    parameters: [
                        .init(
                            "category",
                            .choice(settings.categories.map(\.name)),
                            "those of one heading"
                        ), .sort(["key"], defaultValue: "key"),
                    ] + Operation.Parameter.paging,
                    responses: [200: [.json("ConfigurationList")]],
                    headers: [.etag]
                ),
                handler: list
            ),
            AppRoute(
                .patch,
                "/api/configuration",
                access: .permission(.adminSettings),
                Operation(
                    "Changes the settings that are sent, by key; null takes one back to its default",
                    request: Request.mergePatchTypes.map { .init($0, "ConfigurationValues") },
                    responses: [200: [.json("ConfigurationList")], 412: [.problem], 422: [.problem]],
                    headers: [.etag]
                ),
                handler: patchAll
            ),
            AppRoute(
                .get,
                "/api/configuration/{key}",
                access: .permission(.adminSettings),
                Operation(
                    "One setting",
                    responses: [200: [.json("ConfigurationEntry")]],
                    headers: [.etag]
                ),
                handler: show
            ),
            AppRoute(
                .patch,
                "/api/configuration/{key}",
                access: .permission(.adminSettings),
                Operation(
                    "Changes the `value` of a setting; null takes it back to its default",
                    request: Request.mergePatchTypes.map { .init($0, "ConfigurationChange") },
                    responses: [200: [.json("ConfigurationEntry")], 412: [.problem], 422: [.problem]],
                    headers: [.etag]
                ),
                handler: patch
            ),
        ]
    }

    // MARK: Reading

    @Sendable private func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["key"], defaultSort: ListSort("key"), filters: ["category"])
        let query = try ListQuery(context.request, rules)
        var entries = try sorted(query.filters["category"])
        if query.sort.descends { entries.reverse() }
        let total = Int64(entries.count)
        if let after = query.after {
            guard after.count == 1, let key = after[0].stringValue else { throw WebError.badCursor }
            entries.removeAll { query.sort.descends ? $0.key >= key : $0.key <= key }
        }
        let shown = entries.prefix(query.limit)
        let last = entries.count > query.limit ? shown.last : nil
        let body = ListQuery.body(
            items: try shown.map { $0.json(try context.configuration.state($0)) },
            next: last.map { query.next(after: [.string($0.key)]) },
            total: query.includesTotal ? total : nil
        )
        return .json(body).tagged(try tag(context), for: context.request)
    }

    private func sorted(_ category: String?) throws(WebError) -> [ConfigurationEntry] {
        let all = settings.all.sorted { $0.key < $1.key }
        guard let category, !category.isEmpty else { return all }
        guard let wanted = settings.category(category) else {
            let words = settings.categories.map(\.name).joined(separator: ", ")
            throw .badParameter("category", "bad_category", "'category' takes one of \(words).")
        }
        return all.filter { $0.category == wanted }
    }

    /// The tag of the whole configuration.
    private func tag(_ context: RequestContext) throws -> String {
        "configuration-\(try context.configuration.currentVersion())"
    }

    @Sendable private func show(_ context: RequestContext) throws -> Response {
        let entry = try find(context)
        try context.request.checkParameters([])
        return try answer(entry, context)
    }

    private func find(_ context: RequestContext) throws -> ConfigurationEntry {
        guard let entry = settings.entry(try context.parameters.string("key")) else {
            throw WebError(404, "not_found", "There is no such setting; GET /api/configuration lists them.")
        }
        return entry
    }

    private func answer(_ entry: ConfigurationEntry, _ context: RequestContext) throws -> Response {
        let state = try context.configuration.state(entry)
        return Response.json(entry.json(state)).tagged(entry.tag(state), for: context.request)
    }

    // MARK: Writing

    @Sendable private func patchAll(_ context: RequestContext) throws -> Response {
        let body = try context.request.json(types: Request.mergePatchTypes)
        try context.request.checkParameters([])
        guard let members = body.members else {
            throw WebError.invalid([
                Problem(
                    "",
                    "not_an_object",
                    "The body is an object of keys and values, like {\"shop.name\": \"Acme\"}."
                )
            ])
        }
        var changes: [(entry: ConfigurationEntry, value: String?)] = []
        var problems: [Problem] = []
        for member in members {
            guard let entry = settings.entry(member.name) else {
                problems.append(
                    Problem(member.name, "unknown_field", "There is no setting '\(member.name)'; GET lists them.")
                )
                continue
            }
            do throws(ConfigurationFault) {
                changes.append((entry, try entry.wanted(member.value, try state(entry, context))))
            } catch {
                problems.append(Problem(member.name, error.code, error.detail))
            }
        }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        try ConfigurationStore(context.database).set(changes, context: writer) {
            try context.request.requireMatch(try tag(context))
        }
        let items = try sorted(nil).map { $0.json(try context.configuration.state($0)) }
        return Response.json(ListQuery.body(items: items, next: nil)).tagged(try tag(context), for: context.request)
    }

    /// How a setting stands, in places that throw nothing else.
    private func state(
        _ entry: ConfigurationEntry,
        _ context: RequestContext
    ) throws(ConfigurationFault) -> Configuration.State {
        do {
            return try context.configuration.state(entry)
        } catch {
            throw ConfigurationFault(code: "unreadable", detail: "The setting cannot be read just now; try again.")
        }
    }

    @Sendable private func patch(_ context: RequestContext) throws -> Response {
        let request = context.request
        let entry = try find(context)
        let body = try request.json(types: Request.mergePatchTypes)
        try request.checkParameters([])
        guard let members = body.members else {
            throw WebError.invalid([Problem("", "not_an_object", "The body is an object, like {\"value\": 30}.")])
        }
        let present = entry.json(try context.configuration.state(entry))
        let problems = members.compactMap { member -> Problem? in
            guard member.name != "value" else { return nil }
            guard let known = present[member.name] else {
                return Problem(member.name, "unknown_field", "There is no member '\(member.name)' here.")
            }
            return member.value.isUnchanged(from: known)
                ? nil : Problem(member.name, "read_only", "'\(member.name)' cannot be changed; only 'value' can.")
        }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        guard let value = body["value"] else {
            try request.requireMatch(entry.tag(try context.configuration.state(entry)))
            return try answer(entry, context)
        }
        let wanted: String?
        do throws(ConfigurationFault) {
            wanted = try entry.wanted(value, try state(entry, context))
        } catch {
            throw WebError.invalid([Problem("value", error.code, error.detail)])
        }
        try ConfigurationStore(context.database).set([(entry, wanted)], context: writer) {
            try request.requireMatch(entry.tag(try context.configuration.state(entry)))
        }
        return try answer(entry, context)
    }
}
