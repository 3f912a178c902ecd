import Support
import Tables

/// Tells rows that name the columns once more: files put together from several have a header in their middle, and
/// templates of marketplaces name each column a second time for programs.
struct HeaderRepetition {
    /// A second header stands right below the first.
    private static let searched: Int64 = 3

    private let names: [String]
    private let keys: [String]
    private let key: (column: Int, name: [UInt8])?
    private let keyTarget: ImportMapping.Target
    private let titleColumn: Int?
    private let synonyms: HeaderSynonyms

    init(_ columns: ImportColumns) {
        let names = columns.headers
        self.names = names
        keys = names.map { HeaderNames.normalised($0) }
        let target = columns.target
        synonyms = target.synonyms
        keyTarget = .field(target.keyName)
        key = columns.position(of: target.keyName).flatMap { names[$0].isEmpty ? nil : ($0, Array(names[$0].utf8)) }
        titleColumn = target.titleField.flatMap { columns.positions[$0] }
    }

    /// Whether a record is such a row. Nearly all are seen to be none by the length of one cell.
    func matches(_ record: CSVRecord) -> Bool {
        guard let key, record.problems.isEmpty, record.count == names.count else { return false }
        let cell = record.cell(key.column)
        let isLikely = cell.count == key.name.count && cell[0] | 0x20 == key.name[0] | 0x20
        guard isLikely || record.position.row <= Self.searched else { return false }
        return namesColumns(record, key.column)
    }

    private func namesColumns(_ record: CSVRecord, _ key: Int) -> Bool {
        var understood = 0
        var hasOther = false
        for column in names.indices {
            let text = record.text(column).trimmed
            if text.isEmpty { continue }
            if isOwn(text, column) || synonyms.meaning(text) != nil {
                understood += 1
            } else if !Self.isForPrograms(text) {
                hasOther = true
            }
        }
        let text = record.text(key).trimmed
        if isOwn(text, key) {
            return !hasOther || titleColumn.map { isOwn(record.text($0).trimmed, $0) } ?? false
        }
        let isName = synonyms.meaning(text) == keyTarget || Self.isForPrograms(text)
        return isName && !hasOther && understood > 1 && record.position.row <= Self.searched
    }

    private func isOwn(_ text: String, _ column: Int) -> Bool {
        !text.isEmpty && HeaderNames.normalised(text).hasSameBytes(as: keys[column])
    }

    /// `external_product_id`: words of small letters, parted by low lines.
    private static func isForPrograms(_ text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "_"))
            && text.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) }
    }
}
