import AdminKit
import ImportEngine
import Markup
import Support
import Web

/// What the last repair of an import's failing rows has brought.
package struct ImportRepair: Sendable, Equatable {
    package var filename: String
    /// Rows that fail no longer.
    package var repaired: Int64
    /// Rows that came back and still fail.
    package var stillFailed: Int64
    /// How many records changed nothing, each with the reason in words.
    package var ignored: [Ignored]
    /// Why it was given up; nil when it came to its end.
    package var error: String?

    package struct Ignored: Sendable, Equatable {
        package var count: Int64
        package var reason: String

        package init(_ count: Int64, _ reason: String) {
            self.count = count
            self.reason = reason
        }
    }

    package init(
        filename: String,
        repaired: Int64,
        stillFailed: Int64,
        ignored: [Ignored] = [],
        error: String? = nil
    ) {
        self.filename = filename
        self.repaired = repaired
        self.stillFailed = stillFailed
        self.ignored = ignored
        self.error = error
    }

    /// From the job's result.
    init?(_ result: JSON?) {
        guard let json = result?[RepairNotes.errand] else { return nil }
        self.init(
            filename: json["filename"]?.stringValue ?? "",
            repaired: json["repaired"]?.intValue ?? 0,
            stillFailed: json["still_failed"]?.intValue ?? 0,
            ignored: RepairIndex.Ignored.allCases.compactMap { reason in
                let count = json["ignored"]?[reason.rawValue]?.intValue ?? 0
                return count > 0 ? Ignored(count, reason.words) : nil
            },
            error: json["error"]?.stringValue
        )
    }
}

/// Where corrected rows are brought back.
package struct ImportRepairForm: Sendable, Equatable {
    /// The import's id.
    package var id: String
    /// The largest file taken, in bytes.
    package var maxBytes: Int64
    /// Why the plain form's upload was refused.
    package var error: String?

    package init(id: String, maxBytes: Int64, error: String? = nil) {
        self.id = id
        self.maxBytes = maxBytes
        self.error = error
    }
}

/// The last repair in a sentence, and the way to the next one.
enum ImportRepairView {
    private static let rows = Noun("row", "rows")

    /// A file control's id, which the error summary names too.
    static func field(_ form: ImportRepairForm) -> FormField {
        FormField("file", "Corrected rows", .file(accept: accepted), error: form.error, isRequired: true)
    }

    static let accepted = ".csv,.tsv,.txt,.xlsx,.gz,.zip"

    static func outcome(_ repair: ImportRepair) -> HTML {
        if let error = repair.error {
            return Banner(.warning, "The last repair was not finished.", more: " \(error)").html
        }
        var parts = ["\(Format.count(repair.repaired, rows)) repaired"]
        if repair.stillFailed > 0 { parts.append("\(Format.integer(repair.stillFailed)) still not importable") }
        parts += repair.ignored.map { "\(Format.integer($0.count)) ignored because \($0.reason)" }
        let tone: Tone = repair.stillFailed > 0 || !repair.ignored.isEmpty ? .warning : .success
        return Banner(tone, "Last repair, \(repair.filename):", more: " \(parts.joined(separator: "; ")).").html
    }

    /// A plain form that the script turns into a drop zone with upload progress.
    static func form(_ form: ImportRepairForm, _ csrf: CSRFField) -> HTML {
        let control = field(form)
        return """
            <form class="upload" method="post" action="\(ImportPath.repairImport(form.id).description)" \
            enctype="multipart/form-data" data-upload="/api/jobs/\(form.id)/repair" \
            data-job-path="\(ImportPath.imports.description)/" data-max-bytes="\(form.maxBytes)" data-single>
            \(csrf.html)
            <div class="drop-zone">
            <label for="\(control.id)">\
            <strong data-script-text="Drop the corrected rows here, or choose the file">Choose the corrected rows\
            </strong><span class="hint" id="\(control.id)-hint">Correct the downloaded rows, keep the column \
            \(RepairColumns.row), and bring the file back: only these rows are imported, and they count in this import.\
            </span></label>
            \(control.error.map { "<p class=\"field-error\" id=\"\(control.id)-error\">\($0)</p>" })
            <input class="file-input" type="file" id="\(control.id)" name="file" accept="\(accepted)" required \
            aria-describedby="\(control.id)-hint\(if: control.error != nil, " \(control.id)-error")"\
            \(if: control.error != nil, " aria-invalid=\"true\"")>
            <button class="button secondary" data-without-script>Upload corrected rows</button>
            </div>
            <ul class="uploads" aria-label="Uploads" data-uploads hidden></ul>
            </form>
            """
    }
}

extension RepairIndex.Ignored {
    /// Completes the sentence "… ignored because …".
    var words: String {
        switch self {
        case .noRow: "they name no row"
        case .notFailing: "their rows do not fail, or not any more"
        case .repeated: "a later row of the file corrects the same one"
        case .empty: "nothing stands behind the number of the row"
        }
    }
}
