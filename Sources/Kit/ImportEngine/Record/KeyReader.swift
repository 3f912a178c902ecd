import Records
import Support
import Tables

/// Makes the key of a record from its cells, in buffers that are used again.
final class KeyReader {
    enum Outcome {
        /// - text: the cell as it is stored, of a key that is one text of the file; else nil.
        /// - key: see `StoredKey`. Of a line that is only counted: what it has in common with its equals. Both are
        ///   valid until the next call or until the cell goes.
        case key(text: UnsafeBufferPointer<UInt8>?, key: UnsafeBufferPointer<UInt8>)
        /// Nothing stands in a field of the key, by position in the table.
        case blank(field: Int)
        case bad(field: Int)
    }

    private let folded: FoldedKeys
    private let isFolded: Bool
    private let fields: [Int]
    private let buffer = StoredKey.KeyBuffer()
    /// What the line that was read last has in common with its equals.
    private(set) var digest = ""
    /// Of a line that has no key of its own.
    private let line: Line?

    private struct Line {
        /// Which fields equal lines have in common; by position.
        var fields: [Int]
        /// The field that says which of them it is.
        var number: Int
        /// Keeps what was made last in its place.
        let memory = StableBytes(capacity: 64)
    }

    init(_ target: ImportTarget) {
        fields = target.keyFields
        isFolded = target.hasFoldedKey
        folded = FoldedKeys(limit: target.keyLimit)
        line = target.numberField.map { number in
            Line(fields: target.keyFields.filter { $0 != number }, number: number)
        }
    }

    /// The key of a record that `record` has been told of.
    func read(_ raw: CSVRecord, _ record: ImportRecord) -> Outcome {
        if let line { return read(line, raw, record) }
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

    private func read(_ line: Line, _ raw: CSVRecord, _ record: ImportRecord) -> Outcome {
        buffer.clear()
        for field in line.fields {
            switch record.lineValue(field, raw) {
            case nil: return .bad(field: field)
            case .text(let text): buffer.add(text)
            case .integer(let number): buffer.add(number)
            case .absent, .some(.none), .attributes:
                guard addDefault(record.target.fields[field]) else { return .blank(field: field) }
            }
        }
        digest = LineKey.digest(buffer.bytes)
        guard record.columns.positions[line.number] != nil else {
            return .key(text: nil, key: line.memory.keep(digest))
        }
        switch record.keyValue(line.number, raw) {
        case nil: return .bad(field: line.number)
        case .integer(let number):
            return .key(text: nil, key: line.memory.keep(LineKey.key(digest, number: number)))
        case .absent, .some(.none), .text, .attributes: return .blank(field: line.number)
        }
    }

    /// Adds what a record has where nothing is said.
    /// - Returns: false when it has to be said.
    private func addDefault(_ field: RecordField) -> Bool {
        guard var standard = field.defaultValue else {
            if !field.isRequired { buffer.addNothing() }
            return !field.isRequired
        }
        switch field.storage {
        case .integer: Int64(standard).map { buffer.add($0) }
        case .text: standard.withUTF8 { buffer.add($0) }
        }
        return true
    }

    /// The key of the line that was read last, as one of several equal ones.
    /// - Returns: valid until the next call.
    func key(number: Int64) -> UnsafeBufferPointer<UInt8>? { line?.memory.keep(LineKey.key(digest, number: number)) }
}
