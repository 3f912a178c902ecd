import Database
import Identity
import Money
import Records
import Support
import Web

/// Products by a metafield: those whose value is this one, or between two.
package struct MetafieldFilter: Sendable, Equatable {
    let name: MetafieldName
    /// How the value is to stand to the wanted one.
    let comparison: Comparison
    /// See `MetafieldValue.key`.
    let key: String
    /// The whole stored text where the key holds its beginning only.
    let whole: String?

    enum Comparison: String, Sendable, CaseIterable {
        case least = "_min"
        case most = "_max"
        case equal = ""
    }

    /// The parameters of a query that ask for metafields: `metafield:custom.material`, with `_min` or `_max` behind.
    static func parameters(in query: Fields) -> [String] {
        query.names.filter { $0.hasPrefix(MetafieldName.prefix) }
    }

    /// The metafield filters of a query; blank ones filter nothing. Throws 400.
    static func read(_ query: Fields, _ connection: Connection) throws -> [MetafieldFilter] {
        let parameters = parameters(in: query)
        guard !parameters.isEmpty else { return [] }
        let currency = try CurrencyStore(connection).currency()
        let references = MetafieldReferences(connection)
        return try parameters.compactMap { parameter -> MetafieldFilter? in
            let text = query[parameter] ?? ""
            let (name, comparison, type) = try meaning(of: parameter, connection)
            guard !text.trimmed.isEmpty else { return nil }
            guard comparison == .equal || (type.kind.isOrdered && !type.isList) else {
                let detail = "'\(name)' has no order; ask for it as '\(name.column)' without _min and _max."
                throw WebError.badParameter(parameter, "unknown_metafield", detail)
            }
            // A rating goes by its number, whatever its scale.
            let kind: MetafieldKind = type.kind == .rating ? .decimal : type.kind
            let reader = try MetafieldReader(MetafieldType(kind, isList: type.isList), .none, currency, references)
            switch try reader.read(text: text) {
            case .failure(let fault): throw WebError.badParameter(parameter, fault.code, fault.detail)
            case .success(let value):
                let isCut = value.stored.unicodeScalars.count > MetafieldValue.keyLength
                return MetafieldFilter(
                    name: name,
                    comparison: comparison,
                    key: value.key,
                    whole: isCut && value.decimalValue == nil ? value.stored : nil
                )
            }
        }
    }

    /// Which metafield a parameter means: the name as it stands goes before one with an ending.
    private static func meaning(
        of parameter: String,
        _ connection: Connection
    ) throws -> (MetafieldName, Comparison, MetafieldType) {
        for comparison in [Comparison.equal, .least, .most] where parameter.hasSuffix(comparison.rawValue) {
            guard let name = MetafieldName(column: String(parameter.dropLast(comparison.rawValue.count))) else {
                continue
            }
            if let type = try type(of: name, connection) { return (name, comparison, type) }
        }
        let shown = parameter.shortened(to: 100)
        let detail = "There is no metafield '\(shown)': no definition and no product has it."
        throw WebError.badParameter(shown, "unknown_metafield", detail)
    }

    private static func type(of name: MetafieldName, _ connection: Connection) throws -> MetafieldType? {
        if let definition = try MetafieldDefinitionStore(connection).find(name) { return definition.type }
        return try connection.first(
            """
            SELECT value_type FROM product_metafield
            WHERE namespace = \(name.namespace) AND key = \(name.key) LIMIT 1
            """
        ) { row in MetafieldType(row.text(0)) } ?? nil
    }

    // MARK: In a statement

    /// Of a table `m`.
    private var matches: SQL {
        let own: SQL = "m.namespace = \(name.namespace) AND m.key = \(name.key)"
        switch comparison {
        case .least: return "\(own) AND m.match_key >= \(key)"
        case .most: return "\(own) AND m.match_key <= \(key)"
        case .equal:
            guard let whole else { return "\(own) AND m.match_key = \(key)" }
            return "\(own) AND m.match_key = \(key) AND m.value = \(whole)"
        }
    }

    /// Of a table `p`: looks at the metafields of each product.
    var condition: SQL { "EXISTS (SELECT 1 FROM product_metafield m WHERE m.product_id = p.id AND \(matches))" }

    /// The same, by the index on the values.
    var indexed: SQL { "p.id IN (SELECT m.product_id FROM product_metafield m WHERE \(matches))" }

    /// Of a table `p`: whether a product has a metafield at all.
    static func presence(of name: MetafieldName) -> SQL {
        """
        EXISTS (SELECT 1 FROM product_metafield m
            WHERE m.product_id = p.id AND m.namespace = \(name.namespace) AND m.key = \(name.key))
        """
    }
}

extension MetafieldFilter {
    /// As a job keeps it.
    var json: JSON {
        [
            "name": .string(name.description), "is": .string(comparison.rawValue), "key": .string(key),
            "whole": .optional(whole),
        ]
    }

    init?(json: JSON) {
        guard let name = json["name"]?.stringValue.flatMap({ MetafieldName($0) }),
            let comparison = json["is"]?.stringValue.flatMap({ Comparison(rawValue: $0) }),
            let key = json["key"]?.stringValue
        else { return nil }
        self.init(name: name, comparison: comparison, key: key, whole: json["whole"]?.stringValue)
    }
}
