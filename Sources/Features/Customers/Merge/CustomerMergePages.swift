import AdminKit
import Database
import Identity
import Markup
import Money
import RecordKit
import Records
import Support
import Web

/// Merging on pages: from a customer's own page, and from the list of those that seem to be one person.
enum CustomerMergePages {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            CustomersPath.mergeCustomer,
            access: .permission(.writeCustomers),
            .form("Says that a customer is another one"),
            handler: merge
        ),
        AppRoute(
            .post,
            CustomersPath.unmergeCustomer,
            access: .permission(.writeCustomers),
            .form("Takes the merge of a customer back"),
            handler: unmerge
        ),
        AppRoute(
            .get,
            CustomersPath.duplicates,
            access: .permission(.writeCustomers),
            .page("Customers that seem to be one person"),
            handler: duplicates
        ),
    ]

    private static let api = RecordAPI(CustomerNoun.noun)

    @Sendable private static func merge(_ context: RequestContext) throws -> Response {
        let found = try api.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        let records = RecordStore(context.database, Customer.table)
        guard let code = Customer.table.field("customer_code"),
            case .success(let key) = code.parse(form["into"], .euro),
            let root = try records.find(keyOf: keyed(found, key))
        else { return .seeOther("\(CustomersPath.customer(found.id))?done=nobody") }
        let writer = try context.writeContext
        let reason = form["reason"].flatMap { CustomerMerging.fault(ofReason: $0) == nil && !$0.isEmpty ? $0 : nil }
        do {
            try CustomerMerging.answered {
                try CustomerMergeStore(context.database).merge(found.id, into: root.id, reason: reason, writer)
            }
        } catch let error as WebError where error.status == 409 {
            return .seeOther("\(CustomersPath.customer(found.id))?done=unmergeable")
        }
        return .seeOther("\(CustomersPath.customer(root.id))?done=merged")
    }

    /// A record with another key, to be looked for by it.
    private static func keyed(_ record: StoredRecord, _ key: RecordValue) -> StoredRecord {
        var wanted = record
        if let position = Customer.table.position(of: "customer_code") { wanted.values[position] = key }
        return wanted
    }

    @Sendable private static func unmerge(_ context: RequestContext) throws -> Response {
        let found = try api.find(context)
        try context.request.checkParameters([])
        let writer = try context.writeContext
        try CustomerMerging.answered { try CustomerMergeStore(context.database).unmerge(found.id, writer) }
        return .seeOther("\(CustomersPath.customer(found.id))?done=unmerged")
    }

    // MARK: One customer

    /// What the page of a customer says of merges.
    @Sendable static func panel(_ shown: RecordShown, _ context: RequestContext) throws -> HTML {
        let store = CustomerMergeStore(context.database)
        let id = shown.record.id
        let canWrite = try context.principal.holds(.writeCustomers)
        let shell = try context.shell()
        if let merge = try store.standing(id) {
            guard let root = try RecordStore(context.database, Customer.table).find(merge.into) else { return "" }
            let name = try context.shown(root, CustomerNoun.noun)
            return CustomerMergeView.merged(into: name, merge, of: id, canWrite ? shell.csrf : nil)
        }
        let merges = try store.merged(into: id)
        let records = try RecordStore(context.database, Customer.table).find(merges.map(\.customer))
        let rows = try records.map { try context.shown($0, CustomerNoun.noun) }
        return CustomerMergeView.root(rows, of: id, canWrite ? shell.csrf : nil)
    }

    // MARK: Duplicates

    @Sendable private static func duplicates(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id"), filters: ["by"])
        let page = try ListPage(context.request, rules, path: CustomersPath.duplicates.description, size: 20)
        guard !page.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Groups come by their oldest customer.")
        }
        let field = try CustomerMerging.field(page.state.query["by"])
        let store = CustomerDuplicateStore(context.database)
        let found = try store.groups(by: field, after: try page.query.entryID() ?? 0, limit: page.limit)
        let total = try store.count(by: field)
        let records = RecordStore(context.database, Customer.table)
        let model = CustomerDuplicateModel(
            field: field,
            state: page.state,
            groups: try found.prefix(page.size).map { ids in
                try records.find(ids).sorted { $0.id < $1.id }.map { try context.shown($0, CustomerNoun.noun) }
            },
            pagination: page.pagination(
                found,
                total: .counted(total),
                Noun("group", "groups"),
                cursor: { [.int($0.first ?? 0)] }
            )
        )
        return .page(CustomerMergeView.duplicates(model, in: try context.shell()))
    }
}
