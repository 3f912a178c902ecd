import Database
import Records

/// The texts of many new products in one piece of memory: a first import brings a million of them, and a String for
/// each would cost as much as indexing it.
struct NewProductTexts {
    private(set) var ids: [Int64] = []
    private var bytes: [UInt8] = []
    /// Where each text ends in `bytes`, negative (its end, complemented) for one that is not there.
    private var ends: [Int] = []
    private let fields = ProductFields.searched
    private var columns: Int { fields.count }
    private var leftOut: Set<Int64> = []

    /// Adds the texts of `ProductFields.searchedColumns` that stand in a row from the given column on.
    mutating func append(_ id: Int64, _ row: borrowing Row, from first: Int32) {
        ids.append(id)
        for column in 0..<Int32(columns) {
            if row.isNull(first + column) {
                ends.append(~bytes.count)
            } else if fields[Int(column)].kind == .attributes {
                bytes.append(contentsOf: (fields[Int(column)].indexed(row.text(first + column)) ?? "").utf8)
                ends.append(bytes.count)
            } else {
                bytes.append(contentsOf: row.bytes(first + column))
                ends.append(bytes.count)
            }
        }
    }

    /// Puts some of them into an index.
    func record(_ some: Range<Int>, into pass: inout TextIndexPass) throws(DatabaseError) {
        try bytes.withUnsafeBufferPointer { (all) throws(DatabaseError) in
            for index in some where !leftOut.contains(ids[index]) {
                try pass.addFirst(ids[index]) { column in
                    range(index * columns + column).map { UnsafeBufferPointer(rebasing: all[$0]) }
                }
            }
        }
    }

    /// Has `record` leave these products out.
    mutating func leaveOut(_ ids: Set<Int64>) { leftOut = ids }

    private func range(_ text: Int) -> Range<Int>? {
        guard ends[text] >= 0 else { return nil }
        let start = text == 0 ? 0 : ends[text - 1]
        return (start < 0 ? ~start : start)..<ends[text]
    }
}
