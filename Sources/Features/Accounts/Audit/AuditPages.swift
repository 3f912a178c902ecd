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

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let page = try ListPage(context.request, AuditQuery.rules, path: "/audit")
        let filter = try AuditQuery.filter(page.state.query)
        let store = AuditTrailStore(context.database)
        let found = try store.list(
            filter,
            after: try page.query.entryID(),
            descends: page.sort.descends,
            limit: page.limit
        )
        let total = try store.count(filter, limit: ListPage.countLimit + 1)
        let pagination = page.pagination(
            found,
            total: .counted(total, upTo: ListPage.countLimit),
            Noun("entry", "entries"),
            cursor: { [.int($0.id)] }
        )
        var names = try ActorNames(context)
        let model = AuditModel(
            state: page.state,
            rows: try found.prefix(page.size).map { AuditRow($0, actorName: try names.name(of: $0.actor)) },
            pagination: pagination,
            actors: try actors(page.state["actor"], context, &names),
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
