package import AdminKit
package import Markup
package import Support

/// One version of a record: who made it, and what it changed.
package struct RecordRevisionRow: Sendable, Equatable {
    /// One field before and after; nil stands for no value.
    package struct Change: Sendable, Equatable {
        package var label: String
        package var before: String?
        package var after: String?

        package init(label: String, before: String?, after: String?) {
            self.label = label
            self.before = before
            self.after = after
        }
    }

    package var version: Int64
    package var at: Timestamp
    /// The person, token or job in words.
    package var actor: String
    /// The import that made it, if it was one.
    package var job: Link?
    /// create, update, delete or restore.
    package var kind: String
    package var changes: [Change]

    package init(
        version: Int64,
        at: Timestamp,
        actor: String,
        job: Link? = nil,
        kind: String,
        changes: [Change] = []
    ) {
        self.version = version
        self.at = at
        self.actor = actor
        self.job = job
        self.kind = kind
        self.changes = changes
    }
}

/// The history below a record: every version, newest first.
package enum RecordHistoryView {
    /// - Parameters:
    ///   - noun: what the record is called.
    ///   - restore: makes the button that restores a version; nil when the user may not.
    package static func html(
        _ revisions: [RecordRevisionRow],
        of noun: String,
        compare: Link? = nil,
        restore: ((Int64) -> HTML)? = nil
    ) -> HTML {
        """
        <section class="stack ruled" aria-labelledby="history-title">
        <h2 id="history-title">History</h2>
        \(revisions.isEmpty
            ? "<p class=\"quiet\">No version has been recorded yet.</p>" : table(revisions, noun, restore))
        \(revisions.count > 1 ? compare.map { "<p>\($0.html)</p>" } : nil)
        </section>
        """
    }

    private static func table(
        _ revisions: [RecordRevisionRow],
        _ noun: String,
        _ restore: ((Int64) -> HTML)?
    ) -> HTML {
        let present = revisions.first?.version
        let way: [Column<RecordRevisionRow>] =
            restore.map { button in
                [
                    Column("Way back") { revision in
                        // The present version is no way back, and a deleted record is none to go back to.
                        revision.version == present || revision.kind == "delete" ? .absent : button(revision.version)
                    }
                ]
            } ?? []
        return Table(
            "Versions of this \(noun)",
            columns: [
                .number("Version") { "\($0.version)" },
                Column("When") { Time($0.at, seconds: true).html },
                Column("Who", cell: who),
                Column("What changed", style: "wide", cell: what),
            ] + way,
            rows: revisions,
            style: "versions"
        ).html
    }

    private static func who(_ revision: RecordRevisionRow) -> HTML {
        "\(revision.actor)\(revision.job.map { "<span class=\"row-note\">\($0.html)</span>" })"
    }

    private static func what(_ revision: RecordRevisionRow) -> HTML {
        let changes: HTML? =
            revision.changes.isEmpty ? nil : "<ul class=\"changes\">\(each: revision.changes, change)</ul>"
        switch revision.kind {
        case "create": return "Created\(changes)"
        case "delete": return "Deleted\(changes)"
        case "restore": return "Restored\(changes)"
        default: return changes ?? "Nothing"
        }
    }

    private static func change(_ change: RecordRevisionRow.Change) -> HTML {
        let before: HTML = change.before.map { "<del>\($0)</del>" } ?? "<span class=\"quiet\">empty</span>"
        let after: HTML = change.after.map { "<ins>\($0)</ins>" } ?? "<span class=\"quiet\">empty</span>"
        return """
            <li><span class="quiet">\(change.label):</span> \(before) <span aria-hidden="true">→</span>\
            <span class="visually-hidden">to</span> \(after)</li>
            """
    }
}
