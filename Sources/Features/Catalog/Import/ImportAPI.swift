import AdminKit
import Identity
import Support
import Tables
import Web

/// `POST /api/upload-csv`. What follows is the job's own API, which belongs to Operations.
enum ImportAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/api/upload-csv",
            access: .permission(.runImports),
            needs: .upload(),
            pool: .upload,
            Operation(
                "Imports a file (CSV, XLSX, JSON; gzip, ZIP): multipart with one part `file`, or the raw file as body",
                parameters: options + [filename],
                request: [.init("multipart/form-data", "Upload"), .init("application/octet-stream", "File")],
                responses: [202: [.json("JobAccepted")]],
                headers: [.location]
            ),
            handler: upload
        )
    ]

    /// What may be said of an upload, as form parts or in the query. What is assumed stands in words: a client that is
    /// generated sends a `default` along, in the query even when the form says something else.
    static let options: [Operation.Parameter] =
        [
            choice("mode", ImportOptions.Mode.self, "what rows do", .upsert),
            choice("blank", ImportOptions.Blank.self, "what a blank cell means", .keep),
            choice("duplicates", ImportOptions.Duplicates.self, "which record of one SKU counts", .last),
            choice("on_error", ImportOptions.OnError.self, "whether one rejected row fails the job untouched", .skip),
            choice("missing", ImportOptions.Missing.self, "active products that the file does not name", .keep),
            .init("review", .choice(["0", "1"]), "1: wait for POST /api/jobs/{id}/confirm; 0 when left out"),
            .init(
                "guard",
                .choice(["on", "off"]),
                "on: wait when a great share of the rows deletes or reprices; on when left out"
            ),
            .init(
                "mapping",
                .ref("ColumnMapping"),
                "which column feeds which field",
                example: "{\"Art.-Nr.\": \"sku\"}",
                mediaType: "application/json"
            ),
            .init("profile", .text(length: 1...ImportProfile.maxName), "the name or id of an import profile, or none"),
            choice(
                "unmapped",
                ImportOptions.Unmapped.self,
                "what to do when columns are not clear; ask: wait until somebody has said what they mean",
                .refuse
            ),
        ] + tableOptions

    static let delimiterPattern = #"^(comma|semicolon|tab|pipe|[\u0001-\u0009\u000b\u000c\u000e-\u007f])?$"#

    /// How a file is to be read, where that is not to be found out.
    static let tableOptions: [Operation.Parameter] = [
        .init(
            "delimiter",
            .text(length: 1...9, pattern: delimiterPattern),
            "comma, semicolon, tab, pipe or one character; found when left out",
            example: "semicolon"
        ),
        .init("quote", .choice(["double", "single", "none"]), "found when left out"),
        .init("encoding", .choice(TextEncoding.allCases.map(\.rawValue)), "found when left out"),
        .init(
            "sheet",
            .text(length: 0...TableChoices.maxSheet),
            "the sheet of a workbook; the first visible one when left out"
        ),
        .init(
            "header_row",
            .integer(nil, TableChoices.headerRows),
            "the line, or the row of the sheet, with the names of the columns; found when left out"
        ),
    ]

    /// Of a raw body only: a form has the name in its part.
    static let filename = Operation.Parameter(
        "X-Filename",
        .text(length: 0...UploadedFile.maxNameHeader, pattern: "^([A-Za-z0-9._~-]|%[0-7][0-9A-Fa-f])*$"),
        "the name of the file, percent-encoded UTF-8; upload.csv when left out",
        in: .header,
        example: "prices%20May.csv"
    )

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ type: Choice.Type,
        _ description: String,
        _ standard: Choice
    ) -> Operation.Parameter {
        let words = Choice.allCases.map(\.rawValue)
        return .init(name, .choice(words), "\(description); \(standard.rawValue) when left out")
    }

    /// The synonyms belong to the contract, so the document lists them.
    static let synonymHelp: String = {
        let synonyms = HeaderSynonyms.all.map { entry in
            "\(entry.target.name ?? ""): \(entry.names.joined(separator: ", "))"
        }
        return """
            Known without it are the fields' own names and these, however they are written: \
            \(synonyms.joined(separator: "; ")).
            """
    }()

    @Sendable static func upload(_ context: RequestContext) throws -> Response {
        let job = try ImportUpload(context).accept()
        return try JobAnswers.accepted(job, context)
    }
}
