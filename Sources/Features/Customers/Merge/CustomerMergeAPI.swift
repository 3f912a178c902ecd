import Database
import Identity
import RecordKit
import Records
import Support
import Web

/// Merging customers, taking merges back, and customers that seem to be one person.
enum CustomerMergeAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/api/customers/{id:int}/merge",
            access: .permission(.writeCustomers),
            Operation(
                "Says that a customer is another one",
                request: [.json("CustomerMerge")],
                responses: [200: [.json("Customer")], 409: [.problem]],
                headers: [.etag]
            ),
            handler: merge
        ),
        AppRoute(
            .post,
            "/api/customers/{id:int}/unmerge",
            access: .permission(.writeCustomers),
            Operation(
                "Takes the merge of a customer back",
                responses: [200: [.json("Customer")], 409: [.problem]],
                headers: [.etag]
            ),
            handler: unmerge
        ),
        AppRoute(
            .get,
            "/api/customers/duplicates",
            // Who has an address in common says who somebody is.
            access: .permission(.writeCustomers),
            Operation(
                "Customers that seem to be one person",
                parameters: [
                    .init("by", .choice(CustomerDuplicateStore.Field.allCases.map(\.rawValue)), "email when left out")
                ] + Operation.Parameter.paging,
                responses: [200: [.json("CustomerDuplicateList")]]
            ),
            handler: duplicates
        ),
    ]

    private static let api = RecordAPI(CustomerNoun.noun)

    @Sendable private static func merge(_ context: RequestContext) throws -> Response {
        let found = try api.find(context)
        let body = try context.request.json()
        try context.request.checkParameters([])
        var problems: [Problem] = (body.members ?? []).filter { !["into", "reason"].contains($0.name) }.map { member in
            let name = member.name.shortened(to: 100)
            return Problem(name, "unknown_field", "There is no member '\(name)' here; there are 'into' and 'reason'.")
        }
        let into = body["into"]?.intValue
        if into == nil {
            problems.append(Problem("into", "wrong_type", "'into' is the id of the customer that stays."))
        }
        let reason = body["reason"]?.stringValue
        if reason == nil, let value = body["reason"], !value.isNull {
            problems.append(Problem("reason", "wrong_type", "'reason' must be a text or null."))
        }
        if let fault = CustomerMerging.fault(ofReason: reason) { problems.append(fault) }
        guard let into, problems.isEmpty else { throw WebError.invalid(problems) }
        let writer = try context.writeContext
        try CustomerMerging.answered {
            try CustomerMergeStore(context.database).merge(found.id, into: into, reason: reason, writer) {
                try requireMatch($0, context.request)
            }
        }
        return try api.answer(try api.find(context), context)
    }

    @Sendable private static func unmerge(_ context: RequestContext) throws -> Response {
        let found = try api.find(context)
        try context.request.checkParameters([])
        let writer = try context.writeContext
        try CustomerMerging.answered {
            try CustomerMergeStore(context.database).unmerge(found.id, writer) {
                try requireMatch($0, context.request)
            }
        }
        return try api.answer(try api.find(context), context)
    }

    private static func requireMatch(_ record: StoredRecord, _ request: Request) throws {
        let tag = "\(record.id)-\(record.version)"
        try request.requireMatch(tag)
    }

    @Sendable private static func duplicates(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id"), filters: ["by"])
        let query = try ListQuery(context.request, rules)
        guard !query.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Groups come by their oldest customer.")
        }
        let field = try CustomerMerging.field(query.filters["by"])
        let store = CustomerDuplicateStore(context.database)
        let records = RecordStore(context.database, Customer.table)
        return try context.database.read {
            let groups = try store.groups(by: field, after: try query.entryID() ?? 0, limit: query.limit + 1)
            return try query.answer(
                groups,
                total: { try store.count(by: field) },
                cursor: { [.int($0.first ?? 0)] },
                item: { ids in
                    [
                        "by": .string(field.rawValue),
                        "customers": .array(
                            try records.find(ids).sorted { $0.id < $1.id }.map { record in
                                ["id": .int(record.id), "customer_code": .string(records.label(of: record))]
                            }
                        ),
                    ]
                }
            )
        }
    }

    // MARK: Schemas

    static let schemas: [NamedSchema] = [
        NamedSchema(
            "CustomerMerge",
            .object(
                [
                    "into": .integer("The customer that stays.", 1...Int64.max),
                    "reason": Schema.text("Why the two are one.", length: 0...CustomerMerging.mostReason).orNull,
                ],
                required: ["into"]
            ).example(["into": 7, "reason": "same e-mail"])
        ),
        NamedSchema("CustomerDuplicateList", .page(of: "CustomerDuplicates", example: example)),
        NamedSchema(
            "CustomerDuplicates",
            .object([
                "by": .choice(CustomerDuplicateStore.Field.allCases.map(\.rawValue), "What they have in common."),
                "customers": .list(
                    of: .object(["id": .integer(nil, 1...Int64.max), "customer_code": .text()]),
                    most: CustomerDuplicateStore.most,
                    "The oldest first."
                ),
            ]).example(example)
        ),
    ]

    private static let example: JSON = [
        "by": "email",
        "customers": [["id": 7, "customer_code": "CUST_001"], ["id": 12, "customer_code": "WEB-88"]],
    ]
}
