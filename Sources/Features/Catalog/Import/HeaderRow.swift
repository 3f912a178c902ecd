import Support
import Tables
import Web

/// Finds the record that names the columns. Usually it is the first; files made for people begin with a title, a date,
/// a supplier's address. What is taken is shown with the import and can be overridden.
struct HeaderRow {
    /// Among so many records the header is looked for.
    static let searched = 20

    /// The line in which it stands, where somebody has said so.
    var line: Int64?
    /// Whether some profile or mapping was made for these columns.
    var isKnown: ([String]) throws -> Bool = { _ in false }

    /// Where the header stands in a table; nil for a table without records.
    ///
    /// Throws 422 `bad_option` when no record begins in the line that was chosen.
    func place(in table: ImportTable) throws -> CSVPosition? {
        if let line { return try place(line, in: table) }
        var reader = table.reader()
        var candidates: [Candidate] = []
        while candidates.count < Self.searched, try reader.next() {
            candidates.append(Candidate(reader.record))
            // Nearly always the first record is the header, and nothing more is read.
            if candidates.count == 1, try candidates[0].namesSKU || isKnown(candidates[0].names) { break }
        }
        guard !candidates.isEmpty else { return nil }
        return candidates[try best(candidates)].position
    }

    private func place(_ line: Int64, in table: ImportTable) throws -> CSVPosition {
        var reader = table.reader(from: CSVPosition(byteOffset: 0, line: 1, row: 0))
        while try reader.next(), reader.record.position.line <= line {
            if reader.record.position.line == line { return Candidate(reader.record).position }
        }
        let detail = "Line \(line) holds no names of columns: it is blank, lies within a cell, or is not there."
        throw WebError.invalid([Problem("header_row", "bad_option", detail)])
    }

    private func best(_ candidates: [Candidate]) throws -> Int {
        guard candidates.count > 1 else { return 0 }
        if let named = try candidates.firstIndex(where: { try $0.namesProducts || isKnown($0.names) }) { return named }
        // Nobody knows the names: a title fills a few cells of many.
        let most = candidates.map(\.filled).max() ?? 0
        return candidates.firstIndex { $0.filled > 1 && $0.filled * 3 > most } ?? 0
    }

    private struct Candidate {
        var position: CSVPosition
        var names: [String]
        /// How many cells are not blank.
        var filled = 0
        /// How many of them are names that are understood without help.
        var understood = 0
        var namesSKU = false

        init(_ record: CSVRecord) {
            position = CSVPosition(byteOffset: record.position.byteOffset, line: record.position.line, row: 0)
            names = (0..<record.count).map { record.text($0).trimmed }
            for name in names where !name.isEmpty {
                filled += 1
                guard let target = HeaderSynonyms.meaning(name) else { continue }
                understood += 1
                if target == .field("sku") { namesSKU = true }
            }
        }

        /// Whether it can hardly be anything but a header: one value may happen to be a field's name, but not two.
        var namesProducts: Bool { namesSKU && (understood > 1 || filled == 1) }
    }
}
