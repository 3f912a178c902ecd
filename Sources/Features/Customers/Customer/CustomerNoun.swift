import AdminKit
import Identity
import ImportKit
import Markup
import RecordKit
import Records
import Support
import Web

/// What pages and the API know of customers beyond their fields.
enum CustomerNoun {
    static let noun: RecordNoun = {
        var noun = RecordNoun(
            Customer.table,
            schema: "Customer",
            reading: .readCustomers,
            writing: .writeCustomers,
            api: .init(
                list: "/api/customers",
                one: "/api/customers/{id:int}",
                history: "/api/customers/{id:int}/history",
                restore: "/api/customers/{id:int}/restore",
                byKey: ("/api/customers/by-code/{code}", "code")
            ),
            pages: .init(
                list: CustomersPath.customers,
                new: CustomersPath.newCustomer,
                one: CustomersPath.customer,
                delete: CustomersPath.deleteCustomer,
                restore: CustomersPath.restoreCustomer
            )
        )
        noun.title = name
        noun.filters = CustomerFilters.all
        noun.sections = [
            .init("Person", ["first_name", "last_name", "email", "phone", "language"]),
            .init("Address", ["address", "postal_code", "city", "country"]),
            .init("Contact", ["customer_code", "contactable", "optout", "bounced"], isAside: true),
        ]
        noun.columns = columns
        noun.badges = badge
        noun.actions = actions
        noun.listActions = { context in
            let canWrite = try context.principal.holds(.writeCustomers)
            let duplicates = Link("Duplicates", CustomersPath.duplicates.description).button()
            return try canWrite && context.principal.holds(.runImports)
                ? "\(duplicates) \(Link("Import", "\(ImportPath.imports)").button())" : canWrite ? duplicates : ""
        }
        noun.derivation = .init([
            (
                "merged_into",
                Schema.integer("The customer that this one is counted as; null for itself.", 1...Int64.max).orNull, nil
            )
        ]) { connection, ids in
            try CustomerMergeStore(connection).roots(ids).mapValues { [.int($0)] }
        }
        noun.changesOfDerived = { before in
            guard let former = before["merged_into"] else { return [] }
            let (alone, merged) = ("itself", "another customer")
            return [
                .init(label: "Counts as", before: former.isNull ? alone : merged, after: former.isNull ? merged : alone)
            ]
        }
        noun.panels = CustomerMergePages.panel
        noun.messages = CustomerMerging.messages
        noun.checkRemoval = { connection, record in
            let store = CustomerMergeStore(connection)
            guard try store.standing(record.id) == nil, try store.merged(into: record.id, limit: 1).isEmpty else {
                throw WebError(409, "merged", "This customer is merged with others: take that apart first.")
            }
        }
        noun.emptyText = "Import a file with a row for each customer, or create the first one by hand."
        noun.example = [
            "customer_code": "CUST_001", "first_name": "Marta", "last_name": "Oliveira", "email": "marta@example.com",
            "phone": "+351210000000", "city": "Porto", "country": "PT", "language": "pt", "bounced": "0",
            "optout": "0", "contactable": "1",
        ]
        return noun
    }()

    private static let name: @Sendable (RecordShown) -> String = { shown in
        [shown.text("first_name"), shown.text("last_name")].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static let columns: [RecordColumn] = [
        RecordColumn("Customer", style: "wide") { shown in
            let code: HTML =
                shown.title == shown.label ? "" : "<span class=\"row-note\">\(shown.label)</span>"
            return "\(Link(shown.title, shown.path).html)\(code)"
        },
        RecordColumn("E-mail", style: "text", priority: 2) { .text(nilIfEmpty($0.text("email"))) },
        RecordColumn("City", style: "short", priority: 3) { .text(nilIfEmpty($0.text("city"))) },
        RecordColumn("Country", style: "short", priority: 3) { shown in
            .text(nilIfEmpty(shown.text("country")).map(CountryCodes.name))
        },
        RecordColumn("Contact", style: "status", cell: badge),
        RecordColumn("Updated", style: "nowrap time", priority: 2, sortKey: "updated_at") {
            Time($0.record.updatedAt).html
        },
    ]

    private static func nilIfEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// Whether somebody may be written to, in a word.
    private static let badge: @Sendable (RecordShown) -> HTML = { shown in
        if shown.isTrue("optout") { return StatusBadge("Opted out", .danger).html }
        if shown.isTrue("bounced") { return StatusBadge("Bounced", .warning).html }
        return shown.isTrue("contactable")
            ? StatusBadge("Contactable", .success).html : StatusBadge("No contact", .neutral).html
    }

    private static let actions: @Sendable (RecordShown, RequestContext) throws -> HTML = { shown, context in
        guard try context.principal.holds(.exportCustomers) else { return "" }
        return Link("Export everything held", CustomersPath.customerData(shown.record.id).description).button()
    }
}
