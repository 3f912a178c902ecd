import Money
import Support

/// What a metafield is called and what its values are.
struct MetafieldDefinition: Sendable, Equatable {
    var id: Int64 = 0
    var name = MetafieldName(namespace: "", key: "")
    /// As people read it.
    var title = ""
    var description: String?
    var type = MetafieldType(.singleLine)
    var rules = MetafieldRules.none
    /// Its place among the others, the least first.
    var displayOrder: Int64 = 0
    /// Whether it stands on the pages of products.
    var isVisible = true
    var version: Int64 = 0
    var createdAt = Timestamp(milliseconds: 0)
    var updatedAt = Timestamp(milliseconds: 0)

    static let mostTitle = 100
    static let mostDescription = 500
    static let orders: ClosedRange<Int64> = 0...1_000_000
    /// Definitions that a shop has at most: all of them stand on each product's page.
    static let most = 250

    /// The strong entity tag of this version, without its quotes.
    var entityTag: String { "\(id)-\(version)" }

    func reader(_ currency: Currency, _ references: MetafieldReferences) throws -> MetafieldReader {
        try MetafieldReader(type, rules, currency, references)
    }

    /// What the audit trail keeps of it.
    var summary: JSON {
        [
            "namespace": .string(name.namespace), "key": .string(name.key), "name": .string(title),
            "description": .optional(description), "type": .string(type.name), "validations": rules.json,
            "display_order": .int(displayOrder), "is_visible": .bool(isVisible),
        ]
    }
}

/// A value as a product has it.
struct ProductMetafield: Sendable, Equatable {
    var name: MetafieldName
    /// By its name, which this version of Bodega need not know.
    var typeName: String
    var value: MetafieldValue
    var shopifyID: String?
    var createdAt: Timestamp
    var updatedAt: Timestamp

    var type: MetafieldType? { MetafieldType(typeName) }

    var stored: StoredMetafield { StoredMetafield(type: typeName, value: value.stored, key: value.key) }
}

/// A value as its row and a revision keep it.
struct StoredMetafield: Sendable, Equatable {
    var type: String
    var value: String
    /// See `MetafieldValue.key`.
    var key: String

    init(type: String, value: String, key: String) {
        self.type = type
        self.value = value
        self.key = key
    }

    init(_ type: MetafieldType, _ value: MetafieldValue) {
        self.init(type: type.name, value: value.stored, key: value.key)
    }

    /// Of a revision: `{"type", "value"}`; nil for null, which stands for no value.
    init?(revision json: JSON, _ currency: Currency) {
        guard let type = json["type"]?.stringValue, let value = json["value"]?.stringValue else { return nil }
        let read = MetafieldValue(stored: value, MetafieldType(type), currency)
        self.init(type: type, value: value, key: read.key)
    }

    /// As a revision keeps it.
    var json: JSON { ["type": .string(type), "value": .string(value)] }

    static func == (left: StoredMetafield, right: StoredMetafield) -> Bool {
        left.type == right.type && left.value.hasSameBytes(as: right.value)
    }
}

/// What becomes of one metafield of a product.
struct MetafieldChange: Sendable, Equatable {
    var name: MetafieldName
    /// Nil where there is none.
    var before: StoredMetafield?
    var after: StoredMetafield?

    /// The changes that lead from some values to others, in the order of their names.
    static func between(
        _ present: [MetafieldName: StoredMetafield],
        _ wanted: [MetafieldName: StoredMetafield]
    ) -> [MetafieldChange] {
        Set(present.keys).union(wanted.keys).sorted { $0.description.comesBefore($1.description) }.compactMap { name in
            present[name] == wanted[name]
                ? nil : MetafieldChange(name: name, before: present[name], after: wanted[name])
        }
    }
}
