import Database
import Identity
import ImportEngine
import Jobs
import Support
import Tables
import Web

/// What a program answers to an import that waits because the encoding of its file is only a guess.
enum EncodingAnswer {
    /// Lets the import begin with the file read in that encoding.
    /// - Parameter name: any label; nil for the best guess.
    /// - Returns: the job as it is then.
    ///
    /// Throws 422 for an unknown encoding and what an upload with these columns would throw.
    static func apply(_ name: String?, _ job: Job, _ context: RequestContext) throws -> Job {
        var draft = try MappingDraft(context.importOptions(of: job))
        let guess = TableFormat(json: job.parameters["format"] ?? .null).encoding
        try draft.options.table.set("encoding", name ?? guess.rawValue)
        let table = try MappingPages.table(job, draft.options.table, context)
        draft.options.mapping = draft.options.mapping.restricted(to: table.headers)
        _ = try ImportHeader.prepare(table.headers, &draft.options, context.database)
        let columns = try ImportHeader.columns(table.headers, draft.options)
        try MappingPages.apply(draft, columns, table, job, context)
        return try JobStore(context.database).find(publicID: job.publicID) ?? job
    }
}
