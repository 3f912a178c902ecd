import AdminKit
import Database
import Identity
import Jobs
import Records
import Support
import Web

/// `GET /api/catalogue/history`: every change of the catalogue, newest first.
enum CatalogueHistoryAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/catalogue/history",
            access: .permission(.readProducts),
            Operation(
                "Every change of products, or of categories, that is still kept, newest first",
                parameters: [
                    .init(
                        "of",
                        .choice(CatalogueHistoryFilter.Subject.allCases.map(\.rawValue)),
                        "product (default) or category"
                    ),
                    .init("actor", .text(length: 0...100), "who: user:3, token:7, job:12, system", example: "user:1"),
                    .init(
                        "job",
                        .text(pattern: "^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"),
                        "the id of the job that did it",
                        example: "0198f2a4-6c1e-7d3b-9a50-2f4e8c7b1d36"
                    ),
                    .init(
                        "field",
                        .text(length: 0...400),
                        "a field that it changed, or metafield:namespace.key",
                        example: "price"
                    ),
                    .init("change", .choice(changes), "what it was"),
                ] + TimeRange.operationParameters + [Operation.Parameter.limit, Operation.Parameter.cursor],
                responses: [200: [.json("CatalogueHistory")]]
            ),
            handler: list
        )
    ]

    static let filters = ["of", "actor", "job", "field", "change"] + TimeRange.parameters
    static let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id", descends: true), filters: filters)
    private static let changes = ["create", "update", "delete", "restore"]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, rules)
        guard query.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Changes come newest first.")
        }
        guard !query.includesTotal else {
            throw WebError.badParameter("include", "bad_include", "Changes are not counted: leave 'include' out.")
        }
        let filter = try CatalogueHistoryFilter(query.filters, context.database)
        let after = try query.entryID()
        let page = try CatalogueHistoryStore(context.database).page(filter, before: after, limit: query.limit)
        var names = try ActorNames(context)
        let jobs = JobStore(context.database)
        return .json(
            ListQuery.body(
                items: try page.entries.map { entry in
                    let revision = entry.revision
                    let job = try revision.jobID.flatMap { try jobs.find($0) }
                    return [
                        "id": .int(revision.id), "of": .string(filter.subject.rawValue),
                        "record_id": .int(revision.recordID), "label": .optional(entry.label),
                        "version": .int(revision.version), "at": .string(revision.at.rfc3339),
                        "actor": .string(revision.actor), "by": .string(try names.name(of: revision.actor)),
                        "job_id": .optional(job?.publicID), "change": .string(revision.change.rawValue),
                        "fields": .array((revision.before?.members ?? []).map { .string($0.name) }),
                    ]
                },
                next: page.next.map { query.next(after: [.int($0)]) }
            )
        )
    }

    static let schemas: [NamedSchema] = [
        NamedSchema(
            "CatalogueHistory",
            .object([
                "items": .list(of: .ref("CatalogueChange"), most: 1000),
                "next": .text(
                    "The address of the next page; null on the last one. A page may hold fewer than were asked for."
                ).orNull,
            ]).example(["items": [example], "next": nil])
        ),
        NamedSchema("CatalogueChange", change.example(example)),
    ]

    private static let change = Schema.object([
        "id": .integer(nil, 1...Int64.max), "of": .choice(["product", "category"]),
        "record_id": .integer("Of the product or category.", 1...Int64.max),
        "label": Schema.text("What it is called now; null where it is deleted.").orNull,
        "version": .integer("That it made.", 1...Int64.max), "at": .time(),
        "actor": .text("Who: user:3, token:7, job:12."), "by": .text("The same by name."),
        "job_id": Schema.text("The job that did it, if one did.", format: "uuid").orNull,
        "change": .choice(changes),
        "fields": .list(of: .text(), "That it changed; of a creation none, of a deletion all that held something."),
    ])

    private static let example: JSON = [
        "id": 812, "of": "product", "record_id": 7, "label": "TS-1 · T-shirt", "version": 2,
        "at": "2026-11-24T17:03:50.516Z", "actor": "user:1", "by": "Anna", "job_id": nil, "change": "update",
        "fields": ["price"],
    ]
}

extension CatalogueHistoryFilter {
    /// Reads the filters of an address; blank ones filter nothing. Throws 400.
    init(_ query: Fields, _ connection: Connection) throws {
        func text(_ name: String) -> String? {
            guard let text = query[name]?.trimmed, !text.isEmpty else { return nil }
            return text
        }
        if let word = text("of") {
            guard let subject = Subject(rawValue: word) else {
                throw WebError.badParameter("of", "bad_option", "'of' takes product or category.")
            }
            self.subject = subject
        }
        if let word = text("actor") {
            guard Actor(word) != nil else {
                throw WebError.badParameter("actor", "bad_option", "'actor' takes user:3, token:7, job:12 or system.")
            }
            actor = word
        }
        if let id = text("job") {
            guard let job = try JobStore(connection).find(publicID: id) else {
                throw WebError.badParameter(
                    "job",
                    "unknown_job",
                    "There is no job with the id '\(id.shortened(to: 100))'."
                )
            }
            jobID = job.id
        }
        if let word = text("change") {
            guard let change = Revision.Change(rawValue: word) else {
                let detail = "'change' takes create, update, delete or restore."
                throw WebError.badParameter("change", "bad_change", detail)
            }
            self.change = change
        }
        if let name = text("field") {
            let fields = subject == .product ? ProductFields.table.fields : CategoryFields.table.fields
            let isField = fields.contains { $0.name.hasSameBytes(as: name) }
            let isImages = subject == .product && name == ImagesChange.name
            guard isField || isImages || MetafieldName(column: name) != nil else {
                let detail = "'field' takes the name of a field, like price, images or metafield:namespace.key."
                throw WebError.badParameter("field", "unknown_field", detail)
            }
            field = name
        }
        let times = try TimeRange(query)
        range = (times.since, times.until)
    }
}
