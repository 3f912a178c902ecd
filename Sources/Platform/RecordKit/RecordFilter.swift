package import AdminKit
package import Database
package import Identity
import Money
package import Records
package import Support
package import Web

/// One filter of a noun's list: a parameter of its address, the same for pages and the API.
package struct RecordFilter: Sendable {
    package let name: String
    package let label: String
    /// What kind of control it is above the table.
    package let control: FormField.Kind
    package let schema: Schema
    /// For the API's document.
    package let description: String
    /// Whether it would tell who somebody is: only for those who see personal fields whole.
    package let isPersonal: Bool
    /// The condition of a value that is not empty. Throws 400.
    package let condition: @Sendable (String) throws(WebError) -> SQL

    package init(
        _ name: String,
        _ label: String,
        _ control: FormField.Kind,
        _ schema: Schema,
        _ description: String,
        isPersonal: Bool = false,
        condition: @escaping @Sendable (String) throws(WebError) -> SQL
    ) {
        self.name = name
        self.label = label
        self.control = control
        self.schema = schema
        self.description = description
        self.isPersonal = isPersonal
        self.condition = condition
    }

    /// Characters that a text takes.
    package static let mostText = 200

    /// Throws 400 for a text that is too long to look for.
    package static func checked(_ text: String, _ name: String) throws(WebError) -> String {
        let text = text.trimmed
        guard text.unicodeScalars.count <= mostText else {
            throw .badParameter(name, "too_long", "'\(name)' takes at most \(mostText) characters.")
        }
        return text
    }

    /// Yes or no.
    package static func flag(_ name: String, _ label: String, _ description: String) -> RecordFilter {
        let choices = [FormField.Choice("", "All"), FormField.Choice("true", "Yes"), FormField.Choice("false", "No")]
        return RecordFilter(name, label, .select(choices), .boolean(), description) { (text) throws(WebError) in
            let isTrue = try boolean(text, name)
            return "\(ident: name) = \(isTrue)"
        }
    }

    package static func boolean(_ text: String, _ name: String) throws(WebError) -> Bool {
        switch text {
        case "true", "1": return true
        case "false", "0": return false
        default: throw .badParameter(name, "bad_boolean", "'\(name)' takes true or false.")
        }
    }

    /// The same value as it is stored; what a field would refuse no record has.
    package static func equal(_ field: RecordField, _ description: String) -> RecordFilter {
        let name = field.name
        return RecordFilter(
            name,
            field.label,
            .text(),
            .text(length: 0...mostText),
            description,
            isPersonal: field.isPersonal
        ) { (text) throws(WebError) in
            let text = try checked(text, name)
            guard case .success(let value) = field.parse(text, .euro), value != .none else { return "1 = 0" }
            return "\(ident: name) = \(value.databaseValue)"
        }
    }

    /// How a folded key begins.
    package static func beginning(_ field: RecordField, _ description: String) -> RecordFilter {
        let name = field.name
        return RecordFilter(name, field.label, .text(), .text(length: 0...mostText), description) {
            (text) throws(WebError) in
            begins("\(ident: "\(name)_norm")", with: try checked(text, name).caseFolded)
        }
    }

    /// The condition that a column begins with a text, in a form that an index takes.
    package static func begins(_ column: SQL, with text: String) -> SQL {
        "(\(column) >= \(text) AND \(column) < \("\(text)\u{10FFFF}"))"
    }

    /// Changed at a moment or later.
    package static let changedSince = RecordFilter(
        "updated_since",
        "Changed since",
        .text(),
        .time(),
        "changed at this time or later"
    ) { (text) throws(WebError) in
        guard let time = Timestamp(rfc3339: text) else {
            throw .badParameter("updated_since", "bad_time", "'updated_since' takes a time like 2026-11-21T05:46:00Z.")
        }
        return "updated_at >= \(time)"
    }
}

extension RecordNoun {
    /// The conditions of a query's filters.
    ///
    /// Throws 400, and 403 for a filter that would tell who somebody is to those who may not know.
    package func conditions(_ query: Fields, _ context: RequestContext) throws -> [SQL] {
        try filters.compactMap { filter in
            guard let text = query[filter.name], !text.trimmed.isEmpty else { return nil }
            if filter.isPersonal { try context.principal.require([writing]) }
            return try filter.condition(text)
        }
    }

    /// The orders of a list, as `sort` names them.
    package var sorts: [String] {
        if case .folded(let field) = table.key { return ["id", field, "updated_at"] }
        return ["id", "updated_at"]
    }

    package func order(_ sort: ListSort) -> RecordOrder {
        let key: RecordOrder.Key =
            switch sort.key {
            case "id": .id
            case "updated_at": .updatedAt
            default: .key
            }
        return RecordOrder(key, descends: sort.descends)
    }

    package var listRules: ListRules {
        ListRules(
            sorts: sorts,
            defaultSort: ListSort("id", descends: true),
            filters: filters.map(\.name)
        )
    }
}

extension RecordPlace {
    /// The values that stand in a list's cursor.
    package func values(_ order: RecordOrder) -> [JSON] {
        switch (order.key, value) {
        case (.id, _): [.int(id)]
        case (_, .text(let text)): [.string(text), .int(id)]
        case (_, .integer(let number)): [.int(number), .int(id)]
        default: [.null, .int(id)]
        }
    }

    /// Reads the values of a cursor, which come from a client. Throws 400 when they are not of this order's types.
    package init(_ values: [JSON], _ order: RecordOrder) throws(WebError) {
        guard let id = values.last?.intValue, values.count == (order.key == .id ? 1 : 2) else { throw .badCursor }
        switch (order.key, values[0]) {
        case (.id, _): self.init(value: .integer(id), id: id)
        case (.key, .string(let text)): self.init(value: .text(text), id: id)
        case (.updatedAt, _):
            guard let number = values[0].intValue else { throw .badCursor }
            self.init(value: .integer(number), id: id)
        default: throw .badCursor
        }
    }
}
