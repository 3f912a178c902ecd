import AdminKit
import Markup
import Support
import Web

/// The history of imports as a table that moves by itself where the script runs.
enum ImportHistoryView {
    static func html(_ rows: [ImportHistoryRow]) -> HTML {
        Table(
            "Imports",
            columns: [
                Column("File", style: "job", isRowHeading: true, cell: file),
                Column("Status", style: "job-status", cell: status),
                Column("Rows", style: "number job-rows", cell: processed),
                Column("What became of them", style: "job-changes", cell: changes),
                Column("Imported", style: "job-time", cell: imported),
                Column("Took", style: "number job-took", cell: took),
            ],
            rows: rows,
            style: "jobs history",
            rowAttributes: { row in
                " data-job=\"\(row.id)\" data-status=\"\(row.state.rawValue)\" data-waiting=\"\(row.waitingReason)\""
            }
        ).html
    }

    private static func file(_ row: ImportHistoryRow) -> HTML {
        let download: HTML? =
            row.keepsFile
            ? """
            <span class="row-note"><a href="\(ImportPath.importFile(row.id).description)" download>Download</a></span>
            """
            : nil
        return """
            \(Link(row.filename, ImportPath.importJob(row.id).description).html)\
            \(row.profile.map { "<span class=\"row-note\">Profile \($0)</span>" })\
            \(row.errorMessage.map { "<span class=\"row-note\">\($0)</span>" })\(download)
            """
    }

    private static func status(_ row: ImportHistoryRow) -> HTML {
        let badge = row.standing.badge.html
        guard row.state == .processing || row.state == .validating else { return "\(badge)\(undone(row))" }
        return """
            \(badge) <span class="row-progress">\
            \(ProgressBar(row.progress, label: "Progress of \(row.filename)").html)\
            <span data-field="progress" data-format="percent">\(row.progress) %</span></span>
            """
    }

    private static func undone(_ row: ImportHistoryRow) -> HTML {
        switch row.undone {
        case .no: ""
        case .underWay(let id), .yes(let id): note(Link("See the undo", ImportPath.job(id).description))
        case .redone(let id): note(Link("Undone and redone", ImportPath.job(id).description))
        case .stopped(let id): note(Link("See the undo that stopped", ImportPath.job(id).description))
        case .partly(let id, kept: 0): note(Link("See the undo", ImportPath.job(id).description))
        case .partly(let id, let kept):
            note(Link("Partly undone: \(Format.integer(kept)) kept", ImportPath.job(id).description))
        case .inVain(let id, let kept):
            note(Link("Nothing undone: \(Format.integer(kept)) kept", ImportPath.job(id).description))
        }
    }

    private static func note(_ link: Link) -> HTML { "<span class=\"row-note\">\(link.html)</span>" }

    private static func processed(_ row: ImportHistoryRow) -> HTML {
        let total: HTML? =
            row.state == .completed
            ? nil : row.counts.total.map { " <span class=\"quiet\">of \(Format.integer($0))</span>" }
        return """
            <span data-field="processed_rows" data-format="integer">\(Format.integer(row.counts.processed))</span>\
            \(total)
            """
    }

    private static func changes(_ row: ImportHistoryRow) -> HTML {
        let counts = row.counts
        let job = ImportPath.importJob(row.id).description
        let bar = ShareBar.html([
            (counts.created, 2), (counts.updated, 4), (counts.unchanged, 0), (counts.skipped, 3), (counts.failed, 5),
        ])
        return """
            \(bar)<ul class="counts">\
            \(count("created", "created_rows", counts.created, row.created))\
            \(count("updated", "updated_rows", counts.updated, row.updated))\
            \(count("unchanged", "unchanged_rows", counts.unchanged, nil))\
            \(count("skipped", "skipped_rows", counts.skipped, nil))\
            \(count("failed", "failed_rows", counts.failed, "\(job)#problems-title"))</ul>
            """
    }

    /// A kind of row that there is none of takes no room, unless it may still move.
    private static func count(_ word: String, _ field: String, _ value: Int64, _ path: String?) -> HTML? {
        guard value > 0 else { return nil }
        let figure: HTML = """
            <span data-field="\(field)" data-format="integer">\(Format.integer(value))</span> \(word)
            """
        return path.map { "<li><a href=\"\($0)\">\(figure)</a></li>" } ?? "<li>\(figure)</li>"
    }

    private static func imported(_ row: ImportHistoryRow) -> HTML {
        "\(Time(row.createdAt).html)<span class=\"row-note\">\(row.userName.map { "by \($0)" })</span>"
    }

    private static func took(_ row: ImportHistoryRow) -> HTML {
        guard let work = row.workingMilliseconds else { return .absent }
        let rate: HTML? = row.rowsPerSecond.map { "<span class=\"row-note\">\(Format.integer($0)) rows/s</span>" }
        return "\(Format.duration(milliseconds: work))\(rate)"
    }
}
