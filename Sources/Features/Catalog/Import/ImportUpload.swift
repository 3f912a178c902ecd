import Crypto
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
    /// Throws the refusals of `POST /api/upload-csv` as `WebError`.
    package func accept() throws -> Job {
        let arrival = try UploadedFile(context, options: ImportOptions.names)
        var options = try ImportOptions(arrival.options)
        let folder = try context.setting(UploadFolder.self).path
        let head = try arrival.read { file in
            try ImportHead.read(file, arrival.range, options.table, scratch: folder)
        }
        let use = try ImportHeader.prepare(head.headers, &options, context.database)
        let columns = try columns(head.headers, options)
        let publicID = context.environment.makeUUID()
        let path = "\(folder)/\(publicID)"
        let write = try context.writeContext
        try arrival.claim(path)
        // Here, where long requests are at home and the bytes are still in memory, so that the answer can tell at once
        // that this file was imported before.
        let hash: [UInt8]
        do {
            hash = try BLAKE2b.hash(file: path, arrival.range)
        } catch {
            unlink(path)
            throw error
        }
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
