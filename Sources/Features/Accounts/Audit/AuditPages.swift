import AdminKit
import Database
import Identity
import Support
import Web

/// The page of the audit trail.
enum AuditPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/audit", access: .permission(.readAudit), .page("Who did what"), handler: list)
    ]

    private static let perPage = 50
    /// Counting further costs more than it says.
    private static let countLimit: Int64 = 10_000

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        var rules = AuditQuery.rules
        rules.filters.append("from")
        let query = try ListQuery(context.request, rules)
        var fields = Fields()
        for field in query.filters.all where field.name != "from" && !field.value.trimmed.isEmpty {
            fields.append(field.name, field.value)
        }
        let state = ListState(path: "/audit", query: fields, defaultSort: "-id")
        let filter = try AuditQuery.filter(fields)
        let after = try query.after.map { (values) throws(WebError) in try AuditQuery.id(values) }
        let store = AuditTrailStore(context.database)
        let found = try store.list(filter, after: after, limit: perPage + 1)
        let shown = found.prefix(perPage)
        let count = try store.count(filter, limit: countLimit + 1)
        let from = max(1, Int(query.filters["from"] ?? "") ?? 1)
        let next = found.count > perPage ? shown.last : nil
        var names = ActorNames(context)
        let model = AuditModel(
            state: state,
            rows: try shown.map { AuditRow($0, actorName: try names.name(of: $0.actor)) },
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: count > countLimit ? .moreThan(Int(clamping: countLimit)) : .exactly(Int(clamping: count)),
                noun: Noun("entry", "entries"),
                first: after == nil ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: query.cursor(after: [.int($0.id)]), from: from + shown.count) }
            ),
            actors: try actors(state["actor"], context, &names),
            actions: try store.actions(),
            entities: try store.entities()
        )
        return .page(AuditView.html(model, in: try context.shell()))
    }

    /// Whom one can choose: everybody, and whoever is chosen now (a token, a job).
    private static func actors(
        _ chosen: String,
        _ context: RequestContext,
        _ names: inout ActorNames
    ) throws -> [FormField.Choice] {
        var choices = try UserStore(context.database).all().map { FormField.Choice("user:\($0.id)", $0.displayName) }
        choices.append(FormField.Choice("system", "Bodega"))
        choices.append(FormField.Choice("anonymous", "Nobody logged in"))
        if !chosen.isEmpty, !choices.contains(where: { $0.value == chosen }) {
            choices.append(FormField.Choice(chosen, try names.name(of: chosen)))
        }
        return choices
    }
}
