import Support
import Tables

/// Writes a row of a repair's file as the upload would have it: with the upload's columns in their order and in its
/// dialect, for the next `errors.csv`.
struct CorrectedRow {
    private let dialect: CSVDialect
    /// Where each column of the upload stands in the repair's file; nil where that lacks it.
    private let places: [Int?]
    /// Whether the repair's file is as `errors.csv` was, so that what stands behind its own columns is the row itself,
    /// also where its form is broken.
    private let isVerbatim: Bool
    /// Columns of the repair's file.
    private let width: Int

    /// - Parameters:
    ///   - headers: of the upload.
    ///   - dialect: of the upload, as its table is read.
    ///   - other: the header of the repair's file.
    ///   - otherDialect: as that file is read.
    init(_ headers: [String], _ dialect: CSVDialect, from other: [String], _ otherDialect: CSVDialect) {
        self.dialect = dialect
        width = other.count
        let keys = headers.map(HeaderNames.normalised)
        let otherKeys = other.map(HeaderNames.normalised)
        let own = Set([RepairColumns.row, RepairColumns.error].map(HeaderNames.normalised))
        let isInFront = Set(otherKeys.prefix(RepairColumns.count)) == own
        isVerbatim =
            isInFront && otherKeys.dropFirst(RepairColumns.count).elementsEqual(keys) && dialect == otherDialect
        places = keys.indices.map { index in
            // Columns of one name, and those without any, are told apart by their order.
            let before = keys[..<index].filter { $0 == keys[index] }.count
            let places = otherKeys.indices.filter { otherKeys[$0] == keys[index] && !own.contains(otherKeys[$0]) }
            return before < places.count ? places[before] : nil
        }
    }

    /// Whether some cells must be taken from the upload.
    var isPartial: Bool { !isVerbatim && places.contains(nil) }

    /// The row without its line end.
    /// - Parameter cell: a cell as it stands in the upload, by its column; for those that the repair's file lacks.
    /// - Returns: nil when it is not clear which of its cells is which.
    func bytes(_ record: CSVRecord, cell: (Int) -> [UInt8] = { _ in [] }) -> [UInt8]? {
        if isVerbatim { return record.raw.map { Self.withoutLineEnd(Self.behindOwn($0, dialect)) } }
        guard record.problems.isEmpty, record.count == width else { return nil }
        var writer = CSVWriter(dialect: dialect)
        for (column, place) in places.enumerated() {
            if let place {
                writer.appendReadable(record.cell(place), dialect)
            } else {
                cell(column).withUnsafeBufferPointer { writer.appendReadable($0, dialect) }
            }
        }
        return writer.take()
    }

    /// What stands behind the first two cells.
    private static func behindOwn(_ record: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect) -> ArraySlice<UInt8> {
        var rest = Array(record)[...]
        for _ in 0..<RepairColumns.count {
            if let quote = dialect.quote, rest.first == quote {
                rest.removeFirst()
                // A doubled quote ends one quoted text and begins another.
                while let end = rest.firstIndex(of: quote) {
                    rest = rest[(end + 1)...]
                    guard rest.first == quote else { break }
                    rest.removeFirst()
                }
            }
            rest = rest[(rest.firstIndex(of: dialect.delimiter).map { $0 + 1 } ?? rest.endIndex)...]
        }
        return rest
    }

    private static func withoutLineEnd(_ record: ArraySlice<UInt8>) -> [UInt8] {
        var record = record
        if record.last == 0x0A { record.removeLast() }
        if record.last == 0x0D { record.removeLast() }
        return Array(record)
    }
}

extension CSVWriter {
    /// Adds a cell that can be read again: where nothing can be quoted, what would need quotes is replaced by blanks.
    mutating func appendReadable(_ cell: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect) {
        guard dialect.quote == nil else { return append(cell) }
        let plain = cell.map { $0 == dialect.delimiter || $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        plain.withUnsafeBufferPointer { append($0) }
    }
}
