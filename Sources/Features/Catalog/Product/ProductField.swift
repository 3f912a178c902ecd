package import ImportEngine
package import Money
package import Records
package import Support

/// One field of a product: its row in the field table, and where the value stands in `Product`.
package struct ProductField: Sendable {
    package typealias Value = RecordValue

    package let record: RecordField
    package let read: @Sendable (Product) -> Value
    package let write: @Sendable (inout Product, Value) -> Void

    package var name: String { record.name }
    package var label: String { record.label }
    package var kind: RecordKind { record.kind }
    package var isRequired: Bool { record.isRequired }

    /// See `RecordField.parse`.
    package func parse(
        _ text: String?,
        _ currency: Currency,
        over former: Value = .none
    ) -> Result<Value, ValidationFailure> {
        record.parse(text, currency, over: former).mapError { ValidationFailure($0, in: record) }
    }

    /// See `RecordField.json`.
    package func json(_ value: Value, _ currency: Currency) -> JSON { record.json(value, currency) }

    /// See `RecordField.text`.
    package func text(_ value: Value, _ currency: Currency) -> String { record.text(value, currency) }
}

extension ProductField {
    /// A required text, which the text index holds.
    static func text(
        _ name: String,
        _ label: String,
        _ kind: RecordKind,
        _ path: any WritableKeyPath<Product, String> & Sendable,
        hint: String? = nil
    ) -> ProductField {
        ProductField(
            record: RecordField(name, label, kind, isRequired: true, isSearched: true, hint: hint),
            read: { .text($0[keyPath: path]) },
            write: { product, value in if case .text(let text) = value { product[keyPath: path] = text } }
        )
    }

    /// A text that may be missing, which the text index holds.
    static func searched(
        _ name: String,
        _ label: String,
        _ kind: RecordKind,
        _ path: any WritableKeyPath<Product, String?> & Sendable,
        hint: String? = nil
    ) -> ProductField {
        optional(RecordField(name, label, kind, isSearched: true, hint: hint), path)
    }

    /// A text that may be missing.
    static func optional(
        _ name: String,
        _ label: String,
        _ kind: RecordKind,
        _ path: any WritableKeyPath<Product, String?> & Sendable,
        isUnique: Bool = false,
        hint: String? = nil
    ) -> ProductField {
        optional(RecordField(name, label, kind, isUnique: isUnique, hint: hint), path)
    }

    private static func optional(
        _ record: RecordField,
        _ path: any WritableKeyPath<Product, String?> & Sendable
    ) -> ProductField {
        ProductField(
            record: record,
            read: { product in product[keyPath: path].map { .text($0) } ?? .none },
            write: { product, value in
                if case .text(let text) = value { product[keyPath: path] = text } else { product[keyPath: path] = nil }
            }
        )
    }

    /// An amount in the shop's currency that may be missing.
    static func money(
        _ name: String,
        _ label: String,
        _ path: any WritableKeyPath<Product, Int64?> & Sendable
    ) -> ProductField {
        number(name, label, .money, path)
    }

    /// What is stored as a number and may be missing.
    static func number(
        _ name: String,
        _ label: String,
        _ kind: RecordKind,
        _ path: any WritableKeyPath<Product, Int64?> & Sendable,
        hint: String? = nil
    ) -> ProductField {
        ProductField(
            record: RecordField(name, label, kind, hint: hint),
            read: { product in product[keyPath: path].map { .integer($0) } ?? .none },
            write: { product, value in
                if case .integer(let number) = value {
                    product[keyPath: path] = number
                } else {
                    product[keyPath: path] = nil
                }
            }
        )
    }

    /// Yes, no, or nothing said.
    static func flag(
        _ name: String,
        _ label: String,
        _ path: any WritableKeyPath<Product, Bool?> & Sendable
    ) -> ProductField {
        ProductField(
            record: RecordField(name, label, .boolean),
            read: { product in product[keyPath: path].map { .integer($0 ? 1 : 0) } ?? .none },
            write: { product, value in
                if case .integer(let number) = value {
                    product[keyPath: path] = number != 0
                } else {
                    product[keyPath: path] = nil
                }
            }
        )
    }
}
