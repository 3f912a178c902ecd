import Database
import Money
import Records
import Support

/// The metafields of a product at an earlier moment, found by taking its revisions back one by one, newest first.
struct MetafieldPast {
    private let present: [MetafieldName: StoredMetafield]
    private(set) var values: [MetafieldName: StoredMetafield]
    private let currency: Currency

    init(_ connection: Connection, _ productID: Int64) throws {
        currency = try CurrencyStore(connection).currency()
        // Those of a deleted product stand there until it is put back.
        present = try ProductMetafieldStore(connection, currency).stored(productID)
        values = present
    }

    /// What leads from the present values to those of the moment.
    var changes: [MetafieldChange] { MetafieldChange.between(present, values) }

    /// Goes to the moment before a revision, from the one after it.
    /// - Returns: what the revision changed.
    @discardableResult
    mutating func takeBack(_ revision: Revision) -> [MetafieldChange] {
        var changes: [MetafieldChange] = []
        for member in revision.before?.members ?? [] {
            guard let name = MetafieldName(column: member.name) else { continue }
            let before = StoredMetafield(revision: member.value, currency)
            changes.append(MetafieldChange(name: name, before: before, after: values[name]))
            values[name] = before
        }
        return changes
    }
}
