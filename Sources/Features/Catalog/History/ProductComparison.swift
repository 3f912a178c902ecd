import Database
import Money
import Records
import Support
import Web

/// Two versions of one product beside each other.
struct ProductComparison {
    /// One field or metafield that differs.
    struct Difference {
        var field: String
        var label: String
        var before: (text: String?, json: JSON)
        var after: (text: String?, json: JSON)
    }

    /// The older one, unless it was asked for the other way round.
    let from: Int64
    let to: Int64
    let differences: [Difference]

    /// A product at one moment; no record where it was deleted.
    private struct State {
        var record: StoredRecord?
        var metafields: [MetafieldName: StoredMetafield]
        var images: [StoredImage]
    }

    /// - Parameter to: the newest version where it is nil.
    ///
    /// Throws 404 for a product that nobody knows, 422 `unknown_version`, 409 `history_expired`.
    init(_ connection: Connection, _ id: Int64, from: Int64, to: Int64?, _ currency: Currency) throws {
        let (newest, states) = try connection.read { () throws -> (Int64, [Int64: State]) in
            guard let newest = try RevisionStore(connection).newestVersion(id) else { throw ProductRefusal.missing }
            let wanted = [from, to ?? newest]
            for version in wanted where version < 1 || version > newest { throw Self.unknown(version) }
            return (newest, try Self.states(connection, id, Set(wanted), newest))
        }
        self.from = from
        self.to = to ?? newest
        guard let before = states[from], let after = states[self.to] else { throw Self.expired }
        let fields = try Self.fields(before, after, connection, currency)
        differences =
            try fields + Self.metafields(before, after, connection, currency)
            + Self.images(before.images, after.images)
    }

    private static func states(
        _ connection: Connection,
        _ id: Int64,
        _ wanted: Set<Int64>,
        _ newest: Int64
    ) throws -> [Int64: State] {
        let present = try ProductStore(connection).find(id).map(StoredRecord.init)
        var past = RecordPast(id, present: present, ProductFields.table)
        var metafields = try MetafieldPast(connection, id)
        var images = try ImagesPast(connection, id)
        var reached = newest
        func state() -> State { State(record: past.record, metafields: metafields.values, images: images.images) }
        var states: [Int64: State] = [:]
        try RevisionStore(connection).walk(id) { revision in
            // The versions follow each other without a gap, or something between was pruned.
            guard revision.version == reached else { return false }
            if wanted.contains(reached) { states[reached] = state() }
            past.takeBack(revision)
            metafields.takeBack(revision)
            images.takeBack(revision)
            reached -= 1
            return states.count < wanted.count
        }
        // What the oldest revision that is kept was made of is known too.
        if wanted.contains(reached), reached >= 1 { states[reached] = state() }
        return states
    }

    private static func fields(
        _ before: State,
        _ after: State,
        _ connection: Connection,
        _ currency: Currency
    ) throws -> [Difference] {
        let categories = CategoryNames(connection)
        func shown(_ field: ProductField, _ value: RecordValue) throws -> (text: String?, json: JSON) {
            let json = field.json(value, currency)
            guard value != .none else { return (nil, json) }
            if case .reference = field.kind, case .integer(let id) = value {
                return (try categories.text(of: id) ?? "A category that was deleted", json)
            }
            return (field.text(value, currency), json)
        }
        return try ProductSection.fields.compactMap { field in
            guard let place = ProductFields.table.position(of: field.name) else { return nil }
            let (old, new) = (before.record?.values[place] ?? .none, after.record?.values[place] ?? .none)
            guard old != new else { return nil }
            return Difference(
                field: field.name,
                label: field.label,
                before: try shown(field, old),
                after: try shown(field, new)
            )
        }
    }

    private static func metafields(
        _ before: State,
        _ after: State,
        _ connection: Connection,
        _ currency: Currency
    ) throws -> [Difference] {
        let texts = try MetafieldTexts(connection)
        let references = MetafieldReferences(connection)
        func shown(_ stored: StoredMetafield?) throws -> (text: String?, json: JSON) {
            guard let stored else { return (nil, .null) }
            let value = MetafieldValue(stored: stored.value, MetafieldType(stored.type), currency)
            return (try texts.text(stored), try value.json(references))
        }
        return try MetafieldChange.between(before.metafields, after.metafields).map { change in
            Difference(
                field: change.name.column,
                label: texts.title(change.name),
                before: try shown(change.before),
                after: try shown(change.after)
            )
        }
    }

    private static func images(_ before: [StoredImage], _ after: [StoredImage]) -> [Difference] {
        guard before != after else { return [] }
        return [
            Difference(
                field: ImagesChange.name,
                label: ImagesChange.label,
                before: (before.lines, .array(before.map(\.shown))),
                after: (after.lines, .array(after.map(\.shown)))
            )
        ]
    }

    private static func unknown(_ version: Int64) -> WebError {
        let detail = "There is no version \(version) of this product."
        return WebError(422, "unknown_version", detail, problems: [Problem("version", "unknown_version", detail)])
    }

    private static let expired = WebError(
        409,
        "history_expired",
        "The history of this product does not reach that far back any more."
    )
}
