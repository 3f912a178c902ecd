import Support
import Tables

/// Notices where rows of one SKU have different names: then one of the SKUs is wrong as a rule, and a product is lost
/// that no user misses before it is looked for.
///
/// Costs nothing in a file without such rows, and memory for so many of them at most.
final class DuplicateNames {
    private static let most = 100_000

    private let record: ImportRecord
    /// Whether the first of several rows counts, so that it is met before those that it replaces.
    private let keepsFirst: Bool
    /// What a row that counts, or the first that it replaces, is called: by the number of the row that counts.
    @exclusivity(unchecked) private var names: [Int64: Int] = [:]
    /// Rows that count although a row that they replace had another name.
    private var differing: Set<Int64> = []

    init(_ record: ImportRecord, _ options: ImportOptions) {
        self.record = record
        keepsFirst = options.duplicates == .first
    }

    /// Takes the next row.
    /// - Returns: whether it is one to warn of.
    func isOdd(_ raw: CSVRecord, _ reading: ImportIntake.Reading) -> Bool {
        switch reading {
        case .superseded(let winner): replaced(raw, by: winner)
        case .continuation, .header: false
        case .good, .faulty: counts(raw)
        }
    }

    /// Takes the next row that another one of its SKU replaces.
    private func replaced(_ raw: CSVRecord, by winner: Int64) -> Bool {
        guard let name = name(raw) else { return false }
        guard let known = names[winner] else {
            if !keepsFirst, names.count < Self.most { names[winner] = name }
            return false
        }
        if known != name, !keepsFirst { differing.insert(winner) }
        return known != name && keepsFirst
    }

    /// Takes the next row that counts.
    private func counts(_ raw: CSVRecord) -> Bool {
        let row = raw.position.row
        guard !keepsFirst else {
            if names.count < Self.most { names[row] = name(raw) }
            return false
        }
        guard let known = names.removeValue(forKey: row) else { return false }
        let isOther = name(raw).map { $0 != known } ?? false
        return differing.remove(row) != nil || isOther
    }

    /// Nil for a row without a name: it leaves what is there.
    private func name(_ raw: CSVRecord) -> Int? {
        guard let column = record.nameColumn, column < raw.count else { return nil }
        let cell = ImportText.trimmed(raw.cell(column))
        return cell.isEmpty ? nil : String(decoding: cell, as: UTF8.self).caseFolded.hashValue
    }
}

extension ImportRunContext {
    /// Looks at a row for names that differ from those of other rows of its SKU; in the order of the file.
    func noteName(_ raw: CSVRecord, _ reading: ImportIntake.Reading) {
        guard let duplicateNames, let column = record.nameColumn else { return }
        if duplicateNames.isOdd(raw, reading) { note(.differentNames, column, raw) }
    }

    /// Looks at the rows before a place once more, as an attempt that goes on there has to.
    func recallNames(before place: Int64) throws {
        guard let duplicateNames else { return }
        let observe = record.observe
        record.observe = nil
        defer { record.observe = observe }
        var reader = table.reader()
        _ = try reader.next()
        while reader.position.byteOffset < place, try reader.next() {
            _ = duplicateNames.isOdd(reader.record, try intake.read(reader.record))
        }
    }
}
