import AdminKit
import ImportEngine
import Markup
import Web

/// Which names of columns are understood: a part of the upload page that is folded away.
enum HeaderHelpView {
    static func html(_ target: ImportTarget) -> HTML {
        """
        <details class="more-filters"><summary>Which columns are understood?</summary>
        <p>Case, spaces, <span class="code">_</span> and <span class="code">-</span> make no difference. Where two \
        columns could be meant none is taken; other columns are left out. \
        \(Link("Import profiles", ImportPath.importProfiles.description).html) say what the columns of your own files \
        mean.</p>
        \(Table(
            "Columns that are understood",
            columns: [
                Column("Field", isRowHeading: true) { HTML(escaping: $0.title) },
                Column("Its own name", style: "code") { HTML(escaping: $0.name) },
                Column("Other names", style: "wide") { .text($0.others) },
            ],
            rows: rows(target)
        ).html)
        </details>
        """
    }

    private struct Row {
        var title: String
        var name: String
        /// Nil where there is none.
        var others: String?
    }

    private static func rows(_ target: ImportTarget) -> [Row] {
        ImportMapping.Target.all(of: target).compactMap { meaning in
            guard let name = meaning.name, !meaning.isOfRows else { return nil }
            let others = target.synonyms.entries.filter { $0.target == meaning }.flatMap(\.names)
            return Row(
                title: MappingWords.title(meaning, in: target),
                name: name,
                others: others.isEmpty ? nil : others.joined(separator: ", ")
            )
        }
    }
}
