import Records
import Support
import Tables

/// What identifies a product: which cells of a row its SKU is made of.
package enum ImportIdentity: Sendable, Equatable {
    /// The column of the SKU; a row without one is refused.
    case sku
    /// The handle and the values of the options behind it, as in `tee-m`. A row that has a SKU keeps it.
    case handle
    /// A column, or several with commas between: by their names, or by the fields that they feed.
    case columns(String)

    /// Scalars in what it is written with.
    package static let maxText = 1000

    /// Nil for what cannot name a column.
    package init?(text: String) {
        let text = text.trimmed
        guard !text.isEmpty, text.unicodeScalars.count <= Self.maxText, ImportMapping.isColumnName(text) else {
            return nil
        }
        switch text.caseFolded {
        case "sku": self = .sku
        case "handle": self = .handle
        default: self = .columns(text)
        }
    }

    /// As options, profiles and people write it.
    package var text: String {
        switch self {
        case .sku: "sku"
        case .handle: "handle"
        case .columns(let names): names
        }
    }

    package static let rule = "sku, handle, or the name of a column (several with commas between)"
}

extension ImportColumns {
    /// The cells that a SKU is made of.
    package struct Identity: Sendable, Equatable {
        /// Positions in the file, in the order in which their texts stand in the SKU.
        package var named: [Int]
        /// Whether they hold a name, of which a handle is made as shops make it of their products' names.
        package var isName = false
        /// Values of options that follow, where there are any.
        package var options: [Int] = []
        /// Tells apart what has the same name; no part of the SKU.
        package var others: [Int] = []
        /// Where nothing is known that tells variants apart: columns in which rows of one product are alike, so that
        /// two rows that differ there are two products, which must not share a SKU.
        package var rest: [Int] = []
        /// Whether a row that has a SKU keeps it.
        package var keepsOwn = false

        /// Every column that it is made of.
        package var all: [Int] { named + options }
    }

    /// Where a well-known program, or a person, puts the handle of a product.
    static let handleNames = Set(
        [
            "Handle", "URL handle", "Product handle", "handleId", "URL key", "url_key", "Slug", "URL slug",
            "Product slug", "Permalink", "link_rewrite", "URL rewritten", "Friendly URL", "SEO URL",
        ].map { ByteText(HeaderNames.normalised($0)) }
    )

    /// Finds the columns that identify a product; nil where that is the column of the SKU alone.
    static func identity(
        _ wanted: ImportIdentity,
        _ headers: [String],
        _ positions: [Int?],
        _ target: ImportTarget,
        group: Int?,
        options: [Int]
    ) throws(Refusal) -> Identity? {
        guard target.makesKeys else { return nil }
        func position(_ field: Int?) -> Int? { field.flatMap { positions[$0] } }
        switch wanted {
        case .sku: return nil
        case .handle:
            let keys = headers.map { ByteText(HeaderNames.normalised($0)) }
            if let column = group ?? keys.firstIndex(where: handleNames.contains) {
                let rest = options.isEmpty ? rest(headers, positions, target, but: column) : []
                return Identity(named: [column], options: options, rest: rest, keepsOwn: true)
            }
            guard let name = position(target.titleField) else {
                throw .noIdentity(wanted: wanted.text, headers: headers)
            }
            let id = keys.firstIndex(of: ByteText("id")).map { [$0] } ?? []
            let rest = id.isEmpty ? rest(headers, positions, target, but: name) : []
            return Identity(named: [name], isName: true, others: id, rest: rest, keepsOwn: true)
        case .columns(let text):
            let named = try columns(text, headers, positions, target)
            return named == [position(target.keyFields.first)] ? nil : Identity(named: named)
        }
    }

    /// All columns but the one that identifies, what Bodega puts into files, and long texts.
    private static func rest(
        _ headers: [String],
        _ positions: [Int?],
        _ target: ImportTarget,
        but named: Int
    ) -> [Int] {
        let long = target.fields.indices.filter { target.fields[$0].rules.isMultiline && $0 != target.attributesField }
        let left = Set(long.compactMap { positions[$0] } + [named])
        return headers.indices.filter { !left.contains($0) && !isOwn(headers[$0]) }
    }

    /// A name may hold commas itself, so the whole text is looked for first.
    private static func columns(
        _ text: String,
        _ headers: [String],
        _ positions: [Int?],
        _ target: ImportTarget
    ) throws(Refusal) -> [Int] {
        let index = HeaderIndex(headers)
        func find(_ name: String) -> Int? {
            if let column = index.position(of: name) { return column }
            guard case .field(let field)? = target.synonyms.meaning(name) else { return nil }
            return target.record.position(of: field).flatMap { positions[$0] }
        }
        if let whole = find(text) { return [whole] }
        let parts = text.split(separator: ",").map { find(String($0).trimmed) }
        guard parts.count > 1, !parts.contains(nil) else { throw .noIdentity(wanted: text, headers: headers) }
        return parts.compactMap { $0 }
    }
}
