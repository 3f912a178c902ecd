import AdminKit
import ImportEngine
import Markup
import Support

/// How the file was read, and when it ran.
enum ImportFactsView {
    static func html(_ model: ImportModel) -> HTML {
        """
        <section class="stack" aria-labelledby="facts-title">
        <h2 id="facts-title">Details</h2>
        <dl class="facts">
        \(model.format.map { ImportFormatView.facts($0, model.options.table, reading: model.profileReading) })
        \(model.profile.map { "<div><dt>Profile</dt><dd>\($0)</dd></div>" })
        \(if: !model.usedColumns.isEmpty, """
            <div><dt>Columns used</dt><dd>\(list(model.usedColumns.map { column($0, model.options.target) }))</dd></div>
            """)
        \(model.identity.map { """
            <div><dt>SKUs are made of</dt><dd>\(identity($0))\
            \($0.check.map { "<span class=\"row-note\">\($0.sentence)</span>" })</dd></div>
            """ })
        \(if: !model.ignoredColumns.isEmpty, """
            <div><dt>Columns ignored</dt><dd>\(list(model.ignoredColumns.map { "<span class=\"code\">\($0)</span>" }))\
            <span class="row-note">No field has this name. The values were not read.</span></dd></div>
            """)
        \(if: !model.unclearColumns.isEmpty, """
            <div><dt>Columns not clear</dt><dd>\(list(model.unclearColumns.map { "\($0.joined(separator: " or "))" }))\
            <span class="row-note">Each could mean the same field, so none was read.</span></dd></div>
            """)
        \(fact("Rows", ImportOptionFields.title(model.options.mode)))
        \(fact("Same SKU twice", ImportOptionFields.title(model.options.duplicates)))
        \(fact("Empty cells", ImportOptionFields.title(model.options.blank)))
        \(if: model.options.onError == .stop, fact("Wrong rows", ImportOptionFields.title(model.options.onError)))
        \(if: model.options.missing == .deactivate, """
            \(fact("Products not in the file", ImportOptionFields.title(model.options.missing)))
            """)
        \(if: !model.options.isGuarded, fact("Large changes", ImportOptionFields.title(isGuarded: false)))
        \(model.planPath.map { "<div><dt>Plan</dt><dd>\(Link("What was planned, row by row", $0).html)</dd></div>" })
        <div><dt>Started</dt><dd>\(Time.html(model.startedAt, seconds: true))</dd></div>
        <div><dt>Ended</dt><dd>\(Time.html(model.completedAt, seconds: true))</dd></div>
        \(until("Can be undone", model.control.undoUntil))\(until("File kept", model.control.fileUntil))
        \(if: model.startedAt != nil && !model.state.isLive, """
            <div><dt>Working time</dt><dd>\(Format.duration(milliseconds: model.workingMilliseconds))</dd></div>
            """)
        \(if: model.takeovers > 0, """
            <div><dt>Went on in another process</dt>\
            <dd>\(Format.count(model.takeovers, Noun("time", "times")))</dd></div>
            """)
        <div><dt>Job</dt><dd class="code">\(model.id)</dd></div>
        \(model.logLines.map { "<div><dt>System log</dt><dd>\($0.html)</dd></div>" })
        </dl>
        \(if: !model.outputLog.isEmpty, """
            <details><summary>Log</summary><pre class="log">\(model.outputLog)</pre></details>
            """)
        </section>
        """
    }

    /// The columns, and some of the SKUs that they make.
    static func identity(_ identity: IdentityProposal) -> HTML {
        guard !identity.examples.isEmpty else { return "\(identity.source)" }
        return "\(identity.source), as in \(list(identity.examples.map { "<span class=\"code\">\($0.sku)</span>" }))"
    }

    private static func fact(_ label: String, _ value: String) -> HTML {
        "<div><dt>\(label)</dt><dd>\(value)</dd></div>"
    }

    private static func until(_ label: String, _ time: Timestamp?) -> HTML? {
        time.map { "<div><dt>\(label)</dt><dd>until \(Time($0).html)</dd></div>" }
    }

    private static func column(_ column: ImportColumn, _ target: ImportTarget) -> HTML {
        let meaning = ImportMapping.Target(name: column.field, in: target)
        let field = meaning.map { MappingWords.title($0, in: target) } ?? column.field
        guard column.source != field else { return "<span class=\"code\">\(column.source)</span>" }
        return "<span class=\"code\">\(column.source)</span> <span aria-hidden=\"true\">→</span> \(field)"
    }

    private static func list(_ items: [HTML]) -> HTML {
        items.joined(separator: ", ")
    }
}
