import Database
import Glibc
import Identity
import Jobs
import Support
import Tables
import Web

/// Takes corrected rows in: checks what can be seen at once, claims the spooled body, and takes the import up again.
struct RepairUpload {
    let context: RequestContext

    /// The import that merges the rows of the request's body.
    ///
    /// Throws the refusals of `POST /api/jobs/{id}/repair` as `WebError`.
    func accept(_ job: Job) throws -> JobStore.Outcome {
        let upload = try UploadedFile(context, options: TableChoices.optionNames)
        var choices = TableChoices()
        for name in upload.options.names { try choices.set(name, upload.options[name] ?? "") }
        guard job.canRepair else { return .wrongState(job) }
        guard let source = ProductImport.Source(json: job.parameters), Files.exists(source.path) else {
            throw WebError(404, "file_gone", "The uploaded file is not kept any more, so its rows cannot be repaired.")
        }
        let folder = try context.setting(UploadFolder.self).path
        let head = try upload.read { file in
            try ImportHead.read(file, upload.range, choices, scratch: folder) { headers in
                CSVHeader(names: headers).column(named: RepairColumns.row) != nil
            }
        }
        try check(head, ImportOptions(json: job.options).mapping)
        let writer = try context.writeContext
        // Two repairs at once must not take each other's file; the one that is let in gets the name.
        let arrived = "\(folder)/\(context.environment.makeUUID()).repair"
        try upload.claim(arrived)
        let path = "\(folder)/\(job.publicID).repair"
        let notes = RepairNotes(
            ProductImport.Source(path: path, range: upload.range, format: head.format),
            filename: upload.filename
        )
        let store = JobStore(context.database)
        do {
            let outcome = try store.begin(RepairNotes.errand, notes: notes.json, job, context: writer) { current in
                guard current.canRepair else { return false }
                unlink(ImportTable.workingPath(of: notes.source))
                try Files.rename(arrived, to: path)
                return true
            }
            unlink(arrived)
            return outcome
        } catch {
            unlink(arrived)
            throw error
        }
    }

    private func check(_ head: ImportHead, _ mapping: ImportMapping) throws {
        let header = CSVHeader(names: head.headers)
        guard header.column(named: RepairColumns.row) != nil else {
            throw WebError(
                422,
                "no_row_column",
                """
                No column is named \(RepairColumns.row). Download the failing rows, correct them in that file and \
                upload it again with its first column.
                """,
                members: [JSON.Member("headers", .array(head.headers.map(JSON.string)))]
            )
        }
        _ = try ImportHeader.columns(head.headers, RepairColumns.mapping(mapping, for: head.headers))
    }
}
