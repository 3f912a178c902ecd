import Records
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

    /// What the file's rows become.
    package let target: ImportTarget
    /// The header as it stands.
    package let headers: [String]
    /// Position of the column for each field of the field table; nil where the file has none.
    package let positions: [Int?]
    /// For each field how its column was found.
    package let origins: [Origin?]
    /// Other columns with bar codes: where the one that feeds the field is blank, the first of them that is filled
    /// does.
    package let otherCodes: [Int]
    /// Set when the status comes from a column that says it as yes or no.
    package let flag: Flag?
    /// Ascending by the bytes of their names.
    package let attributes: [Attribute]
    /// The column whose text is the same in rows of one product.
    package let group: Int?
    /// Columns with the values that tell the variants of a product apart, in the order of the file.
    package let options: [Int]
    /// The column that says what a variant costs more than its product.
    package let surcharge: Int?
    /// The column with what a product costs while it is on sale.
    package let salePrice: Int?
    /// The units that the names of columns with measures say, by position of the field.
    let units: [Int: MeasureUnit]
    /// The column that names the store view for which a row only translates its product.
    package let storeView: Int?
    /// The cells that a SKU is made of; nil where it stands in its own column.
    package let identity: Identity?
    package let ambiguities: [Ambiguity]
    /// What was said of columns, by position.
    package let rules: [Int: ImportMapping.Column]
    /// Position of the column in which an export has named the cells that it escaped; nil in other files.
    let marks: Int?

    /// Why a header cannot be used.
    package enum Refusal: Error, Sendable, Equatable {
        /// No column holds a field of the key.
        case noKeyColumn(field: String, headers: [String])
        /// Several columns may hold it.
        case ambiguousKey(field: String, columns: [String], headers: [String])
        /// Two columns feed one field.
        case duplicateColumn(field: String, columns: [String])
        /// The mapping names a column that the file does not have.
        case missingColumn(name: String, headers: [String])
        /// What is to identify the products is no column of the file.
        case noIdentity(wanted: String, headers: [String])
    }

    /// The mapping wins over a column's own name, that over what it may stand for (`HeaderSynonyms`).
    ///
    /// - Parameter identify: what identifies a product.
    package init(
        headers: [String],
        mapping: ImportMapping,
        identify: ImportIdentity = .sku,
        target: ImportTarget
    ) throws(Refusal) {
        try self.init(found: headers, mapping, identify, target)
        guard identity == nil else { return }
        for position in target.neededKeyFields where positions[position] == nil {
            let field = target.fields[position].name
            if let unclear = ambiguities.first(where: { $0.field == field }) {
                throw .ambiguousKey(field: field, columns: unclear.columns, headers: headers)
            }
            throw .noKeyColumn(field: field, headers: headers)
        }
    }

    /// As far as the columns are clear, for showing them to whoever makes them so: nothing where the mapping
    /// contradicts itself.
    package static func provisional(
        headers: [String],
        mapping: ImportMapping,
        target: ImportTarget
    ) -> ImportColumns {
        do {
            return try ImportColumns(found: headers, mapping, .sku, target)
        } catch {
            return ImportColumns(nothingOf: headers, target)
        }
    }

    private init(nothingOf headers: [String], _ target: ImportTarget) {
        self.target = target
        self.headers = headers
        positions = target.fields.map { _ in nil }
        origins = target.fields.map { _ in nil }
        (flag, attributes, group, ambiguities, rules) = (nil, [], nil, [], [:])
        (options, surcharge, storeView, identity, otherCodes, marks) = ([], nil, nil, nil, [], nil)
        (salePrice, units) = (nil, [:])
    }

    private init(
        found headers: [String],
        _ mapping: ImportMapping,
        _ identify: ImportIdentity,
        _ target: ImportTarget
    ) throws(Refusal) {
        var finder = ColumnFinder(headers: headers, rules: try Self.rules(headers, mapping), target: target)
        self.target = target
        var positions: [Int?] = []
        var origins: [Origin?] = []
        for index in target.fields.indices {
            let found = try finder.find(index)
            positions.append(found?.column)
            origins.append(found?.origin)
        }
        self.headers = headers
        flag = finder.flag
        otherCodes = target.codeField.map { finder.others($0, beside: positions[$0]) } ?? []
        attributes = try finder.attributes()
        group = try finder.only(.group)
        surcharge = try finder.only(.surcharge)
        salePrice = try finder.only(.salePrice)
        storeView = try finder.only(.storeView)
        options = finder.all(.option)
        let identity = try Self.identity(identify, headers, positions, target, group: group, options: options)
        if let identity, !identity.keepsOwn, let key = target.keyFields.first {
            // Another column names the records, so the file's own keys are left out.
            (positions[key], origins[key]) = (nil, nil)
        }
        for (field, column) in Self.variantColumns(group, options, target) where positions[field] == nil {
            (positions[field], origins[field]) = (column, .mapping)
        }
        units = Self.units(headers, positions, target)
        self.identity = identity
        self.positions = positions
        self.origins = origins
        ambiguities = finder.ambiguities
        rules = finder.rules
        let own = Self.key(FormulaCells.column)
        marks = headers.firstIndex { Self.key($0).hasSameBytes(as: own) }
    }

    /// What tells the variants of a product apart is kept with them too: fields with the columns that feed them.
    private static func variantColumns(
        _ group: Int?,
        _ options: [Int],
        _ target: ImportTarget
    ) -> [(field: Int, column: Int)] {
        var columns = zip(target.optionFields.map(\.value), options).map { (field: $0, column: $1) }
        if let field = target.groupField, let group { columns.append((field, group)) }
        return columns
    }

    private static func units(_ headers: [String], _ positions: [Int?], _ target: ImportTarget) -> [Int: MeasureUnit] {
        var units: [Int: MeasureUnit] = [:]
        for field in target.measures.flatMap(\.fields) {
            units[field] = positions[field].flatMap { MeasureUnits.unit(inHeader: headers[$0]) }
        }
        return units
    }

    /// Columns that Bodega itself puts into files that people bring back; they feed no field.
    private static let own = Set(
        [FormulaCells.column, RepairColumns.row, RepairColumns.error].map { ByteText(key($0)) }
    )

    /// Whether Bodega itself puts a column of this name into files.
    package static func isOwn(_ header: String) -> Bool { own.contains(ByteText(key(header))) }

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

    /// Columns up to the last that has a name; what some programs add behind it is none.
    package var namedCount: Int { (headers.lastIndex { !$0.isEmpty } ?? -1) + 1 }

    /// Columns with what they feed, in the order of the fields.
    package var used: [(header: String, field: String)] {
        var used: [(header: String, field: String)] = []
        for (index, position) in positions.enumerated() {
            guard let position else { continue }
            // The column with the handle, for one: its own meaning stands below.
            if rowColumns.contains(where: { $0.column == position }) { continue }
            let name = target.fields[index].name
            used.append((headers[position], index == target.flagField ? flag?.rawValue ?? name : name))
        }
        for attribute in attributes {
            used.append((headers[attribute.column], ImportMapping.Target.attribute(attribute.name).name ?? ""))
        }
        for column in otherCodes { used.append((headers[column], codeName)) }
        for (column, target) in rowColumns { used.append((headers[column], target.name ?? "")) }
        return used
    }

    private var codeName: String { target.codeField.map { target.fields[$0].name } ?? "" }

    /// The column that feeds a field; nil where the file has none.
    package func position(of field: String) -> Int? { target.record.position(of: field).flatMap { positions[$0] } }

    /// Columns that say of a row what it is, not what a field holds.
    private var rowColumns: [(column: Int, target: ImportMapping.Target)] {
        (group.map { [($0, .group)] } ?? []) + options.map { ($0, .option) }
            + (surcharge.map { [($0, .surcharge)] } ?? []) + (salePrice.map { [($0, .salePrice)] } ?? [])
            + (storeView.map { [($0, .storeView)] } ?? [])
    }

    /// Columns that feed nothing.
    package var ignored: [String] {
        let used = Set(
            positions.compactMap { $0 } + otherCodes + attributes.map(\.column) + rowColumns.map(\.column)
                + (identity?.all ?? [])
        )
        return headers.indices.filter { !used.contains($0) && !Self.isOwn(headers[$0]) }.map { headers[$0] }
    }

    /// Columns with prices that feed nothing.
    package var ignoredPrices: [String] { ignored.filter(HeaderSynonyms.isPrice) }

    /// What a column feeds, as it turned out.
    package func target(of column: Int) -> ImportMapping.Target {
        if let row = rowColumns.first(where: { $0.column == column }) { return row.target }
        if let index = positions.firstIndex(of: column) {
            let field = ImportMapping.Target.field(target.fields[index].name)
            return index == target.flagField ? flag.map { .flag($0) } ?? field : field
        }
        if otherCodes.contains(column) { return .field(codeName) }
        if let attribute = attributes.first(where: { $0.column == column }) { return .attribute(attribute.name) }
        return .nothing
    }

    /// Whether rows may say something of a field, in a column of its own or beside another one.
    func feeds(_ field: Int) -> Bool {
        positions[field] != nil || field == target.formerField && salePrice != nil
            || target.measures.contains { $0.unit == field && $0.fields.contains { positions[$0] != nil } }
    }
}

/// Finds the columns of a header, one field after the other.
private struct ColumnFinder {
    typealias Columns = ImportColumns
    typealias Target = ImportMapping.Target

    let headers: [String]
    let rules: [Int: ImportMapping.Column]
    let target: ImportTarget
    private let keys: [String]
    private let matches: [HeaderSynonyms.Match?]
    /// Columns that feed a field by what their names may stand for.
    private var taken: Set<Int> = []
    private(set) var flag: Columns.Flag?
    private(set) var ambiguities: [Columns.Ambiguity] = []

    init(headers: [String], rules: [Int: ImportMapping.Column], target: ImportTarget) {
        self.headers = headers
        self.rules = rules
        self.target = target
        keys = headers.map { HeaderNames.normalised($0) }
        matches = headers.map { target.synonyms.match($0) }
    }

    /// - Parameter index: the field's position.
    mutating func find(_ index: Int) throws(Columns.Refusal) -> (column: Int, origin: Columns.Origin)? {
        let field = target.fields[index].name
        // What says the status itself goes before what says it as yes or no.
        let targets: [Target] =
            [.field(field)] + (index == target.flagField ? Columns.Flag.allCases.map { .flag($0) } : [])
        let mapped = columns { index in rules[index].map { targets.contains($0.target) } ?? false }
        // Of several bar codes the first that is filled counts.
        if let column = index == target.codeField ? mapped.first : try one(mapped, field) {
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
        return synonym(field, targets, isCode: index == target.codeField)
    }

    private mutating func synonym(
        _ field: String,
        _ targets: [Target],
        isCode: Bool
    ) -> (column: Int, origin: Columns.Origin)? {
        let found = columns { index in
            guard rules[index] == nil, let match = matches[index], !taken.contains(index) else { return false }
            return targets.contains(match.target) || match.second.map(targets.contains) ?? false
        }
        let best = found.compactMap { matches[$0]?.rank }.min()
        let likely = found.filter { matches[$0]?.rank == best }
        guard let first = likely.first else { return nil }
        guard likely.count == 1 || isCode else {
            ambiguities.append(Columns.Ambiguity(field: field, columns: likely.map { headers[$0] }))
            return nil
        }
        if case .flag(let known)? = matches[first]?.target { flag = known }
        taken.insert(first)
        return (first, .synonym)
    }

    /// Columns that may feed the field too, where the one that does is blank.
    func others(_ field: Int, beside column: Int?) -> [Int] {
        guard let column else { return [] }
        let wanted = Target.field(target.fields[field].name)
        return columns { index in
            index != column && (rules[index].map(\.target) ?? matches[index]?.target) == wanted
        }
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

    /// The column that only a mapping can mean so.
    func only(_ target: Target) throws(Columns.Refusal) -> Int? { try one(all(target), target.name ?? "") }

    func all(_ target: Target) -> [Int] { columns { rules[$0]?.target == target } }

    private func columns(where condition: (Int) -> Bool) -> [Int] { headers.indices.filter(condition) }

    private func one(_ found: [Int], _ field: String) throws(Columns.Refusal) -> Int? {
        guard found.count <= 1 else { throw .duplicateColumn(field: field, columns: found.map { headers[$0] }) }
        return found.first
    }
}
