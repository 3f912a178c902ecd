import AdminKit
import Database
import Identity
import Jobs
import Money
import RecordKit
import Records
import Support
import Web

/// `/api/products/{id}/history` and `/restore`: every version with what it changed, and the way back to one.
enum ProductHistoryAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/products/{id:int}/history",
            access: .permission(.readProducts),
            Operation(
                "Every version of a product that is still kept, newest first, with what it changed",
                parameters: Operation.Parameter.paging,
                responses: [200: [.json("ProductHistory")]]
            ),
            handler: history
        ),
        AppRoute(
            .post,
            "/api/products/{id:int}/restore",
            access: .permission(.writeProducts),
            Operation(
                "Gives a product the fields of an earlier version, also one that was deleted",
                request: [.json("ProductRestore")],
                responses: [200: [.json("Product")], 409: [.problem]],
                headers: [.etag]
            ),
            handler: restore
        ),
    ]

    @Sendable static func history(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["version"], defaultSort: ListSort("version", descends: true), filters: [])
        let query = try ListQuery(context.request, rules)
        guard query.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Versions come newest first.")
        }
        var before = Int64.max
        if let values = query.after {
            guard values.count == 1, let version = values[0].intValue else { throw WebError.badCursor }
            before = version
        }
        let versions = ProductVersions(context.database, try context.parameters.int("id"))
        let currency = try context.currency
        return try context.database.read {
            let page = try versions.page(before: before, limit: query.limit)
            guard !page.changes.isEmpty || before != .max else { throw ProductRefusal.missing }
            var names = try ActorNames(context)
            return .json(
                ListQuery.body(
                    items: try page.changes.map { try json($0, currency, &names, context.database) },
                    next: page.next.map { query.next(after: [.int($0)]) },
                    total: query.includesTotal ? try versions.count() : nil
                )
            )
        }
    }

    private static func json(
        _ version: ProductVersions.Change,
        _ currency: Currency,
        _ names: inout ActorNames,
        _ connection: Connection
    ) throws -> JSON {
        let revision = version.revision
        let metafields = try MetafieldHistory.json(version.metafields, currency, connection)
        let images = version.images.map { change -> JSON in
            [
                "field": .string(ImagesChange.name), "before": .array(change.before.map(\.shown)),
                "after": .array(change.after.map(\.shown)),
            ]
        }
        let job = try revision.jobID.flatMap { try JobStore(connection).find($0) }
        return [
            "version": .int(revision.version), "at": .string(revision.at.rfc3339),
            "actor": .string(revision.actor.description), "by": .string(try names.name(of: revision.actor)),
            "job_id": .optional(job?.publicID), "change": .string(revision.change.rawValue),
            "changes": .array(
                version.fields.map { field, before, after in
                    [
                        "field": .string(field.name), "before": field.json(before, currency),
                        "after": field.json(after, currency),
                    ]
                } + metafields + (images.map { [$0] } ?? [])
            ),
        ]
    }

    @Sendable static func restore(_ context: RequestContext) throws -> Response {
        let request = context.request
        let body = try request.json()
        try request.checkParameters([])
        let id = try context.parameters.int("id")
        var problems = (body.members ?? []).filter { $0.name != "version" }.map {
            Problem($0.name, "unknown_field", "There is no member '\($0.name)' here; there is 'version'.")
        }
        let version = body["version"]?.intValue
        if version == nil {
            problems.append(Problem("version", "wrong_type", "'version' is the number of an earlier version."))
        }
        guard let version, problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        let product = try ProductRestore(context.database, id).restore(version, writer) { current in
            if let current { try request.requireMatch(current.entityTag) } else { try request.requireNoMatch() }
        }
        ProductSearch.indexAfterCommit(context.database)
        return .json(product.json(try context.currency)).tagged(product.entityTag, for: request)
    }
}
