import AdminKit
import Database
package import Identity
import Jobs
import Money
package import Records
package import Support
package import Web

/// The JSON API of a noun, made of its description: the list, single records by id and by key, their history, and the
/// way back to a version.
package struct RecordAPI: Sendable {
    package let noun: RecordNoun

    package init(_ noun: RecordNoun) {
        self.noun = noun
    }

    package var routes: [AppRoute] {
        [listRoute, createRoute] + recordRoutes(noun.api.one)
            + (noun.api.byKey.map { recordRoutes($0.path) } ?? []) + [historyRoute, restoreRoute]
    }

    private var one: String { noun.table.noun.one }

    private var listRoute: AppRoute {
        AppRoute(
            .get,
            noun.api.list,
            access: .permission(noun.reading),
            Operation(
                "\(noun.heading) that match all filters",
                parameters: noun.filters.map { .init($0.name, $0.schema, $0.description) }
                    + [.sort(noun.sorts, defaultValue: "-id")] + Operation.Parameter.paging,
                responses: [200: [.json("\(noun.schema)List")]]
            ),
            handler: list
        )
    }

    private var createRoute: AppRoute {
        AppRoute(
            .post,
            noun.api.list,
            access: .permission(noun.writing),
            Operation(
                "Adds \(noun.aNoun)",
                request: [.json("New\(noun.schema)")],
                responses: [201: [.json(noun.schema)], 409: [.problem]],
                headers: [.etag, .location]
            ),
            handler: create
        )
    }

    private func recordRoutes(_ path: PathPattern) -> [AppRoute] {
        AppRoute.record(
            path,
            one,
            schema: noun.schema,
            read: noun.reading,
            write: noun.writing,
            .init(
                show: { try show($0) },
                merge: { try write($0, .merge, Request.mergePatchTypes) },
                replace: { try write($0, .replace, ["application/json"]) },
                delete: { try delete($0) }
            )
        )
    }

    private var historyRoute: AppRoute {
        AppRoute(
            .get,
            noun.api.history,
            access: .permission(noun.reading),
            Operation(
                "Every version of \(noun.aNoun) that is still kept, newest first, with what it changed",
                parameters: Operation.Parameter.paging,
                responses: [200: [.json("\(noun.schema)History")]]
            ),
            handler: history
        )
    }

    private var restoreRoute: AppRoute {
        AppRoute(
            .post,
            noun.api.restore,
            access: .permission(noun.writing),
            Operation(
                "Gives \(noun.aNoun) the fields of an earlier version, also one that was deleted",
                request: [.json("\(noun.schema)Restore")],
                responses: [200: [.json(noun.schema)], 409: [.problem]],
                headers: [.etag]
            ),
            handler: restore
        )
    }

    // MARK: Reading

    @Sendable private func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, noun.listRules)
        let conditions = try noun.conditions(query.filters, context)
        let order = noun.order(query.sort)
        let place = try query.after.map { (values) throws(WebError) in try RecordPlace(values, order) }
        let store = RecordStore(context.database, noun.table)
        let isWhole = try context.seesWhole(noun)
        let currency = try context.currency
        return try context.database.read {
            let found = try store.list(conditions, order, after: place, limit: query.limit + 1)
            let derived = try noun.derivation.load(context.database, found.map(\.id))
            return try query.answer(
                found,
                total: { try store.count(conditions) },
                cursor: { store.place(of: $0, in: order).values(order) },
                item: { RecordShown(noun, $0, isWhole: isWhole, currency).json(derived[$0.id]) }
            )
        }
    }

    @Sendable private func show(_ context: RequestContext) throws -> Response {
        let record = try find(context)
        try context.request.checkParameters([])
        return try answer(record, context)
    }

    /// The record that the path names. Throws 404.
    package func find(_ context: RequestContext) throws -> StoredRecord {
        let store = RecordStore(context.database, noun.table)
        let found: StoredRecord?
        if let key = noun.api.byKey.flatMap({ context.parameters[$0.parameter] }),
            let position = noun.table.position(of: noun.table.key.fields.first ?? "")
        {
            var wanted = noun.blank
            wanted.values[position] = .text(key)
            found = try store.find(keyOf: wanted)
        } else {
            found = try store.find(try context.parameters.int("id"))
        }
        guard let found else { throw RecordRefusal(noun).missing }
        return found
    }

    /// A record as an answer, with its tag.
    package func answer(_ record: StoredRecord, _ context: RequestContext, status: Int = 200) throws -> Response {
        let shown = try context.shown(record, noun)
        return Response.json(try json(shown, context), status: status).tagged(shown.entityTag, for: context.request)
    }

    /// A record as the API shows it.
    package func json(_ shown: RecordShown, _ context: RequestContext) throws -> JSON {
        shown.json(try noun.derivation.load(context.database, [shown.record.id])[shown.record.id])
    }

    // MARK: Writing

    @Sendable private func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        let (values, problems) = RecordBody(noun: noun, purpose: .create, currency: try context.currency)
            .draft(body, onto: nil)
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        let record = try RecordRefusal(noun).answered {
            try RecordChangeStore(context.database, noun).insert(values, writer)
        }
        return try answer(record, context, status: 201)
            .with("Location", "\(noun.api.list)/\(record.id)")
    }

    private func write(_ context: RequestContext, _ purpose: RecordBody.Purpose, _ types: [String]) throws -> Response {
        let request = context.request
        let found = try find(context)
        let json = try request.json(types: types)
        try request.checkParameters([])
        let body = RecordBody(noun: noun, purpose: purpose, currency: try context.currency)
        let given = try self.json(try context.shown(found, noun), context)
        func edit(_ current: StoredRecord) throws -> StoredRecord {
            let tag = "\(current.id)-\(current.version)"
            try request.requireMatch(tag)
            let (values, problems) = body.draft(json, onto: current, given: given)
            guard problems.isEmpty else { throw WebError.invalid(problems) }
            var wanted = current
            wanted.values = values
            return wanted
        }
        // What is refused, or changes nothing, need not wait for those who write.
        guard try edit(found).values != found.values else { return try answer(found, context) }
        let writer = try context.writeContext
        let record = try RecordRefusal(noun).answered {
            try RecordChangeStore(context.database, noun).update(found.id, writer, edit)
        }
        return try answer(record, context)
    }

    private func delete(_ context: RequestContext) throws -> Response {
        let request = context.request
        let found = try find(context)
        try request.checkParameters([])
        func check(_ record: StoredRecord) throws {
            let tag = "\(record.id)-\(record.version)"
            try request.requireMatch(tag)
        }
        try check(found)
        let writer = try context.writeContext
        try RecordRefusal(noun).answered {
            try RecordChangeStore(context.database, noun).delete(found.id, writer, check)
        }
        return .noContent
    }

    // MARK: History

    @Sendable private func history(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["version"], defaultSort: ListSort("version", descends: true), filters: [])
        let query = try ListQuery(context.request, rules)
        guard query.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Versions come newest first.")
        }
        let before = try query.entryID()
        let versions = RecordVersions(context.database, noun.table, try context.parameters.int("id"))
        let isWhole = try context.seesWhole(noun)
        return try context.database.read {
            let (changes, next) = try versions.page(before: before ?? .max, limit: query.limit)
            guard !changes.isEmpty || before != nil else { throw RecordRefusal(noun).missing }
            var names = try ActorNames(context)
            return .json(
                ListQuery.body(
                    items: try changes.map { try json($0, isWhole: isWhole, &names, context) },
                    next: next.map { query.next(after: [.int($0)]) },
                    total: query.includesTotal ? try versions.count() : nil
                )
            )
        }
    }

    private func json(
        _ change: RecordVersions.Change,
        isWhole: Bool,
        _ names: inout ActorNames,
        _ context: RequestContext
    ) throws -> JSON {
        let revision = change.revision
        let currency = try context.currency
        func shown(_ field: RecordField, _ value: RecordValue) -> JSON {
            field.json(isWhole ? value : field.masked(value), currency)
        }
        let job = try revision.jobID.flatMap { try JobStore(context.database).find($0) }
        return [
            "version": .int(revision.version), "at": .string(revision.at.rfc3339), "actor": .string(revision.actor),
            "by": .string(try names.name(of: revision.actor)), "job_id": .optional(job?.publicID),
            "change": .string(revision.change.rawValue),
            "changes": .array(
                change.fields.map { field, before, after in
                    ["field": .string(field.name), "before": shown(field, before), "after": shown(field, after)]
                }
            ),
        ]
    }

    @Sendable private func restore(_ context: RequestContext) throws -> Response {
        let request = context.request
        let body = try request.json()
        try request.checkParameters([])
        let id = try context.parameters.int("id")
        var problems = (body.members ?? []).filter { $0.name != "version" }.map { member in
            let name = member.name.shortened(to: 100)
            return Problem(name, "unknown_field", "There is no member '\(name)' here; there is 'version'.")
        }
        let version = body["version"]?.intValue
        if version == nil {
            problems.append(Problem("version", "wrong_type", "'version' is the number of an earlier version."))
        }
        guard let version, problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        let record = try RecordRefusal(noun).answered {
            try RecordChangeStore(context.database, noun).restore(id, to: version, writer) { current in
                if let current {
                    let tag = "\(current.id)-\(current.version)"
                    try request.requireMatch(tag)
                } else {
                    try request.requireNoMatch()
                }
            }
        }
        return try answer(record, context)
    }
}

extension RecordNoun {
    /// A record that is not stored yet: what is not said has its default.
    var blank: StoredRecord {
        let nothing = Timestamp(milliseconds: 0)
        let values = table.fields.map { field -> RecordValue in
            guard let text = field.defaultValue, case .success(let value) = field.parse(text, .euro) else {
                return .none
            }
            return value
        }
        return StoredRecord(id: 0, values: values, version: 0, createdAt: nothing, updatedAt: nothing)
    }
}
