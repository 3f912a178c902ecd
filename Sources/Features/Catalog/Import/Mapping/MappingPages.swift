import AdminKit
import Database
import Identity
import Jobs
import Markup
import Support
import Web

/// What the columns of an import mean, while it waits for a person.
enum MappingPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/imports/{id}/mapping",
            access: .permission(.runImports),
            pool: .slow,
            .page("What the columns of an import mean"),
            handler: show
        ),
        AppRoute(
            .post,
            "/imports/{id}/mapping",
            access: .permission(.runImports),
            pool: .slow,
            .form("Checks or changes what the columns of an import mean"),
            handler: change
        ),
    ]

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let job = try ImportPages.find(context)
        guard job.status == .awaitingConfirmation else { return back(to: job) }
        let draft = MappingDraft(ImportOptions(json: job.options))
        return .page(try page(job, draft, context).html)
    }

    @Sendable static func change(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        let job = try ImportPages.find(context)
        guard job.status == .awaitingConfirmation else { return back(to: job) }
        var draft = MappingDraft(ImportOptions(json: job.options))
        try draft.takeFormat(form)
        let table = try table(job, draft, context)
        let typed = MappingForm(form, headers: table.headers)
        draft.take(typed, try context.currency)
        let columns = draft.columns(table.headers)
        let isWanted = form["do"] == "apply"
        guard isWanted, draft.problems.isEmpty, case .success(let columns) = columns else {
            let answer = try page(job, draft, context, table: table)
            return .page(answer.html, status: isWanted ? 422 : 200)
        }
        do {
            try apply(draft, columns, job, context)
        } catch ImportProfileStore.Refusal.nameTaken {
            draft.profileError = "Another profile has this name: choose another, or delete that one first."
            return .page(try page(job, draft, context, table: table).html, status: 422)
        }
        return back(to: job)
    }

    private static func back(to job: Job) -> Response {
        .seeOther(CatalogPath.importJob(job.publicID).description)
    }

    // MARK: Applying

    /// Saves the profile when one is wanted, and has the file checked anew.
    private static func apply(
        _ draft: MappingDraft,
        _ columns: ImportColumns,
        _ job: Job,
        _ context: RequestContext
    ) throws {
        let write = try context.writeContext
        try context.database.write(.full) {
            var use: ImportProfileUse?
            if let name = draft.profileName {
                var profile = ImportProfile(name: name, mapping: draft.options.mapping)
                profile.headers = columns.headers
                draft.options.describe(&profile)
                let saved = try ImportProfileStore(context.database).save(profile, write)
                use = ImportProfileUse(profile: saved, reason: .chosen)
            }
            guard let source = ProductImport.Source(json: job.parameters) else {
                throw WebError.internalError(cause: "job \(job.id) does not say where its file is")
            }
            let parameters = source.parameters(columns, use)
            _ = try JobStore(context.database)
                .reorder(job, parameters: parameters, options: draft.options.json, context: write)
        }
    }

    // MARK: The page

    private static func table(
        _ job: Job,
        _ draft: MappingDraft,
        _ context: RequestContext
    ) throws -> ImportSampleTable {
        guard let source = ProductImport.Source(json: job.parameters) else {
            throw WebError.internalError(cause: "job \(job.id) does not say where its file is")
        }
        return try ImportSampleTable(source, draft.options, scratch: try context.setting(UploadFolder.self).path)
    }

    private static func page(
        _ job: Job,
        _ draft: MappingDraft,
        _ context: RequestContext,
        table: ImportSampleTable? = nil
    ) throws -> (html: HTML, model: MappingModel) {
        let table = try table ?? self.table(job, draft, context)
        let model = try MappingModel(job, draft, table, try context.currency)
        return (MappingView.html(model, in: try context.shell()), model)
    }
}
