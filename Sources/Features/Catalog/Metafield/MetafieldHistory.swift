import Database
import Money
import RecordKit
import Records
import Support

/// What the revisions of a product changed in its metafields, newest first, as its page and the API show it.
struct MetafieldHistory {
    private var past: MetafieldPast
    private let showing: MetafieldTexts

    init(_ connection: Connection, _ productID: Int64) throws {
        past = try MetafieldPast(connection, productID)
        showing = try MetafieldTexts(connection)
    }

    /// The changes of the next revision.
    mutating func changes(of revision: Revision) throws -> [RecordRevisionRow.Change] {
        try past.takeBack(revision).map { change in
            RecordRevisionRow.Change(
                label: showing.title(change.name),
                before: try change.before.map(showing.text),
                after: try change.after.map(showing.text)
            )
        }
    }

    /// Changes as the API shows them.
    static func json(
        _ changes: [MetafieldChange],
        _ currency: Currency,
        _ connection: Connection
    ) throws -> [JSON] {
        let references = MetafieldReferences(connection)
        func shown(_ stored: StoredMetafield?) throws -> JSON {
            guard let stored else { return .null }
            return try MetafieldValue(stored: stored.value, MetafieldType(stored.type), currency).json(references)
        }
        return try changes.map { change in
            [
                "field": .string(change.name.column), "before": try shown(change.before),
                "after": try shown(change.after),
            ]
        }
    }
}

/// Metafields in words: by what their definitions call them.
struct MetafieldTexts {
    private let currency: Currency
    private let references: MetafieldReferences
    private let titles: [MetafieldName: String]

    init(_ connection: Connection) throws {
        currency = try CurrencyStore(connection).currency()
        references = MetafieldReferences(connection)
        let all = try MetafieldDefinitionStore(connection).all()
        titles = Dictionary(all.map { ($0.name, $0.title) }) { first, _ in first }
    }

    /// What its definition calls it, else its name.
    func title(_ name: MetafieldName) -> String { titles[name] ?? name.description }

    func text(_ stored: StoredMetafield) throws -> String {
        let value = MetafieldValue(stored: stored.value, MetafieldType(stored.type), currency)
        if case .boolean(let flag) = value { return flag ? "Yes" : "No" }
        let text = try value.lines(references)
        return text.isEmpty && value.referenceValue != nil ? "A record that was deleted" : text
    }
}
