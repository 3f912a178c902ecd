import AdminKit
import Database
import Support
import Web

/// What the list of products offers to filter by metafields.
package struct MetafieldListFilters: Sendable, Equatable {
    /// Of all that are defined: for "has" and "lacks".
    var names: [FormField.Choice] = []
    /// One control for each filter of the address.
    var inForce: [FormField] = []

    package init() {}

    init(_ query: Fields, _ connection: Connection) throws {
        let definitions = try MetafieldDefinitionStore(connection).all()
        names = definitions.map { FormField.Choice($0.name.column, $0.title) }
        inForce = MetafieldFilter.parameters(in: query).map { parameter in
            let title = definitions.first { $0.name.column.hasSameBytes(as: parameter) }?.title
            return FormField(parameter, title ?? Self.label(parameter, definitions), value: query[parameter] ?? "")
        }
    }

    private static func label(_ parameter: String, _ definitions: [MetafieldDefinition]) -> String {
        for (ending, word) in [("_min", "at least"), ("_max", "at most")] where parameter.hasSuffix(ending) {
            let column = String(parameter.dropLast(ending.count))
            guard let title = definitions.first(where: { $0.name.column.hasSameBytes(as: column) })?.title else {
                continue
            }
            return "\(title), \(word)"
        }
        return String(parameter.dropFirst(MetafieldName.prefix.count))
    }
}
