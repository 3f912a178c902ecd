import Records
import Support
import Tables

/// Makes the key of a record from its cells, in buffers that are used again.
final class KeyReader {
    enum Outcome {
        /// - text: the cell as it is stored, of a key that is one text; else nil.
        /// - key: see `StoredKey`. Both are valid until the next call or until the cell goes.
        case key(text: UnsafeBufferPointer<UInt8>?, key: UnsafeBufferPointer<UInt8>)
        /// Nothing stands in a field of the key, by position in the table.
        case blank(field: Int)
        case bad(field: Int)
    }

    private let folded: FoldedKeys
    private let isFolded: Bool
    private let fields: [Int]
    private let buffer = StoredKey.KeyBuffer()

    init(_ target: ImportTarget) {
        fields = target.keyFields
        isFolded = target.hasFoldedKey
        folded = FoldedKeys(limit: target.keyLimit)
    }

    /// The key of a record that `record` has been told of.
    func read(_ raw: CSVRecord, _ record: ImportRecord) -> Outcome {
        guard isFolded else { return exact(raw, record) }
        return read(record.keyCell(raw) ?? UnsafeBufferPointer(start: nil, count: 0))
    }

    /// The key that one text is.
    func read(_ cell: UnsafeBufferPointer<UInt8>) -> Outcome {
        let field = fields.first ?? 0
        switch folded.read(cell) {
        case .key(let text, let key): return .key(text: text, key: key)
        case .blank: return .blank(field: field)
        case .bad: return .bad(field: field)
        }
    }

    private func exact(_ raw: CSVRecord, _ record: ImportRecord) -> Outcome {
        buffer.clear()
        for field in fields {
            switch record.keyValue(field, raw) {
            case nil: return .bad(field: field)
            case .text(let text): buffer.add(text)
            case .integer(let number): buffer.add(number)
            case .absent, .some(.none), .attributes: return .blank(field: field)
            }
        }
        return .key(text: nil, key: buffer.bytes)
    }
}
