import Database
import Money
import Records
import Support

/// The metafields of products as columns of a table: those that any product has when it begins, in the order of their
/// definitions.
final class MetafieldColumns {
    let names: [MetafieldName]
    private let store: ProductMetafieldStore
    private let references: MetafieldReferences

    init(_ connection: Connection) throws {
        store = ProductMetafieldStore(connection, try CurrencyStore(connection).currency())
        names = try store.names()
        references = MetafieldReferences(connection)
    }

    /// The cells of a product, one for each column; none where there is no column.
    func texts(of productID: Int64) throws -> [(MetafieldName, String)] {
        let values = try values(of: productID)
        return try names.map { name in (name, try values[name].map { try $0.value.text(references) } ?? "") }
    }

    /// The record of a product with its metafields behind the other members.
    func adding(to json: JSON, of productID: Int64) throws -> JSON {
        let values = try values(of: productID)
        guard !values.isEmpty, let members = json.members else { return json }
        let more = try names.compactMap { name in
            try values[name].map { JSON.Member(name.column, try $0.value.json(references)) }
        }
        return .object(members + more)
    }

    /// What the digest of the catalogue says of a product: type and value, with what names records in place of ids.
    func digestTexts(of productID: Int64) throws -> [(MetafieldName, String)] {
        let values = try values(of: productID)
        return try values.keys.sorted { $0.description.comesBefore($1.description) }.compactMap { name in
            guard let metafield = values[name] else { return nil }
            return (name, "\(metafield.typeName):\(try digestText(metafield.value))")
        }
    }

    private func digestText(_ value: MetafieldValue) throws -> String {
        switch value {
        case .reference(let record): try references.digestText(of: record)
        case .list(let items): JSON.array(try items.map { .string(try digestText($0)) }).text
        default: value.stored
        }
    }

    private func values(of productID: Int64) throws -> [MetafieldName: ProductMetafield] {
        guard !names.isEmpty else { return [:] }
        return Dictionary(try store.all(productID).map { ($0.name, $0) }) { first, _ in first }
    }
}
