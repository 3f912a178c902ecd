import Database
import Identity
import Money
import RecordKit
import Records
import Support
import Web

/// `/api/customers/{id}/data`: everything that is held of one person, for the person.
enum CustomerDataAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            CustomersPath.customerData,
            access: .permission(.exportCustomers),
            Operation(
                "Everything that is held of one customer",
                responses: [200: [.json("CustomerData")]]
            ),
            handler: show
        )
    ]

    @Sendable private static func show(_ context: RequestContext) throws -> Response {
        let api = RecordAPI(CustomerNoun.noun)
        let record = try api.find(context)
        try context.request.checkParameters([])
        let currency = try context.currency
        let shown = RecordShown(CustomerNoun.noun, record, isWhole: true, currency)
        let versions = try RecordVersions(context.database, Customer.table, record.id).page(limit: 1000)
        let data: JSON = [
            "customer": try api.json(shown, context),
            "history": .array(
                versions.changes.map { change in
                    [
                        "version": .int(change.revision.version), "at": .string(change.revision.at.rfc3339),
                        "change": .string(change.revision.change.rawValue),
                        "changes": .array(
                            change.fields.map { field, before, after in
                                [
                                    "field": .string(field.name), "before": field.json(before, currency),
                                    "after": field.json(after, currency),
                                ]
                            }
                        ),
                    ]
                }
            ),
        ]
        try context.note("customer.data", "customer", id: String(record.id))
        // No cache may keep it.
        return Response.json(data).with("Cache-Control", "no-store")
    }

    static let schemas: [NamedSchema] = [
        NamedSchema(
            "CustomerData",
            .object(["customer": .ref("Customer"), "history": .list(of: version, "Newest first.")])
                .example(["customer": RecordSchemas(CustomerNoun.noun, .euro).example, "history": []])
        )
    ]

    private static let version = Schema.object([
        "version": .integer(nil, 1...Int64.max), "at": .time(),
        "change": .choice(["create", "update", "delete", "restore"]),
        "changes": .list(
            of: .object([
                "field": .choice(Customer.table.fields.map(\.name)), "before": .anything, "after": .anything,
            ])
        ),
    ])
}
