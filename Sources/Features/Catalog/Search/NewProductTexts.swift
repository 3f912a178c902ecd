import Database

/// The texts of many new products in one piece of memory: a first import brings a million of them, and a String for
/// each would cost as much as indexing it.
struct NewProductTexts {
    private(set) var ids: [Int64] = []
    private var bytes: [UInt8] = []
    /// Where each text ends in `bytes`, negative (its end, complemented) for one that is not there.
    private var ends: [Int] = []
    private let columns: Int

    init(columns: Int) {
        self.columns = columns
    }

    /// Adds the texts that stand in a row from the given column on.
    mutating func append(_ id: Int64, _ row: borrowing Row, from first: Int32) {
        ids.append(id)
        for column in 0..<Int32(columns) {
            if row.isNull(first + column) {
                ends.append(~bytes.count)
            } else {
                bytes.append(contentsOf: row.bytes(first + column))
                ends.append(bytes.count)
            }
        }
    }

    /// Puts all of them into an index.
    func record(into statement: borrowing TextIndexStatement) throws(DatabaseError) {
        try bytes.withUnsafeBufferPointer { (all) throws(DatabaseError) in
            for (index, id) in ids.enumerated() {
                try statement.record(id, columns: columns) { column in
                    range(index * columns + column).map { UnsafeBufferPointer(rebasing: all[$0]) }
                }
            }
        }
    }

    /// The texts as changes, for a range of the log in which other things happened too.
    var changes: [ProductTextChange] {
        ids.enumerated().map { index, id in
            let texts = (0..<columns).map { column in
                range(index * columns + column).map { String(decoding: bytes[$0], as: UTF8.self) }
            }
            return ProductTextChange(id: id, old: nil, new: texts)
        }
    }

    private func range(_ text: Int) -> Range<Int>? {
        guard ends[text] >= 0 else { return nil }
        let start = text == 0 ? 0 : ends[text - 1]
        return (start < 0 ? ~start : start)..<ends[text]
    }
}
