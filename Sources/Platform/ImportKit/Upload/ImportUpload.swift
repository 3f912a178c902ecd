import Database
import Glibc
package import Identity
import ImportEngine
package import Jobs
import Records
import Support
import Tables
import Web

/// Takes an upload in: checks what can be seen at once, claims the spooled body, and asks for the job.
///
/// A body that no handler claims disappears with its request. The claim is a rename; the file and its folder are on
/// disk before the job's row is, so an acknowledged upload survives whatever comes.
package struct ImportUpload {
    private let context: RequestContext

    package init(_ context: RequestContext) {
        self.context = context
    }

    /// The job that imports the uploaded file.
    ///
    /// Throws 403 when it would delete and its sender may not, and as `WebError` the other refusals of
    /// `POST /api/upload-csv`.
    package func accept() throws -> Job {
        try accept(try UploadedFile(context, options: ImportOptions.names))
    }

    /// One of the files of a form and what became of it.
    struct Arrival {
        var filename: String
        var outcome: Result<Job, WebError>
    }

    /// The jobs that import the files of a page's form, one each; a file that is refused does not keep the others out.
    ///
    /// Throws a `WebError` when the form itself is refused.
    func acceptEach() throws -> [Arrival] {
        var arrivals: [Arrival] = []
        for file in try UploadedFile.each(context, options: ImportOptions.names) {
            do {
                arrivals.append(Arrival(filename: file.filename, outcome: .success(try accept(file))))
            } catch let error as WebError
                where [400, 403, 415, 422].contains(error.status)
                || error.status == 507 && !arrivals.isEmpty
            {
                arrivals.append(Arrival(filename: file.filename, outcome: .failure(error)))
            } catch  where !arrivals.isEmpty && JobWork.isDiskFull(error) {
                // Those before it are jobs already, which the answer must not deny.
                let reason = "The server's disk is full. Make room there, then upload this file again."
                let refusal = WebError(507, "disk_full", reason, cause: "\(error)")
                arrivals.append(Arrival(filename: file.filename, outcome: .failure(refusal)))
            }
        }
        return arrivals
    }

    private func accept(_ arrival: UploadedFile) throws -> Job {
        var options = try ImportOptions(arrival.options, try context.importTargets)
        var proposed: [ImportTarget] = []
        let seen = try arrival.read { file in
            (options, proposed) = try proposal(file, arrival, options)
            return try look(file, arrival.range, &options)
        }
        return try order(
            seen,
            options,
            proposed: proposed,
            named: arrival.filename,
            hash: { try context.bodyHashes.hash(of: arrival.range).hex },
            claim: { try arrival.claim($0) }
        )
    }

    /// What a file is read as where its sender has not said what it holds: what its columns say, if he may be asked.
    /// - Returns: the options, and what the file may be instead.
    private func proposal(
        _ file: Int32,
        _ arrival: UploadedFile,
        _ options: ImportOptions
    ) throws -> (ImportOptions, [ImportTarget]) {
        let targets = try context.importTargets
        guard targets.all.count > 1, ImportOptions.leavesTargetOpen(arrival.options) else { return (options, []) }
        let folder = try context.setting(UploadFolder.self).path
        let head = try ImportHead.read(file, arrival.range, options.table, target: options.target, scratch: folder)
        switch try TargetProposal.of(head.headers, targets, context.database) {
        case .usual: return (options, [])
        case .one(let target):
            guard options.unmapped == .ask else { return (options, [target]) }
            return (try ImportOptions(arrival.options, target: target), [])
        case .several(let found):
            guard options.unmapped == .ask else { return (options, found) }
            let names = found.map(\.record.noun.many)
            throw WebError(
                422,
                "ambiguous_target",
                """
                The columns fit \(names.dropLast().joined(separator: ", ")) and \(names.last ?? ""). Say what the file \
                holds, and upload it again.
                """,
                members: [Self.member(found)]
            )
        }
    }

    private static func member(_ targets: [ImportTarget]) -> JSON.Member {
        JSON.Member("targets", .array(targets.map { .string($0.name) }))
    }

    /// A new job that imports the kept file of one that is over, as that one was asked to. The old job stays as it is,
    /// with its books and what can be undone of it; the new one has the file under a name of its own, so that either
    /// may lose it first.
    ///
    /// Throws 404 `no_file`, and the refusals of an upload.
    func again(_ job: Job) throws -> Job {
        guard let source = ImportJob.Source(json: job.parameters, in: context.database.folder),
            let file = try? Files.open(source.path, O_RDONLY)
        else { throw WebError(404, "no_file", "The file of this job is no longer kept.") }
        var options = try context.importOptions(of: job)
        // One that never got as far waits for the same answers once more; another is read as it was.
        options.unmapped = .ask
        if job.attempt > 0, !source.format.likelyEncodings.isEmpty, options.table.encoding == nil {
            options.table.encoding = source.format.encoding
        }
        return try order(
            try look(file.raw, source.range, &options),
            options,
            named: job.filename ?? job.displayName,
            hash: { job.fileHash },
            claim: { try Files.link(source.path, to: $0) }
        )
    }

    /// What is looked at before a file is accepted.
    private struct Look {
        var range: Range<Int64>
        var head: ImportHead
        var use: ImportProfileUse?
        var identity: SourceIdentity
        /// What is to identify the products where they have no SKUs.
        var proposal: IdentityProposal?
    }

    private func look(_ file: Int32, _ range: Range<Int64>, _ options: inout ImportOptions) throws -> Look {
        let folder = try context.setting(UploadFolder.self).path
        let (head, use) = try ImportHeader.read(file, range, &options, context.database, scratch: folder)
        let proposal = try IdentityProposal.find(file, range, head, options, use, scratch: folder)
        try options.take(proposal, head.headers)
        return Look(range: range, head: head, use: use, identity: try SourceIdentity(file, range), proposal: proposal)
    }

    /// Claims the file and asks for its job.
    /// - Parameters:
    ///   - proposed: what the file may hold instead, for the answer to one that cannot be read as it was to be.
    ///   - hash: of the file; found here, where long requests are at home and the bytes are still in memory, so that
    ///     the answer can tell at once that this file was imported before.
    ///   - claim: brings the file to a path.
    private func order(
        _ look: Look,
        _ options: ImportOptions,
        proposed: [ImportTarget] = [],
        named filename: String,
        hash: () throws -> String?,
        claim: (String) throws -> Void
    ) throws -> Job {
        // Here and not before: a profile says what rows do where the upload does not.
        try context.principal.require(options.permissions)
        let columns = try columns(look.head, options, proposed)
        let publicID = context.environment.makeUUID()
        let path = "\(try context.setting(UploadFolder.self).path)/\(publicID)"
        let write = try context.writeContext
        let hash = try hash()
        try claim(path)
        let source = ImportJob.Source(
            upload: path,
            range: look.range,
            format: look.head.format,
            identity: look.identity,
            in: context.database.folder
        )
        let known =
            columns
            ?? .provisional(
                headers: look.head.headers,
                mapping: options.mapping,
                target: options.target
            )
        let order = JobStore.Order(
            kind: options.target.jobKind,
            displayName: "Import of \(filename)",
            filename: filename,
            parameters: source.parameters(known, look.use, identity: look.proposal),
            options: try context.importTargets.told(options),
            fileHash: hash,
            keepsFile: true,
            undo: .possible
        )
        do {
            let isDoubtful = !look.head.format.likelyEncodings.isEmpty && options.asksWhatIsUnclear
            let reason = isDoubtful ? Job.waitsForEncoding : columns == nil ? Job.waitsForMapping : nil
            return try add(order, publicID, waitingFor: reason, look.use, write)
        } catch {
            unlink(path)
            throw error
        }
    }

    private func add(
        _ order: JobStore.Order,
        _ publicID: String,
        waitingFor reason: String?,
        _ use: ImportProfileUse?,
        _ write: WriteContext
    ) throws -> Job {
        let userID = try context.principal.user.id
        return try context.database.write(.full) {
            let jobs = JobStore(context.database)
            if let reason {
                return try jobs.addWaiting(order, reason: reason, publicID: publicID, userID: userID, context: write)
            }
            if let profile = use?.profile, !profile.isBuiltIn {
                try context.importProfiles.noteUse(profile.id, at: write.now)
            }
            return try jobs.add(order, publicID: publicID, userID: userID, context: write)
        }
    }

    /// Nil when they are not clear and a person is to make them so.
    private func columns(
        _ head: ImportHead,
        _ options: ImportOptions,
        _ proposed: [ImportTarget]
    ) throws -> ImportColumns? {
        do throws(WebError) {
            return try ImportHeader.columns(head.headers, options, in: head.format)
        } catch {
            guard options.unmapped == .ask, error.status == 422 else {
                guard !proposed.isEmpty else { throw error }
                var refusal = error
                refusal.members.append(Self.member(proposed))
                throw refusal
            }
            return nil
        }
    }
}
