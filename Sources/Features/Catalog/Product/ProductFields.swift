package import Support

/// One field of a product: the row of the table that drives SQL columns, forms, JSON, CSV, history and import.
package struct ProductField: Sendable {
    package enum Kind: Sendable, Equatable {
        /// - max: Unicode scalars.
        case text(max: Int, multiline: Bool)
        case money
        case choice([String])
        /// A text of at most `GTIN` length and some, see `GTIN`.
        case gtin
        /// Stored as the text of a JSON object, see `CustomAttributes`.
        case attributes

        package var isMultiline: Bool {
            switch self {
            case .text(_, let multiline): multiline
            case .attributes: true
            case .money, .choice, .gtin: false
            }
        }
    }

    /// The value in the form in which it is stored and compared.
    package enum Value: Sendable, Equatable {
        case none
        case text(String)
        case integer(Int64)

        /// Texts are compared by their bytes, as an import does.
        package static func == (left: Value, right: Value) -> Bool {
            switch (left, right) {
            case (.none, .none): true
            case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
            case (.integer(let left), .integer(let right)): left == right
            default: false
            }
        }
    }

    /// The column, the JSON member, the CSV header and the form field.
    package let name: String
    package let label: String
    package let kind: Kind
    package let isRequired: Bool
    /// Whether the text index holds it.
    package let isSearched: Bool
    package let read: @Sendable (Product) -> Value
    package let write: @Sendable (inout Product, Value) -> Void

    /// What a new product has where nothing is said, in a form that `parse` takes; nil for no value.
    package var standard: String? { name == "status" ? Product.Status.active.rawValue : nil }
}

/// All fields, in the order in which they are shown, stored and exported.
package enum ProductFields {
    package static let all: [ProductField] = [
        .text("sku", "SKU", \.sku, max: 128, searched: true),
        .text("name", "Name", \.name, max: 500, searched: true),
        .text("brand", "Brand", \.brand, max: 200, searched: true),
        .text("description", "Description", \.description, max: 100_000, multiline: true, searched: true),
        .money("price", "Price", \.price),
        .money("compare_at_price", "Compare-at price", \.compareAtPrice),
        .optional("upc", "UPC, EAN or GTIN", .gtin, \.upc),
        ProductField(
            name: "status",
            label: "Status",
            kind: .choice(Product.Status.allCases.map(\.rawValue)),
            isRequired: true,
            isSearched: false,
            read: { .text($0.status.rawValue) },
            write: { product, value in
                if case .text(let text) = value, let status = Product.Status(rawValue: text) { product.status = status }
            }
        ),
        .optional("custom_attributes", "Custom attributes", .attributes, \.customAttributes),
    ]

    package static let searched: [ProductField] = all.filter(\.isSearched)

    package static func named(_ name: String) -> ProductField? { all.first { $0.name.hasSameBytes(as: name) } }
}

extension ProductField {
    /// A required text.
    static func text(
        _ name: String,
        _ label: String,
        _ path: any WritableKeyPath<Product, String> & Sendable,
        max: Int,
        searched: Bool = false
    ) -> ProductField {
        ProductField(
            name: name,
            label: label,
            kind: .text(max: max, multiline: false),
            isRequired: true,
            isSearched: searched,
            read: { .text($0[keyPath: path]) },
            write: { product, value in if case .text(let text) = value { product[keyPath: path] = text } }
        )
    }

    /// A text that may be missing.
    static func text(
        _ name: String,
        _ label: String,
        _ path: any WritableKeyPath<Product, String?> & Sendable,
        max: Int,
        multiline: Bool = false,
        searched: Bool = false
    ) -> ProductField {
        optional(name, label, .text(max: max, multiline: multiline), path, searched: searched)
    }

    /// A value that is stored as a text and may be missing.
    static func optional(
        _ name: String,
        _ label: String,
        _ kind: Kind,
        _ path: any WritableKeyPath<Product, String?> & Sendable,
        searched: Bool = false
    ) -> ProductField {
        ProductField(
            name: name,
            label: label,
            kind: kind,
            isRequired: false,
            isSearched: searched,
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
        ProductField(
            name: name,
            label: label,
            kind: .money,
            isRequired: false,
            isSearched: false,
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

    /// The value as the API shows it.
    package func json(_ value: Value, _ currency: Currency) -> JSON {
        switch value {
        case .none: .null
        case .text(let text): kind == .attributes ? Self.object(text) : .string(text)
        case .integer(let number): kind == .money ? .string(currency.text(number)) : .int(number)
        }
    }

    /// What is stored was checked when it was written; a text that is no JSON is shown as it is.
    private static func object(_ text: String) -> JSON {
        do {
            return try JSON.parse(text)
        } catch {
            return .string(text)
        }
    }

    /// The value as a form field, a CSV cell or a line of history shows it; "" where there is none.
    package func text(_ value: Value, _ currency: Currency) -> String {
        switch value {
        case .none: ""
        case .text(let text): text
        case .integer(let number): kind == .money ? currency.text(number) : String(number)
        }
    }
}
