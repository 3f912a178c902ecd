import Support
import Tables

/// The columns that `errors.csv` has before those of the upload.
///
/// They stand in front because rows may fail for having too few or too many cells, or for a quote that swallows what
/// comes behind: in front they are readable whatever is wrong with the rest.
package enum RepairColumns {
    /// The number of the row in the upload, by which a corrected row is known.
    package static let row = "bodega_row"
    /// Everything that was wrong with the row; ignored when the file comes back.
    static let error = "bodega_error"
    static let count = 2

    /// What was said of the upload's columns, for a file that has these two before them, and may lack others.
    package static func mapping(_ mapping: ImportMapping, for headers: [String]) -> ImportMapping {
        let header = CSVHeader(names: headers)
        guard isInFront(header) else { return mapping.restricted(to: headers) }
        let columns = mapping.columns.map { column in
            // Columns without a name are called by their place.
            guard header.column(named: column.name) == nil, column.name.hasPrefix("#"),
                let place = Int(column.name.dropFirst())
            else { return column }
            return ImportMapping.Column(
                "#\(place + count)",
                column.target,
                blank: column.blank,
                standard: column.standard
            )
        }
        return ImportMapping(columns).restricted(to: headers)
    }

    private static func isInFront(_ header: CSVHeader) -> Bool {
        [row, error].allSatisfy { header.column(named: $0).map { $0 < count } ?? false }
    }

    /// What identifies a product, for such a file: a column without a name is called by its place.
    package static func identity(_ identity: ImportIdentity?, for headers: [String]) -> ImportIdentity {
        guard case .columns(let name)? = identity, name.hasPrefix("#"), let place = Int(name.dropFirst()),
            isInFront(CSVHeader(names: headers))
        else { return identity ?? .sku }
        return .columns("#\(place + count)")
    }
}
