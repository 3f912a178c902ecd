import AdminKit
import Identity
import ImportEngine
import Support
import Tables
import Web

/// `POST /api/upload-csv`. What follows is the job's own API, which belongs to Operations.
enum ImportAPI {
    static func routes(_ targets: ImportTargets) -> [AppRoute] {
        [
            AppRoute(
                .post,
                "/api/upload-csv",
                access: .permission(.runImports),
                needs: .upload(),
                pool: .upload,
                Operation(
                    """
                    Imports a file (CSV, XLSX, JSON; gzip, ZIP): multipart with one part `file`, or the raw file as body
                    """,
                    parameters: options(targets) + [filename],
                    request: [.init("multipart/form-data", "Upload"), .init("application/octet-stream", "File")],
                    responses: [202: [.json("JobAccepted")]],
                    headers: [.location]
                ),
                handler: upload
            )
        ]
    }

    /// What may be said of an upload, as form parts or in the query. What is assumed stands in words: a client that is
    /// generated sends a `default` along, in the query even when the form says something else.
    static func options(_ targets: ImportTargets) -> [Operation.Parameter] {
        [
            .init(
                "target",
                .choice(targets.all.map(\.name)),
                """
                what the rows become, see GET /api/import-targets; when left out \(targets.standard.name), or with \
                unmapped=ask what the names of the columns say
                """
            ),
            choice("mode", ImportOptions.Mode.self, "what rows do", .upsert),
            choice("blank", ImportOptions.Blank.self, "what a blank cell means", .keep),
            choice("duplicates", ImportOptions.Duplicates.self, "which record of one SKU counts", .last),
            choice("on_error", ImportOptions.OnError.self, "whether one rejected row fails the job untouched", .skip),
            choice("missing", ImportOptions.Missing.self, "active products that the file does not name", .keep),
            choice("ragged", ImportOptions.Ragged.self, "rows with cells missing, or empty ones too many", .fill),
            .init(
                ImportOptions.reversalName,
                .choice(["0", "1"]),
                "1: the file may take back a yes that is meant to last, such as that no mail is wanted; 0 when left out"
            ),
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
                "what to do when columns are not clear; ask: wait until a user has said what they mean",
                .refuse
            ),
            .init(
                "identify",
                .text(length: 0...ImportIdentity.maxText),
                """
                what identifies a product: sku; handle (with option values, `tee-m`; a row that has a SKU keeps it); \
                or the name of a column, several with commas between. When left out the SKU; where a file of Shopify \
                or WooCommerce has none, handle is proposed and the plan waits to be confirmed (with review=0: 422 \
                no_skus)
                """,
                example: "handle"
            ),
        ] + tableOptions
    }

    /// Each encoding by one name, and Latin-1 by its own, so that a client that is generated has no name twice.
    static let encodings = TextEncoding.readable.map(\.rawValue) + ["iso-8859-1"]
    static let encodingHelp = """
        by any label of the WHATWG Encoding Standard (cp1250, sjis …), of which these are the first; iso-8859-1 is \
        read as windows-1252, as everywhere on the web
        """

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
        .init("encoding", .choice(encodings), "\(encodingHelp); found when left out, or asked"),
        .init(
            "sheet",
            .text(length: 0...TableChoices.maxSheet),
            "the sheet of a workbook; the first visible one when left out"
        ),
        .init(
            "items",
            .text(length: 0...TableChoices.maxItems),
            "where the list of objects stands in a JSON file; found when left out, and asked where there are several",
            example: "data.products"
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
        .text(length: 0...UploadName.mostInHeader, pattern: "^([A-Za-z0-9._~-]|%[0-7][0-9A-Fa-f])*$"),
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
    static func synonymHelp(_ targets: ImportTargets) -> String {
        let synonyms = targets.standard.synonyms.entries.map { entry in
            "\(entry.target.name ?? ""): \(entry.names.joined(separator: ", "))"
        }
        return """
            Known without it are the fields' own names and these, however they are written: \
            \(synonyms.joined(separator: "; ")).
            """
    }

    @Sendable static func upload(_ context: RequestContext) throws -> Response {
        let job = try ImportUpload(context).accept()
        return try JobAnswers.accepted(job, context)
    }
}
