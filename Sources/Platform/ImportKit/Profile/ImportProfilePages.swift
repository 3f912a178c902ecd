import AdminKit
import Identity
import ImportEngine
import Markup
import Support
import Web

/// The saved profiles: what they say, their names, and how to be rid of them. They are made on a mapping page.
enum ImportProfilePages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            ImportPath.importProfiles,
            access: .permission(.readJobs),
            .page("Import profiles"),
            handler: list
        ),
        AppRoute(
            .get,
            ImportPath.importProfile,
            access: .permission(.readJobs),
            .page("One import profile"),
            handler: show
        ),
        AppRoute(
            .post,
            ImportPath.importProfile,
            access: .permission(.runImports),
            .form("Renames an import profile"),
            handler: rename
        ),
        AppRoute(
            .get,
            ImportPath.deleteImportProfile,
            access: .permission(.runImports),
            .page("Asks before an import profile is deleted"),
            handler: askToDelete
        ),
        AppRoute(
            .post,
            ImportPath.deleteImportProfile,
            access: .permission(.runImports),
            .form("Deletes an import profile"),
            handler: delete
        ),
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["name"], defaultSort: ListSort("name"), filters: [])
        let page = try ListPage(context.request, rules, path: ImportPath.importProfiles.description)
        let store = try context.importProfiles
        let after = try page.query.after.map { (values) throws(WebError) in
            try ImportProfileAPI.cursor(values, .name)
        }
        let found = try store.list(after: after, limit: page.limit)
        let total = try store.count()
        let pagination = page.pagination(found, total: .counted(total), Noun("profile", "profiles")) { profile in
            [.string(ImportProfile.nameKey(profile.name)), .int(profile.id)]
        }
        let shown = Array(found.prefix(page.size))
        let builtIn = try context.importTargets.all.flatMap { $0.profiles().all }
        return .page(ImportProfileView.list(shown, pagination, builtIn: builtIn, in: try context.shell()))
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let profile = try find(context)
        return .page(ImportProfileView.one(profile, name: profile.name, in: try context.shell()))
    }

    private static func find(_ context: RequestContext) throws -> ImportProfile {
        guard let profile = try context.importProfiles.find(try context.parameters.int("id")) else {
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
        guard ImportProfile.isName(name, of: profile.target) else { return try refused(ImportProfile.nameRule) }
        try context.principal.require(profile.permissions)
        do {
            _ = try context.importProfiles.update(profile.id, try context.writeContext) { current in
                var renamed = current
                renamed.name = name
                return renamed
            }
        } catch ImportProfileStore.Refusal.nameTaken {
            return try refused("Another profile has this name.")
        } catch ImportProfileStore.Refusal.missing {
            throw ImportProfileAPI.missing
        }
        return .seeOther(ImportPath.importProfiles.description)
    }

    @Sendable static func askToDelete(_ context: RequestContext) throws -> Response {
        let profile = try find(context)
        try context.principal.require(profile.permissions)
        let page = ConfirmPage(
            "Delete this profile?",
            parent: Link(profile.name, ImportPath.importProfile(profile.id).description),
            count: 1,
            noun: Noun("profile", "profiles"),
            consequence: """
                Files with its header are read by the names of their columns again. Imports that used it stay as they \
                are.
                """,
            action: ImportPath.deleteImportProfile(profile.id).description
        )
        return .page(page.html(in: try context.shell()))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let writer = try context.writeContext
        let principal = try context.principal
        do {
            try context.importProfiles.delete(try context.parameters.int("id"), writer) { current in
                try principal.require(current.permissions)
            }
        } catch ImportProfileStore.Refusal.missing {
            // Another user was faster and has done what was wanted.
        }
        return .seeOther(ImportPath.importProfiles.description)
    }
}
