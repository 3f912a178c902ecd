import AdminKit
import Database
package import Identity
import Markup
import Records
import Support
import Web

/// The pages of a noun, made of its description: the list, one record with its form and history, a new one, and the
/// question before one is deleted.
package struct RecordPages: Sendable {
    package let noun: RecordNoun

    package init(_ noun: RecordNoun) {
        self.noun = noun
    }

    package var routes: [AppRoute] {
        let (paths, one) = (noun.pages, noun.table.noun.one)
        let needs = AppRoute.Needs("\(noun.reading.rawValue), because it shows \(noun.table.noun.many)") { _ in
            [noun.reading]
        }
        return [
            AppRoute(.get, paths.list, access: .permission(noun.reading), .page(noun.heading), handler: list),
            AppRoute(
                .get,
                paths.new,
                access: .permission(noun.writing),
                .page("The form of a new \(one)"),
                handler: new
            ),
            AppRoute(.post, paths.new, access: .permission(noun.writing), .form("Adds \(noun.aNoun)"), handler: create),
            AppRoute(
                .get,
                paths.one,
                access: .permission(noun.reading),
                .page("One \(one)"),
                handler: show
            ),
            AppRoute(
                .post,
                paths.one,
                access: .permission(noun.writing),
                needs: needs,
                .form("Changes \(noun.aNoun)"),
                handler: save
            ),
            AppRoute(
                .post,
                paths.restore,
                access: .permission(noun.writing),
                .form("Gives \(noun.aNoun) the fields of an earlier version"),
                handler: restore
            ),
            AppRoute(
                .get,
                paths.delete,
                access: .permission(noun.writing),
                needs: needs,
                .page("Confirmation page for deleting \(noun.aNoun)"),
                handler: askToDelete
            ),
            AppRoute(
                .post,
                paths.delete,
                access: .permission(noun.writing),
                .form("Deletes \(noun.aNoun)"),
                handler: delete
            ),
        ]
    }

    private func store(_ context: RequestContext) -> RecordChangeStore { RecordChangeStore(context.database, noun) }

    // MARK: The list

    @Sendable private func list(_ context: RequestContext) throws -> Response {
        let page = try ListPage(
            context.request,
            noun.listRules,
            path: noun.pages.list.description,
            flags: ["done"]
        )
        let conditions = try noun.conditions(page.state.query, context)
        let order = noun.order(page.sort)
        let place = try page.query.after.map { (values) throws(WebError) in try RecordPlace(values, order) }
        let records = RecordStore(context.database, noun.table)
        let isWhole = try context.seesWhole(noun)
        let found = try records.list(conditions, order, after: place, limit: page.limit)
        let total = try records.count(conditions, limit: ListPage.countLimit + 1)
        let shell = try context.shell(flashes: flashes(page.query.filters["done"]))
        let currency = try context.currency
        let model = RecordListModel(
            noun: noun,
            state: page.state,
            rows: found.prefix(page.size).map { RecordShown(noun, $0, isWhole: isWhole, currency) },
            pagination: page.pagination(
                found,
                total: .counted(total, upTo: ListPage.countLimit),
                noun.table.noun,
                cursor: { records.place(of: $0, in: order).values(order) }
            ),
            isWhole: isWhole,
            canWrite: shell.allows(noun.writing),
            actions: try noun.listActions(context)
        )
        return .page(RecordListView.html(model, in: shell))
    }

    /// What was just done.
    private func flashes(_ done: String?) -> [Flash] {
        let one = noun.table.noun.one
        switch done {
        case "created": return [Flash(.success, "The \(one) was created.")]
        case "saved": return [Flash(.success, "Your changes were saved.")]
        case "deleted": return [Flash(.success, "The \(one) was deleted.")]
        case "restored": return [Flash(.success, "The earlier version was restored as a new one.")]
        case "stale": return [Flash(.warning, "Another user changed this \(one) meanwhile. Nothing was restored.")]
        case "taken": return [Flash(.warning, "Another \(one) has the key of that version. Nothing was restored.")]
        case "expired": return [Flash(.warning, "The history does not reach that far back any more.")]
        default: return done.flatMap { noun.messages[$0] }.map { [$0] } ?? []
        }
    }

    // MARK: A new record

    @Sendable private func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let fields = RecordForm(noun, try context.currency).fields(noun.blank)
        return .page(RecordEditView.html(RecordEditModel(noun, fields: fields), in: try context.shell()))
    }

    @Sendable private func create(_ context: RequestContext) throws -> Response {
        let typed = try context.request.form()
        try context.request.checkParameters([])
        let form = RecordForm(noun, try context.currency)
        let draft = form.draft(typed, onto: noun.blank)
        var problems = draft.problems
        if problems.isEmpty {
            do {
                let writer = try context.writeContext
                let record = try RecordRefusal(noun).answered { try store(context).insert(draft.values, writer) }
                return .seeOther("\(noun.pages.one(record.id))?done=created")
            } catch let error as WebError where error.status == 409 || error.status == 422 {
                problems = error.problems
            }
        }
        let (fields, rest) = form.fields(typed).showing(problems)
        let model = RecordEditModel(noun, fields: fields, problems: rest)
        return .page(RecordEditView.html(model, in: try context.shell()), status: 422)
    }

    // MARK: One record

    @Sendable private func show(_ context: RequestContext) throws -> Response {
        let id = try context.parameters.int("id")
        try context.request.checkParameters(["done"])
        let flashes = flashes(context.request.query["done"])
        guard let record = try RecordStore(context.database, noun.table).find(id) else {
            return try tombstone(id, flashes, context)
        }
        return .page(try page(record, context, flashes: flashes))
    }

    /// What stands at the address of a record that is gone, with status 410. Throws 404 where there never was one.
    private func tombstone(_ id: Int64, _ flashes: [Flash], _ context: RequestContext) throws -> Response {
        guard let (record, deletion) = try RecordVersions(context.database, noun.table, id).tombstone() else {
            throw RecordRefusal(noun).missing
        }
        var names = try ActorNames(context)
        let gone = RecordEditView.Gone(
            shown: try context.shown(record, noun),
            by: try names.name(of: deletion.actor),
            at: deletion.at,
            version: deletion.version
        )
        return .page(RecordEditView.html(gone, in: try context.shell(flashes: flashes)), status: 410)
    }

    private func find(_ context: RequestContext) throws -> StoredRecord {
        let id = try context.parameters.int("id")
        guard let record = try RecordStore(context.database, noun.table).find(id) else {
            throw RecordRefusal(noun).missing
        }
        return record
    }

    /// Somebody saved after the form was made.
    private struct StaleForm: Error {}

    @Sendable private func save(_ context: RequestContext) throws -> Response {
        let found = try find(context)
        let typed = try context.request.form()
        try context.request.checkParameters([])
        guard let seen = typed["version"].flatMap({ Int64($0) }) else {
            throw WebError.badRequest("no_version", "The form does not say which version it was made from.")
        }
        let form = RecordForm(noun, try context.currency)
        let (_, problems) = form.draft(typed, onto: found)
        guard problems.isEmpty else { return try refused(found, form.fields(typed), problems, context) }
        do {
            let writer = try context.writeContext
            _ = try RecordRefusal(noun).answered {
                try store(context).update(found.id, writer) { current in
                    guard current.version == seen else { throw StaleForm() }
                    var wanted = current
                    wanted.values = form.draft(typed, onto: current).values
                    return wanted
                }
            }
            return .seeOther("\(noun.pages.one(found.id))?done=saved")
        } catch is StaleForm {
            let html = try page(try find(context), context) { model in
                model.fields = form.fields(typed)
                model.isStale = true
            }
            return .page(html, status: 409)
        } catch let error as WebError where error.status == 409 || error.status == 422 {
            return try refused(found, form.fields(typed), error.problems, context)
        }
    }

    private func refused(
        _ record: StoredRecord,
        _ fields: [FormField],
        _ problems: [Problem],
        _ context: RequestContext
    ) throws -> Response {
        let html = try page(record, context) { model in
            (model.fields, model.problems) = fields.showing(problems)
        }
        return .page(html, status: 422)
    }

    private func page(
        _ record: StoredRecord,
        _ context: RequestContext,
        flashes: [Flash] = [],
        _ change: (inout RecordEditModel) -> Void = { _ in }
    ) throws -> HTML {
        let shell = try context.shell(flashes: flashes)
        let shown = try context.shown(record, noun)
        var model = RecordEditModel(
            noun,
            fields: RecordForm(noun, shown.currency).fields(shown),
            stored: .init(
                shown: shown,
                revisions: try RecordHistory(noun, shown.isWhole, context).rows(record.id),
                panels: try noun.panels(shown, context),
                actions: try noun.actions(shown, context)
            ),
            canWrite: shell.allows(noun.writing)
        )
        change(&model)
        return RecordEditView.html(model, in: shell)
    }

    // MARK: Going back

    @Sendable private func restore(_ context: RequestContext) throws -> Response {
        let id = try context.parameters.int("id")
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let version = form["version"].flatMap({ Int64($0) }), let seen = form["seen"].flatMap({ Int64($0) })
        else {
            throw WebError.badRequest("no_version", "The form does not say which version it means.")
        }
        let writer = try context.writeContext
        let done: String
        do {
            _ = try RecordRefusal(noun).answered {
                try store(context).restore(id, to: version, writer) { current in
                    if let current, current.version != seen { throw StaleForm() }
                }
            }
            done = "restored"
        } catch is StaleForm {
            done = "stale"
        } catch let error as WebError where error.code == "history_expired" {
            done = "expired"
        } catch let error as WebError where error.status == 409 {
            done = "taken"
        }
        return .seeOther("\(noun.pages.one(id))?done=\(done)")
    }

    // MARK: Deleting one

    @Sendable private func askToDelete(_ context: RequestContext) throws -> Response {
        let record = try find(context)
        try context.request.checkParameters([])
        return .page(try confirmation(record, context))
    }

    @Sendable private func delete(_ context: RequestContext) throws -> Response {
        let record = try find(context)
        try context.request.checkParameters([])
        let writer = try context.writeContext
        do {
            try RecordRefusal(noun).answered { try store(context).delete(record.id, writer) }
        } catch let error as WebError where error.status == 409 {
            return .page(try confirmation(record, context, error: error.detail), status: 409)
        }
        return .seeOther("\(noun.pages.list)?done=deleted")
    }

    private func confirmation(
        _ record: StoredRecord,
        _ context: RequestContext,
        error: String? = nil
    ) throws -> HTML {
        let shown = try context.shown(record, noun)
        return ConfirmPage(
            "Delete \(shown.title)",
            parent: Link(shown.title, shown.path),
            count: 1,
            noun: noun.table.noun,
            consequence: "This deletes \(shown.label). Its history stays, and it can be put back from its address.",
            action: noun.pages.delete(record.id).description,
            error: error
        ).html(in: try context.shell())
    }
}
