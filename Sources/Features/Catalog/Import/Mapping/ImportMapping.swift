import Support
import Tables

/// What the caller says about the columns of a file: which field each one feeds, and what its blank cells mean.
///
/// As JSON an object by column name; a value is a target's name, null for a column that is left out, or an object with
/// `field`, `blank` and `default`. Of columns without a name of their own the third is called `#3`.
package struct ImportMapping: Sendable, Equatable {
    package enum Target: Sendable, Equatable {
        /// A field of the field table.
        case field(String)
        /// The status, said as yes or no.
        case flag(ImportColumns.Flag)
        /// One custom attribute.
        case attribute(String)
        /// Rows with the same text in this column belong to one product: the later ones only continue it.
        case group
        case nothing
    }

    package struct Column: Sendable, Equatable {
        package var name: String
        package var target: Target
        /// Nil: as the whole import has it.
        package var blank: ImportOptions.Blank?
        /// What a blank cell stands for, as it would be written in a cell.
        package var standard: String?

        package init(
            _ name: String,
            _ target: Target,
            blank: ImportOptions.Blank? = nil,
            standard: String? = nil
        ) {
            self.name = name
            self.target = target
            self.blank = blank
            self.standard = standard
        }
    }

    /// Each name once.
    package var columns: [Column]

    package init(_ columns: [Column] = []) {
        self.columns = columns
    }

    package var isEmpty: Bool { columns.isEmpty }

    /// Scalars in a column's name. A file may have longer ones, which are called by their number.
    package static let maxName = 1000
    /// Scalars in what a blank cell stands for: as many as the longest field takes.
    package static let maxStandard = 100_000

    /// Whether a column can be called so: not too long, and with no control characters but tabs and line breaks.
    package static func isColumnName(_ name: String) -> Bool {
        name.unicodeScalars.count <= maxName && !name.utf8.contains(where: CustomAttributes.isForbidden)
    }

    package static let columnNameRule = "A column's name has at most \(maxName) characters and no control characters."

    /// These columns, and those of the other that are not named here.
    package func merged(over other: ImportMapping) -> ImportMapping {
        func key(_ column: Column) -> ByteText { ByteText(HeaderNames.normalised(column.name)) }
        let names = Set(columns.map(key))
        return ImportMapping(columns + other.columns.filter { !names.contains(key($0)) })
    }

    /// Without the columns that a header does not have.
    package func restricted(to headers: [String]) -> ImportMapping {
        let index = HeaderIndex(headers)
        return ImportMapping(columns.filter { index.position(of: $0.name) != nil })
    }
}

extension ImportMapping.Target {
    private static let attributePrefix = "attribute:"

    /// As mappings name it; nil for nothing.
    package var name: String? {
        switch self {
        case .field(let name): name
        case .flag(let flag): flag.rawValue
        case .attribute(let name): Self.attributePrefix + name
        case .group: Self.groupName
        case .nothing: nil
        }
    }

    private static let groupName = "continues"

    /// Nil when there is no such target.
    package init?(name: String) {
        if name.hasPrefix(Self.attributePrefix) {
            let attribute = String(name.dropFirst(Self.attributePrefix.count))
            guard CustomAttributes.isName(attribute) else { return nil }
            self = .attribute(attribute)
        } else if name == Self.groupName {
            self = .group
        } else if let flag = ImportColumns.Flag(rawValue: name) {
            self = .flag(flag)
        } else if ProductFields.named(name) != nil {
            self = .field(name)
        } else {
            return nil
        }
    }

    /// The field that it feeds.
    package var field: ProductField? {
        switch self {
        case .field(let name): ProductFields.named(name)
        case .flag: ProductFields.named("status")
        case .attribute: ProductFields.named("custom_attributes")
        case .group, .nothing: nil
        }
    }

    /// Every name that is not of an attribute, as a list for people.
    package static let names =
        ProductFields.all.map(\.name) + ImportColumns.Flag.allCases.map(\.rawValue) + [groupName]
}

extension ImportMapping: ExpressibleByDictionaryLiteral {
    /// Columns with the names of their targets; a name that is none leaves the column out.
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Column($0.0, Target(name: $0.1) ?? .nothing) })
    }
}
