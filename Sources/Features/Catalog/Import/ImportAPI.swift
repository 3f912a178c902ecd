import AdminKit
import Identity
import Support
import Web

/// `POST /api/upload-csv`. What follows is the job's own API, which belongs to Operations.
enum ImportAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/api/upload-csv",
            access: .permission(.runImports),
            pool: .upload,
            Operation(
                "Imports a file (CSV, XLSX, JSON; gzip, ZIP): multipart with one part `file`, or the raw file as body",
                parameters: [
                    .init("mode", "string", "upsert, create, update or delete"),
                    .init("blank", "string", "keep, clear or default"),
                    .init("duplicates", "string", "last, first or reject"),
                    .init("on_error", "string", "skip or stop: whether one rejected row fails the job untouched"),
                    .init("missing", "string", "keep or deactivate: active products that the file does not name"),
                    .init("review", "string", "1: wait for POST /api/jobs/{id}/confirm"),
                    .init("guard", "string", "on or off: wait when a great share of the rows deletes or reprices"),
                    .init("mapping", "string", mappingHelp),
                    .init("profile", "string", "the name or id of an import profile, or none"),
                    .init("unmapped", "string", "refuse, or ask: wait until somebody has said what the columns mean"),
                    .init("delimiter", "string", "comma, semicolon, tab, pipe or one character; found when left out"),
                    .init("quote", "string", "double, single or none; found when left out"),
                    .init("encoding", "string", "utf-8, utf-16le, utf-16be, windows-1252 or iso-8859-1"),
                    .init("sheet", "string", "The sheet of a workbook; the first visible one when left out"),
                ],
                request: [.init("multipart/form-data", "Upload"), .init("text/csv", "File")],
                responses: [202: [.json("JobAccepted")]]
            ),
            handler: upload
        )
    ]

    /// The synonyms belong to the contract, so the document lists them.
    private static var mappingHelp: String {
        let synonyms = HeaderSynonyms.all.map { entry in
            "\(entry.target.name ?? ""): \(entry.names.joined(separator: ", "))"
        }
        return """
            JSON object: column to field, to attribute:NAME, to null for none, or to {field, blank, default}. Known \
            without it are the fields' own names and these: \(synonyms.joined(separator: "; "))
            """
    }

    @Sendable static func upload(_ context: RequestContext) throws -> Response {
        let job = try ImportUpload(context).accept()
        return JobAnswers.accepted(job, at: context.environment.now())
    }
}
