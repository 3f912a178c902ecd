import Database
import Glibc
import Identity
import ImportEngine
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
        let source = try source(of: job)
        let folder = try context.setting(UploadFolder.self).path
        let options = try context.importOptions(of: job)
        let head = try upload.read { file in
            func head(_ choices: TableChoices) throws -> ImportHead {
                try ImportHead.read(file, upload.range, choices, target: options.target, scratch: folder) { headers in
                    CSVHeader(names: headers).column(named: RepairColumns.row) != nil
                }
            }
            let found = try head(choices)
            guard !found.format.likelyEncodings.isEmpty else { return found }
            // A program that does not write UTF-8 writes what it wrote before.
            choices.encoding = source.format.encoding
            return try head(choices)
        }
        try check(head, options)
        return try begin(job, upload.filename, upload.range, head.format) { try upload.claim($0) }
    }

    /// The import that merges rows which were corrected on a page.
    ///
    /// Throws 404 `file_gone`.
    func accept(_ job: Job, _ file: CorrectedRowsFile) throws -> JobStore.Outcome {
        guard job.canRepair else { return .wrongState(job) }
        _ = try source(of: job)
        return try begin(job, CorrectedRowsFile.name, 0..<Int64(file.bytes.count), file.format) { path in
            try Files.replace(path, with: file.bytes)
        }
    }

    private func source(of job: Job) throws -> ImportJob.Source {
        guard let source = ImportJob.Source(json: job.parameters, in: context.database.folder),
            Files.exists(source.path)
        else {
            throw WebError(404, "file_gone", "The uploaded file is not kept any more, so its rows cannot be repaired.")
        }
        return source
    }

    /// Puts the corrected rows at their place and takes the import up again to merge them.
    private func begin(
        _ job: Job,
        _ filename: String,
        _ range: Range<Int64>,
        _ format: TableFormat,
        place: (String) throws -> Void
    ) throws -> JobStore.Outcome {
        let folder = try context.setting(UploadFolder.self).path
        let writer = try context.writeContext
        // A name of its own: the worker of the repair before may only now be removing its file.
        let path = "\(folder)/\(job.publicID).\(context.environment.makeUUID()).repair"
        try place(path)
        let notes = RepairNotes(
            ImportJob.Source(upload: path, range: range, format: format, in: context.database.folder),
            filename: filename
        )
        do {
            let outcome = try JobStore(context.database).begin(
                RepairNotes.errand,
                notes: notes.json,
                job,
                context: writer
            ) { current in
                guard current.canRepair else { return false }
                // Inside the transaction: files of jobs that are over are swept away in one as well.
                guard Files.exists(path) else { throw SystemError("find \(path)", code: ENOENT) }
                return true
            }
            if case .wrongState = outcome { unlink(path) }
            return outcome
        } catch {
            unlink(path)
            throw error
        }
    }

    private func check(_ head: ImportHead, _ options: ImportOptions) throws {
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
        var options = options
        options.mapping = RepairColumns.mapping(options.mapping, for: head.headers)
        options.identify = RepairColumns.identity(options.identify, for: head.headers)
        _ = try ImportHeader.columns(head.headers, options)
    }
}
