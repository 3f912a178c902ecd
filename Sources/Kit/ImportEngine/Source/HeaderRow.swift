import Records
import Support
import Tables
import Web

/// Finds the record that names the columns. Usually it is the first; files made for people begin with a title, a date,
/// a supplier's address. What is taken is shown with the import and can be overridden.
struct HeaderRow {
    /// Records among which the header is looked for.
    static let searched = 20

    let target: ImportTarget
    /// The line in which it stands, where the user has said so.
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
            candidates.append(Candidate(reader.record, target))
            // Nearly always the first record is the header, and nothing more is read. Of a sheet the header may have
            // two rows, with cells that are merged over both.
            let looked = table.format.kind == .xlsx ? 2 : 1
            if candidates.count == looked, try candidates[0].namesKey || isKnown(candidates[0].names) { break }
        }
        guard !candidates.isEmpty else { return nil }
        return candidates[try best(candidates)].position
    }

    private func place(_ line: Int64, in table: ImportTable) throws -> CSVPosition {
        var reader = table.reader(from: CSVPosition(byteOffset: 0, line: 1, row: 0))
        while try reader.next(), reader.record.position.line <= line {
            if reader.record.position.line == line { return Candidate(reader.record, target).position }
        }
        let detail = "Line \(line) holds no names of columns: it is blank, lies within a cell, or is not there."
        throw WebError.invalid([Problem("header_row", "bad_option", detail)])
    }

    private func best(_ candidates: [Candidate]) throws -> Int {
        guard candidates.count > 1 else { return 0 }
        if try candidates[0].namesKey || isKnown(candidates[0].names) {
            let isUpper = candidates[0].isUpperHalf(of: candidates[1])
            return isUpper && candidates[1].namesRecords ? 1 : 0
        }
        if let named = try candidates.firstIndex(where: { try $0.namesRecords || isKnown($0.names) }) {
            let lower = named + 1
            return lower < candidates.count && candidates[named].isUpperHalf(of: candidates[lower]) ? lower : named
        }
        // No mapping knows the names: a title fills a few cells of many, and a comment names no columns.
        let others = candidates.filter { !$0.isComment }
        let most = others.map(\.filled).max() ?? 0
        return candidates.firstIndex { !$0.isComment && $0.filled > 1 && $0.filled * 3 > most }
            ?? candidates.firstIndex { !$0.isComment } ?? 0
    }

    private struct Candidate {
        var position: CSVPosition
        var names: [String]
        /// How many cells are not blank.
        var filled = 0
        /// How many of them are names that are understood without help.
        var understood = 0
        var namesKey = false

        /// `#INFO,Version=1`: what templates of marketplaces say above their columns.
        var isComment: Bool { names.first?.hasPrefix("#") ?? false }

        /// Whether a row below names the same columns and more of them, as the lower row of a header does whose other
        /// cells are merged with those above.
        func isUpperHalf(of lower: Candidate) -> Bool {
            let common = zip(names, lower.names).filter { !$0.isEmpty && $0.hasSameBytes(as: $1) }.count
            return common > 0 && lower.filled > filled && lower.understood >= understood
        }

        init(_ record: CSVRecord, _ target: ImportTarget) {
            position = CSVPosition(byteOffset: record.position.byteOffset, line: record.position.line, row: 0)
            names = CSVHeader(record).names
            for name in names where !name.isEmpty {
                filled += 1
                guard let meaning = target.synonyms.meaning(name) else { continue }
                understood += 1
                if meaning == .field(target.keyName) { namesKey = true }
            }
        }

        /// Whether it can hardly be anything but a header: one value may happen to be a field's name, but not two.
        var namesRecords: Bool { namesKey && (understood > 1 || filled == 1) }
    }
}
