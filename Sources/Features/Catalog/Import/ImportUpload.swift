import Database
import Glibc
package import Identity
package import Jobs
import Support
import Web

/// Takes an upload in: checks what can be seen at once, claims the spooled body, and asks for the job.
///
/// A body that nobody claims disappears with its request. The claim is a rename; the file and its folder are on disk
/// before the job's row is, so an acknowledged upload survives whatever comes.
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
            } catch let error as WebError where [400, 403, 415, 422].contains(error.status) {
                arrivals.append(Arrival(filename: file.filename, outcome: .failure(error)))
            }
        }
        return arrivals
    }

    private func accept(_ arrival: UploadedFile) throws -> Job {
        var options = try ImportOptions(arrival.options)
        let folder = try context.setting(UploadFolder.self).path
        let (head, use) = try arrival.read { file in
            try ImportHeader.read(file, arrival.range, &options, context.database, scratch: folder)
        }
        // Here and not before: a profile says what rows do where the upload does not.
        try context.principal.require(options.permissions)
        let columns = try columns(head.headers, options)
        let publicID = context.environment.makeUUID()
        let path = "\(folder)/\(publicID)"
        let write = try context.writeContext
        // Here, where long requests are at home and the bytes are still in memory, so that the answer can tell at once
        // that this file was imported before.
        let hash = try context.bodyHashes.hash(of: arrival.range)
        try arrival.claim(path)
        let source = ProductImport.Source(path: path, range: arrival.range, format: head.format)
        let known = columns ?? .provisional(headers: head.headers, mapping: options.mapping)
        let order = JobStore.Order(
            kind: ProductImport.kind,
            displayName: "Import of \(arrival.filename)",
            filename: arrival.filename,
            parameters: source.parameters(known, use),
            options: options.json,
            fileHash: hash.hex,
            keepsFile: true,
            undo: .possible
        )
        do {
            let userID = try context.principal.user.id
            return try context.database.write(.full) {
                let jobs = JobStore(context.database)
                guard columns != nil else {
                    let reason = Job.waitsForMapping
                    return try jobs.addWaiting(
                        order,
                        reason: reason,
                        publicID: publicID,
                        userID: userID,
                        context: write
                    )
                }
                if let profile = use?.profile, !profile.isBuiltIn {
                    try ImportProfileStore(context.database).noteUse(profile.id, at: write.now)
                }
                return try jobs.add(order, publicID: publicID, userID: userID, context: write)
            }
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Nil when they are not clear and a person is to make them so.
    private func columns(_ headers: [String], _ options: ImportOptions) throws -> ImportColumns? {
        do throws(WebError) {
            return try ImportHeader.columns(headers, options.mapping)
        } catch {
            guard options.unmapped == .ask, error.status == 422 else { throw error }
            return nil
        }
    }
}
