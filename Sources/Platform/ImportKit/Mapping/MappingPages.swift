import AdminKit
import Database
import Glibc
import Identity
import ImportEngine
import Jobs
import Markup
import Money
import RecordKit
import Support
import Tables
import Web

/// What the columns of an import mean, while it waits for a person.
enum MappingPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            ImportPath.importMapping,
            access: .permission(.runImports),
            needs: .job(.act, .inspect),
            pool: .slow,
            .page("What the columns of an import mean"),
            handler: show
        ),
        AppRoute(
            .post,
            ImportPath.importMapping,
            access: .permission(.runImports),
            needs: .job(.act, .inspect),
            pool: .slow,
            .form("Checks or changes what the columns of an import mean"),
            handler: change
        ),
    ]

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let job = try ImportPages.find(context)
        guard job.status == .awaitingConfirmation else { return back(to: job) }
        var draft = try MappingDraft(context.importOptions(of: job))
        let table = try table(job, draft.options.table, context)
        try draft.guess(table, try context.currency, try Self.firstSeen(context, draft.options.target))
        draft.takeGuesses(table.headers)
        return .page(try page(job, draft, table, context))
    }

    @Sendable static func change(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        let job = try ImportPages.find(context)
        guard job.status == .awaitingConfirmation else { return back(to: job) }
        var draft = try MappingDraft(context.importOptions(of: job))
        let table = try reread(job, &draft, form, context)
        try draft.guess(table, try context.currency, try Self.firstSeen(context, draft.options.target))
        // What was said of columns belongs to the header that was shown; another one is looked at anew.
        if [nil, ImportProfile.fingerprint(table.headers)].contains(form["header"]) {
            draft.take(MappingForm(form, headers: table.headers, target: draft.options.target), try context.currency)
        } else {
            draft.options.mapping = draft.options.mapping.restricted(to: table.headers)
            draft.takeGuesses(table.headers)
        }
        let isWanted = form["do"] == "apply"
        guard isWanted, draft.problems.isEmpty, draft.formatError == nil,
            case .success(let columns) = draft.columns(table.headers)
        else { return .page(try page(job, draft, table, context), status: isWanted ? 422 : 200) }
        do {
            try apply(draft, columns, table, job, context)
        } catch ImportProfileStore.Refusal.nameTaken {
            draft.profileError = "Another profile has this name: choose another, or delete that one first."
            return .page(try page(job, draft, table, context), status: 422)
        }
        return back(to: job)
    }

    /// The file read as the form wants it, or as before when that cannot be.
    private static func reread(
        _ job: Job,
        _ draft: inout MappingDraft,
        _ form: Fields,
        _ context: RequestContext
    ) throws -> ImportSampleTable {
        do {
            let choices = try draft.choices(form)
            let table = try table(job, choices, context)
            draft.options.table = choices
            return table
        } catch let error as WebError where error.status == 422 || error.status == 415 {
            draft.formatError = error.detail
            return try table(job, draft.options.table, context)
        }
    }

    private static func back(to job: Job) -> Response {
        .seeOther(ImportPath.importJob(job.publicID).description)
    }

    // MARK: Applying

    /// Saves the profile when one is wanted, and has the file checked anew.
    static func apply(
        _ draft: MappingDraft,
        _ columns: ImportColumns,
        _ table: ImportSampleTable,
        _ job: Job,
        _ context: RequestContext
    ) throws {
        let write = try context.writeContext
        var source = try source(job, context)
        if source.format != table.format {
            // Made of the file as it was read before; no worker has a job that waits.
            unlink(source.workingPath)
            source.format = table.format
        }
        let wanted = draft.profileName.map { name in
            var profile = ImportProfile(name: name, mapping: draft.options.mapping, target: draft.options.target)
            profile.headers = columns.headers
            draft.options.describe(&profile)
            return profile
        }
        let profiles = try context.importProfiles
        let options = try context.importTargets.told(draft.options)
        let scratch = try context.setting(UploadFolder.self).path
        let identity = try draft.options.identify.flatMap { _ in
            try table.identity(draft.options, nil, scratch: scratch)
        }
        try context.database.untilSettled {
            let saving = try wanted.map { try profiles.saving($0) }
            try context.database.write(.full) {
                let saved = try saving.map { try profiles.save($0, write) }
                let use = saved.map { ImportProfileUse(profile: $0, reason: .chosen) }
                _ = try JobStore(context.database).reorder(
                    job,
                    parameters: source.parameters(columns, use, identity: identity),
                    options: options,
                    context: write
                )
            }
        }
    }

    // MARK: The page

    private static func firstSeen(_ context: RequestContext, _ target: ImportTarget) throws -> FirstSeenStore? {
        try target.firstSeenField.map { try FirstSeenStore(context.database, target.record, field: $0) }
    }

    private static func source(_ job: Job, _ context: RequestContext) throws -> ImportJob.Source {
        guard let source = ImportJob.Source(json: job.parameters, in: context.database.folder) else {
            throw WebError.internalError(cause: "job \(job.id) does not say where its file is")
        }
        return source
    }

    static func table(
        _ job: Job,
        _ choices: TableChoices,
        _ context: RequestContext
    ) throws -> ImportSampleTable {
        let options = try context.importOptions(of: job)
        let profiles = ImportProfileChoice(context.database, options.target)
        return try ImportSampleTable(
            try source(job, context),
            choices,
            target: options.target,
            scratch: try context.setting(UploadFolder.self).path,
            decimals: try context.currency.exponent
        ) { headers in try profiles.knows(headers, [options.mapping]) }
    }

    private static func page(
        _ job: Job,
        _ draft: MappingDraft,
        _ table: ImportSampleTable,
        _ context: RequestContext
    ) throws -> HTML {
        let scratch = try context.setting(UploadFolder.self).path
        let model = try MappingModel(job, draft, table, try context.currency, scratch: scratch)
        return MappingView.html(model, in: try context.shell())
    }
}
