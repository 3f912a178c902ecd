import Support
import Tables

/// Which column of a file feeds which field.
package struct ImportColumns: Sendable, Equatable {
    /// A column that says the status as yes or no.
    package enum Flag: String, Sendable, CaseIterable {
        case active
        /// The same, with WooCommerce's -1 for a draft.
        case published
    }

    /// How a column came to feed its field.
    package enum Origin: String, Sendable {
        case mapping, name, synonym
    }

    /// A column that feeds one custom attribute.
    package struct Attribute: Sendable, Equatable {
        package let column: Int
        package let name: String
    }

    /// Several columns that a field could be read from, none of which is taken.
    package struct Ambiguity: Sendable, Equatable {
        package let field: String
        package let columns: [String]
    }

    /// The header as it stands.
    package let headers: [String]
    /// Position of the column for each field of the field table; nil where the file has none.
    package let positions: [Int?]
    /// For each field how its column was found.
    package let origins: [Origin?]
    /// Set when the status comes from a column that says it as yes or no.
    package let flag: Flag?
    /// Ascending by the bytes of their names.
    package let attributes: [Attribute]
    /// The column whose text is the same in rows of one product.
    package let group: Int?
    package let ambiguities: [Ambiguity]
    /// What was said of columns, by position.
    let rules: [Int: ImportMapping.Column]
    /// Position of the column in which an export has named the cells that it escaped; nil in other files.
    let marks: Int?

    /// Why a header cannot be used.
    package enum Refusal: Error, Sendable, Equatable {
        case noSKUColumn(headers: [String])
        /// Several columns may hold the SKU.
        case ambiguousSKU(columns: [String], headers: [String])
        /// Two columns feed one field.
        case duplicateColumn(field: String, columns: [String])
        /// The mapping names a column that the file does not have.
        case missingColumn(name: String, headers: [String])
    }

    /// The mapping wins over a column's own name, that over what it may stand for (`HeaderSynonyms`).
    package init(headers: [String], mapping: ImportMapping) throws(Refusal) {
        try self.init(found: headers, mapping)
        guard let sku = ProductFields.all.firstIndex(where: { $0.name == "sku" }), positions[sku] != nil else {
            if let unclear = ambiguities.first(where: { $0.field == "sku" }) {
                throw .ambiguousSKU(columns: unclear.columns, headers: headers)
            }
            throw .noSKUColumn(headers: headers)
        }
    }

    /// As far as the columns are clear, for showing them to whoever makes them so: nothing where the mapping
    /// contradicts itself.
    package static func provisional(headers: [String], mapping: ImportMapping) -> ImportColumns {
        do {
            return try ImportColumns(found: headers, mapping)
        } catch {
            return ImportColumns(nothingOf: headers)
        }
    }

    private init(nothingOf headers: [String]) {
        self.headers = headers
        positions = ProductFields.all.map { _ in nil }
        origins = ProductFields.all.map { _ in nil }
        (flag, attributes, group, ambiguities, rules) = (nil, [], nil, [], [:])
        marks = nil
    }

    private init(found headers: [String], _ mapping: ImportMapping) throws(Refusal) {
        var finder = ColumnFinder(headers: headers, rules: try Self.rules(headers, mapping))
        var positions: [Int?] = []
        var origins: [Origin?] = []
        for field in ProductFields.all {
            let found = try finder.find(field.name)
            positions.append(found?.column)
            origins.append(found?.origin)
        }
        self.headers = headers
        self.positions = positions
        self.origins = origins
        flag = finder.flag
        attributes = try finder.attributes()
        group = try finder.group()
        ambiguities = finder.ambiguities
        rules = finder.rules
        let own = Self.key(FormulaCells.column)
        marks = headers.firstIndex { Self.key($0).hasSameBytes(as: own) }
    }

    /// Columns that Bodega itself puts into files that people bring back; they feed no field.
    private static let own = Set(
        [FormulaCells.column, RepairColumns.row, RepairColumns.error].map { ByteText(key($0)) }
    )

    private static func key(_ header: String) -> String { HeaderNames.normalised(header) }

    private static func rules(
        _ headers: [String],
        _ mapping: ImportMapping
    ) throws(Refusal) -> [Int: ImportMapping.Column] {
        var rules: [Int: ImportMapping.Column] = [:]
        if mapping.isEmpty { return rules }
        let places = HeaderIndex(headers)
        for column in mapping.columns {
            guard let index = places.position(of: column.name) else {
                throw .missingColumn(name: column.name, headers: headers)
            }
            rules[index] = column
        }
        return rules
    }

    /// Columns with what they feed, in the order of the fields.
    package var used: [(header: String, field: String)] {
        var used = zip(positions, ProductFields.all).compactMap { position, field -> (header: String, field: String)? in
            guard let position else { return nil }
            return (headers[position], field.name == "status" ? flag?.rawValue ?? field.name : field.name)
        }
        for attribute in attributes {
            used.append((headers[attribute.column], ImportMapping.Target.attribute(attribute.name).name ?? ""))
        }
        if let group { used.append((headers[group], ImportMapping.Target.group.name ?? "")) }
        return used
    }

    /// Columns that feed nothing.
    package var ignored: [String] {
        let used = Set(positions.compactMap { $0 } + attributes.map(\.column) + [group].compactMap { $0 })
        let isOwn = { (column: Int) in Self.own.contains(ByteText(Self.key(headers[column]))) }
        return headers.indices.filter { !used.contains($0) && !isOwn($0) }.map { headers[$0] }
    }

    /// What a column feeds, as it turned out.
    package func target(of column: Int) -> ImportMapping.Target {
        if let field = positions.firstIndex(of: column).map({ ProductFields.all[$0] }) {
            return field.name == "status" ? flag.map { .flag($0) } ?? .field(field.name) : .field(field.name)
        }
        if let attribute = attributes.first(where: { $0.column == column }) { return .attribute(attribute.name) }
        return column == group ? .group : .nothing
    }
}

/// Finds the columns of a header, one field after the other.
private struct ColumnFinder {
    typealias Columns = ImportColumns
    typealias Target = ImportMapping.Target

    let headers: [String]
    let rules: [Int: ImportMapping.Column]
    private let keys: [String]
    private(set) var flag: Columns.Flag?
    private(set) var ambiguities: [Columns.Ambiguity] = []

    init(headers: [String], rules: [Int: ImportMapping.Column]) {
        self.headers = headers
        self.rules = rules
        keys = headers.map { HeaderNames.normalised($0) }
    }

    mutating func find(_ field: String) throws(Columns.Refusal) -> (column: Int, origin: Columns.Origin)? {
        // What says the status itself goes before what says it as yes or no.
        let targets: [Target] =
            [.field(field)] + (field == "status" ? Columns.Flag.allCases.map { .flag($0) } : [])
        let mapped = columns { index in rules[index].map { targets.contains($0.target) } ?? false }
        if let column = try one(mapped, field) {
            if case .flag(let found)? = rules[column]?.target { flag = found }
            return (column, .mapping)
        }
        for target in targets {
            guard let name = target.name else { continue }
            let key = HeaderNames.normalised(name)
            guard let column = try one(columns { rules[$0] == nil && keys[$0].hasSameBytes(as: key) }, field) else {
                continue
            }
            if case .flag(let found) = target { flag = found }
            return (column, .name)
        }
        return synonym(field, targets)
    }

    private mutating func synonym(_ field: String, _ targets: [Target]) -> (column: Int, origin: Columns.Origin)? {
        let found = columns { index in
            rules[index] == nil && (HeaderSynonyms.target(keys[index]).map { targets.contains($0) } ?? false)
        }
        guard let first = found.first else { return nil }
        guard found.count == 1 else {
            ambiguities.append(Columns.Ambiguity(field: field, columns: found.map { headers[$0] }))
            return nil
        }
        if case .flag(let known)? = HeaderSynonyms.target(keys[first]) { flag = known }
        return (first, .synonym)
    }

    func attributes() throws(Columns.Refusal) -> [Columns.Attribute] {
        var found: [Columns.Attribute] = []
        var known: [ByteText: Int] = [:]
        for index in headers.indices {
            guard case .attribute(let name)? = rules[index]?.target else { continue }
            if let other = known.updateValue(index, forKey: ByteText(name)) {
                let columns = [headers[other], headers[index]]
                throw .duplicateColumn(field: Target.attribute(name).name ?? name, columns: columns)
            }
            found.append(Columns.Attribute(column: index, name: name))
        }
        return found.sorted { $0.name.comesBefore($1.name) }
    }

    func group() throws(Columns.Refusal) -> Int? {
        try one(columns { rules[$0]?.target == .group }, Target.group.name ?? "")
    }

    private func columns(where condition: (Int) -> Bool) -> [Int] { headers.indices.filter(condition) }

    private func one(_ found: [Int], _ field: String) throws(Columns.Refusal) -> Int? {
        guard found.count <= 1 else { throw .duplicateColumn(field: field, columns: found.map { headers[$0] }) }
        return found.first
    }
}
