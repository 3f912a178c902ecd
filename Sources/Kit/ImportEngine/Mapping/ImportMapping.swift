import Records
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
        /// Rows with the same text in this column belong to one product: its handle.
        case group
        /// The value of an option that tells the variants of a product apart.
        case option
        /// What a variant costs more than its product, where its own price is blank.
        case surcharge
        /// What a product costs for now: then its price is what it cost before.
        case salePrice
        /// Rows with a text in this column only translate their product for a store view.
        case storeView
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
        case .option: Self.optionName
        case .surcharge: Self.surchargeName
        case .salePrice: Self.salePriceName
        case .storeView: Self.storeViewName
        case .nothing: nil
        }
    }

    private static let groupName = "continues"
    private static let optionName = "option"
    private static let surchargeName = "surcharge"
    private static let salePriceName = "sale_price"
    private static let storeViewName = "store_view"

    /// Nil when there is no such target. Case, blanks, `_` and `-` do not matter, as in the names of columns; the name
    /// of an attribute stays as it is.
    package init?(name: String, in target: ImportTarget) {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2 {
            guard target.attributesField != nil, "\(Self.key(parts[0])):" == Self.attributePrefix,
                CustomAttributes.isName(parts[1])
            else { return nil }
            self = .attribute(parts[1])
            return
        }
        let wanted = Self.key(name)
        let all = Self.all(of: target)
        guard let found = all.first(where: { $0.name.map(Self.key)?.hasSameBytes(as: wanted) ?? false }) else {
            return nil
        }
        self = found
    }

    private static func key(_ name: String) -> String { HeaderNames.normalised(name) }

    /// The field that it feeds.
    func field(of target: ImportTarget) -> RecordField? {
        switch self {
        case .field(let name): target.record.field(name)
        case .flag: target.flagField.map { target.fields[$0] }
        case .attribute: target.attributesField.map { target.fields[$0] }
        case .group, .option, .surcharge, .salePrice, .storeView, .nothing: nil
        }
    }

    /// Whether it says of a row what it is, so that blank cells stand for nothing.
    package var isOfRows: Bool {
        [.group, .option, .surcharge, .salePrice, .storeView].contains(self)
    }

    /// All that are not of an attribute, in the order in which they are shown.
    package static func all(of target: ImportTarget) -> [Self] {
        let fields = target.fields.map { Self.field($0.name) }
        let flags = target.flagField == nil ? [] : ImportColumns.Flag.allCases.map { Self.flag($0) }
        return fields + flags + (target.makesKeys ? [.group, .option, .surcharge, .salePrice, .storeView] : [])
    }

    /// Every name that is not of an attribute, as a list for people.
    package static func names(of target: ImportTarget) -> [String] { all(of: target).compactMap(\.name) }
}

extension ImportMapping {
    /// Columns with the names of what they feed; a name that is none leaves the column out.
    package init(_ columns: [(String, String)], in target: ImportTarget) {
        self.init(columns.map { Column($0.0, Target(name: $0.1, in: target) ?? .nothing) })
    }
}
