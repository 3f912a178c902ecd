import AdminKit
import Identity
import Markup
import Support
import Web

/// The saved profiles: what they say, their names, and how to be rid of them. They are made on a mapping page.
enum ImportProfilePages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/imports/profiles",
            access: .permission(.readJobs),
            .page("Import profiles"),
            handler: list
        ),
        AppRoute(
            .get,
            "/imports/profiles/{id:int}",
            access: .permission(.readJobs),
            .page("One import profile"),
            handler: show
        ),
        AppRoute(
            .post,
            "/imports/profiles/{id:int}",
            access: .permission(.runImports),
            .form("Renames an import profile"),
            handler: rename
        ),
        AppRoute(
            .get,
            "/imports/profiles/{id:int}/delete",
            access: .permission(.runImports),
            .page("Asks before an import profile is deleted"),
            handler: askToDelete
        ),
        AppRoute(
            .post,
            "/imports/profiles/{id:int}/delete",
            access: .permission(.runImports),
            .form("Deletes an import profile"),
            handler: delete
        ),
    ]

    private static let perPage = 50

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(
            context.request,
            ListRules(sorts: ["name"], defaultSort: ListSort("name"), filters: ["from"])
        )
        let state = ListState(
            path: CatalogPath.importProfiles.description,
            query: context.request.query,
            defaultSort: "name"
        )
        let store = ImportProfileStore(context.database)
        let after = try query.after.map { (values) throws(WebError) in
            try ImportProfileAPI.cursor(values, .name)
        }
        let found = try store.list(after: after, limit: perPage + 1)
        let shown = Array(found.prefix(perPage))
        let from = max(1, Int(query.filters["from"] ?? "") ?? 1)
        let next = found.count > perPage ? shown.last : nil
        let pagination = Pagination(
            from: from,
            count: shown.count,
            total: .exactly(Int(clamping: try store.count())),
            noun: Noun("profile", "profiles"),
            first: after == nil ? nil : state.page(cursor: nil, from: 1),
            next: next.map { profile in
                let values: [JSON] = [.string(ImportProfile.nameKey(profile.name)), .int(profile.id)]
                return state.page(cursor: query.cursor(after: values), from: from + shown.count)
            }
        )
        return .page(ImportProfileView.list(shown, pagination, in: try context.shell()))
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let profile = try find(context)
        return .page(ImportProfileView.one(profile, name: profile.name, in: try context.shell()))
    }

    private static func find(_ context: RequestContext) throws -> ImportProfile {
        guard let profile = try ImportProfileStore(context.database).find(try context.parameters.int("id")) else {
            throw ImportProfileAPI.missing
        }
        return profile
    }

    @Sendable static func rename(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        let profile = try find(context)
        let name = (form["name"] ?? "").trimmed
        func refused(_ error: String) throws -> Response {
            .page(ImportProfileView.one(profile, name: name, error: error, in: try context.shell()), status: 422)
        }
        guard ImportProfile.isName(name) else { return try refused(ImportProfile.nameRule) }
        try context.principal.require(profile.permissions)
        do {
            _ = try ImportProfileStore(context.database).update(profile.id, try context.writeContext) { current in
                var renamed = current
                renamed.name = name
                return renamed
            }
        } catch ImportProfileStore.Refusal.nameTaken {
            return try refused("Another profile has this name.")
        } catch ImportProfileStore.Refusal.missing {
            throw ImportProfileAPI.missing
        }
        return .seeOther(CatalogPath.importProfiles.description)
    }

    @Sendable static func askToDelete(_ context: RequestContext) throws -> Response {
        let profile = try find(context)
        try context.principal.require(profile.permissions)
        let page = ConfirmPage(
            "Delete this profile?",
            parent: Link(profile.name, CatalogPath.importProfile(profile.id).description),
            count: 1,
            noun: Noun("profile", "profiles"),
            consequence: """
                Files with its header are read by the names of their columns again. Imports that used it stay as they \
                are.
                """,
            action: CatalogPath.deleteImportProfile(profile.id).description
        )
        return .page(page.html(in: try context.shell()))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let writer = try context.writeContext
        let principal = try context.principal
        do {
            try ImportProfileStore(context.database).delete(try context.parameters.int("id"), writer) { current in
                try principal.require(current.permissions)
            }
        } catch ImportProfileStore.Refusal.missing {
            // Whoever was faster has done what was wanted.
        }
        return .seeOther(CatalogPath.importProfiles.description)
    }
}
