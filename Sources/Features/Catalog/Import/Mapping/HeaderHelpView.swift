import AdminKit
import Markup

/// Which names of columns are understood: a part of the upload page that is folded away.
enum HeaderHelpView {
    static var html: HTML {
        """
        <details class="more-filters"><summary>Which columns are understood?</summary>
        <p>Case, spaces, <span class="code">_</span> and <span class="code">-</span> make no difference. Where two \
        columns could be meant none is taken; other columns are left out. \
        \(Link("Import profiles", CatalogPath.importProfiles.description).html) say what the columns of your own files \
        mean.</p>
        \(Table(
            "Columns that are understood",
            columns: [
                Column("Field", isRowHeading: true) { HTML(escaping: $0.title) },
                Column("Its own name", style: "code") { HTML(escaping: $0.name) },
                Column("Other names", style: "wide") { .text($0.others) },
            ],
            rows: rows
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

    private static let rows: [Row] = ImportMapping.Target.names.compactMap { name in
        guard let target = ImportMapping.Target(name: name), target != .group else { return nil }
        let others = HeaderSynonyms.all.filter { $0.target == target }.flatMap(\.names)
        return Row(
            title: MappingWords.title(target),
            name: name,
            others: others.isEmpty ? nil : others.joined(separator: ", ")
        )
    }
}
