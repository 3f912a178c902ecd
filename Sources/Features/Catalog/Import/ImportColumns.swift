import Support
import Tables

/// Which column of a file feeds which field.
package struct ImportColumns: Sendable, Equatable {
    /// The header as it stands.
    package let headers: [String]
    /// Position of the column for each field of the field table; nil where the file has none.
    package let positions: [Int?]

    /// Why a header cannot be used.
    package enum Refusal: Error, Sendable, Equatable {
        case noSKUColumn(headers: [String])
        /// Two columns feed one field.
        case duplicateColumn(field: String, columns: [String])
        /// The mapping names a column that the file does not have.
        case missingColumn(name: String, headers: [String])
    }

    /// Names are compared without case, spaces, `_` and `-`; the mapping wins over a column's own name.
    package init(headers: [String], mapping: [String: String]) throws(Refusal) {
        let keys = headers.map(Self.key)
        var mapped: [Int: String] = [:]
        for (column, field) in mapping.sorted(by: { $0.key < $1.key }) {
            guard let index = headers.firstIndex(of: column) ?? keys.firstIndex(of: Self.key(column)) else {
                throw .missingColumn(name: column, headers: headers)
            }
            mapped[index] = field
        }
        let taken = Set(mapped.values)
        var positions: [Int?] = []
        for field in ProductFields.all {
            let found = headers.indices.filter { index in
                if let target = mapped[index] { return target == field.name }
                return !taken.contains(field.name) && keys[index] == Self.key(field.name)
            }
            guard found.count <= 1 else {
                throw .duplicateColumn(field: field.name, columns: found.map { headers[$0] })
            }
            positions.append(found.first)
        }
        guard let sku = ProductFields.all.firstIndex(where: { $0.name == "sku" }), positions[sku] != nil else {
            throw .noSKUColumn(headers: headers)
        }
        self.headers = headers
        self.positions = positions
    }

    private static func key(_ header: String) -> String {
        HeaderNames.normalised(header)
    }

    /// Columns with the field that they feed, in the order of the fields.
    package var used: [(header: String, field: String)] {
        zip(positions, ProductFields.all).compactMap { position, field in position.map { (headers[$0], field.name) } }
    }

    /// Columns that feed nothing.
    package var ignored: [String] {
        let used = Set(positions.compactMap { $0 })
        return headers.indices.filter { !used.contains($0) }.map { headers[$0] }
    }
}
