import AdminKit
import Database
import Markup
import Support

/// An entry of the audit trail as a line of its page.
struct AuditRow: Sendable, Equatable {
    /// A value that changed. Nil where it was, or is, nothing.
    struct Change: Sendable, Equatable {
        var name: String
        var before: String?
        var after: String?
    }

    var id: Int64
    var at: Timestamp
    /// As stored: `user:3`.
    var actor: String
    var actorName: String
    var action: String
    var entity: String
    var entityID: String?
    var changes: [Change]
    var ip: String?
    var requestID: String?

    init(_ record: AuditRecord, actorName: String) {
        id = record.id
        at = record.at
        actor = record.actor
        self.actorName = actorName
        action = record.action
        entity = record.entity
        entityID = record.entityID
        changes = Self.changes(AuditAPI.parsed(record.before), AuditAPI.parsed(record.after))
        ip = record.ip
        requestID = record.requestID
    }

    /// The members of both sides in their order, each with what it was and is; those that hold nothing on either are
    /// left out.
    static func changes(_ before: JSON, _ after: JSON) -> [Change] {
        let old = members(before)
        let new = members(after)
        let added = new.filter { member in !old.contains { $0.name == member.name } }
        return (old + added).compactMap { member in
            let before = text(old.first { $0.name == member.name }?.value)
            let after = text(new.first { $0.name == member.name }?.value)
            return before == nil && after == nil ? nil : Change(name: member.name, before: before, after: after)
        }
    }

    private static func members(_ side: JSON) -> [JSON.Member] {
        if side.isNull { return [] }
        return side.members ?? [JSON.Member("value", side)]
    }

    private static func text(_ value: JSON?) -> String? {
        guard let value, !value.isNull else { return nil }
        return value.stringValue ?? value.text
    }
}

/// What the page of the audit trail shows.
struct AuditModel: Sendable, Equatable {
    var state: ListState
    var rows: [AuditRow]
    var pagination: Pagination
    /// Whom one can choose.
    var actors: [FormField.Choice]
    var actions: [String]
    var entities: [String]
}

/// Who did what, newest first.
enum AuditView {
    static func html(_ model: AuditModel, in shell: Shell) -> HTML {
        let filters = filterBar(model)
        return Page(
            "Audit trail",
            meta:
                """
                Every change with who made it. Entries are never changed or removed; \
                <code>bodega audit verify</code> proves it.
                """,
            actions: model.rows.isEmpty ? "" : export(model),
            content: """
                \(filters.html)
                \(list(model, filters))
                """
        ).html(in: shell)
    }

    /// The entries that match as a file.
    private static func export(_ model: AuditModel) -> HTML {
        let total = model.pagination.total
        let title = "Export \(total.text) \(total.isOne ? "entry" : "entries")"
        return Link(title, model.state.action("/api/audit-log.csv")).button()
    }

    private static func list(_ model: AuditModel, _ filters: FilterBar) -> HTML {
        guard model.rows.isEmpty else { return "\(table(model))\(model.pagination.html)" }
        guard filters.isNarrowed else {
            return EmptyState("No entries yet", "Logins and changes are listed here as they happen.").html
        }
        return EmptyState(
            "No entry matches these filters",
            "Change a filter, or clear them all.",
            action: Link("Clear all filters", model.state.path).button()
        ).html
    }

    private static func table(_ model: AuditModel) -> HTML {
        let state = model.state
        return Table(
            "Entries of the audit trail",
            columns: [
                Column("When", style: "nowrap time") { Time($0.at, seconds: true).html },
                Column("Who", style: "who") { row in
                    """
                    \(Link(row.actorName, state.link([("actor", row.actor)])).html)\
                    \(row.ip.map { "<span class=\"row-note\">\($0)</span>" })
                    """
                },
                Column("Did", style: "did", isRowHeading: true) { row in
                    Link(AuditWords.action(row.action), state.link([("action", row.action)])).html
                },
                Column("To what", style: "subject") { row in subject(row, state) },
                Column("What changed", style: "wide", cell: changes),
                Column("Request", style: "code") { row in
                    row.requestID.map { id in
                        let link = Link(String(id.prefix(8)), state.link([("request_id", id)]))
                        return "<span class=\"nowrap\">\(link.html)</span>"
                    } ?? .absent
                }.givingWay(4),
                .number("No.") { "\($0.id)" }.givingWay(3),
            ],
            rows: model.rows,
            style: "audit"
        ).html
    }

    /// What was changed, with a link to all that happened to it; a long id is told by its beginning.
    private static func subject(_ row: AuditRow, _ state: ListState) -> HTML {
        let things = state.link([("entity", row.entity), ("entity_id", row.entityID)])
        let short = row.entityID.map { $0.count > 12 ? "\($0.prefix(8))…" : $0 } ?? ""
        let link = Link("\(AuditWords.entity(row.entity)) \(short)", things).html
        guard let id = row.entityID, let page = AuditWords.page(row.entity, id) else { return link }
        return "\(link)<span class=\"row-note\">\(Link("Open", page).html)</span>"
    }

    private static func changes(_ row: AuditRow) -> HTML {
        guard !row.changes.isEmpty else { return .absent }
        return "<ul class=\"changes\">\(each: row.changes, change)</ul>"
    }

    private static func change(_ change: AuditRow.Change) -> HTML {
        let name: HTML = "<span class=\"quiet\">\(AuditWords.member(change.name)):</span> "
        switch (change.before, change.after) {
        case (let before?, let after?):
            return """
                <li>\(name)<del>\(value(before))</del> <span aria-hidden="true">→</span>\
                <span class="visually-hidden">to</span> <ins>\(value(after))</ins></li>
                """
        case (let before?, nil): return "<li>\(name)<del>\(value(before))</del></li>"
        case (nil, let after): return "<li>\(name)<ins>\(value(after ?? ""))</ins></li>"
        }
    }

    /// Moments as moments, so that they stand in the viewer's zone like all others.
    private static func value(_ text: String) -> HTML {
        if text.utf8.count == 24, let moment = Timestamp(rfc3339: text) { return Time(moment, seconds: true).html }
        guard text.count > shownCharacters else { return HTML(escaping: text) }
        let start = text.prefix(shownCharacters - 40)
        return "<details class=\"long\"><summary>\(String(start))…</summary>\(text)</details>"
    }

    /// Longer values are folded.
    private static let shownCharacters = 120

    private static func filterBar(_ model: AuditModel) -> FilterBar {
        let state = model.state
        func choices(_ all: String, _ values: [String]) -> FormField.Kind {
            .select([FormField.Choice("", all)] + values.map { FormField.Choice($0, AuditWords.choice($0)) })
        }
        var actions = model.actions
        if !state["action"].isEmpty, !actions.contains(state["action"]) { actions.append(state["action"]) }
        return FilterBar(
            state: state,
            fields: [
                FormField(
                    "actor",
                    "Who",
                    .select([FormField.Choice("", "Everybody")] + model.actors),
                    value: state["actor"]
                ),
                FormField("action", "Did", choices("Everything", actions), value: state["action"]),
                FormField("since", "Since (UTC)", .date, value: state["since"]),
                FormField("until", "Until (UTC)", .date, value: state["until"]),
            ],
            more: [
                FormField("entity", "Kind of thing", choices("All", model.entities), value: state["entity"]),
                FormField("entity_id", "Which one (id)", value: state["entity_id"]),
                FormField("request_id", "Request id", value: state["request_id"]),
                FormField("ip", "Address", value: state["ip"]),
            ]
        )
    }
}
