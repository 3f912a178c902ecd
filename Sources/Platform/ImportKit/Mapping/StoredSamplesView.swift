import AdminKit
import Markup

/// What the first values and the first rows of a file become.
enum StoredSamplesView {
    /// One value of a column, with what is stored of it where that is something else.
    static func sample(_ sample: MappingModel.Sample) -> HTML {
        guard let stored = sample.stored, stored != sample.text else {
            return "<li class=\"code\">\(sample.text)</li>"
        }
        var result: HTML = "<span class=\"quiet\">not stored</span>"
        if let stored { result = "<ins class=\"code\">\(stored)</ins>" }
        return """
            <li><span class="code">\(sample.text)</span> <span aria-hidden="true">→</span>\
            <span class="visually-hidden"> becomes </span> \(result)</li>
            """
    }

    /// The first rows, a column for each field.
    static func html(_ stored: MappingModel.Stored) -> HTML {
        """
        <section class="stack" aria-labelledby="stored-title">
        <h2 id="stored-title">So it will be stored</h2>
        \(Table(
            "The first rows as they will be stored",
            columns: stored.fields.indices.map { column($0, stored.fields[$0]) },
            rows: stored.rows
        ).html)
        </section>
        """
    }

    private static func column(_ index: Int, _ label: String) -> Column<[String?]> {
        Column(label, isRowHeading: index == 0) { row in HTML.text(row[index]) }
    }
}
