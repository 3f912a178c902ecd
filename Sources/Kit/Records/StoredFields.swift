public import Database
import Support

/// The fields of a record as they stand in a row of its table, for loops over millions of them: no text is made of the
/// bytes.
public struct StoredFields: Sendable {
    private let fields: [RecordField]
    /// A bit for each field.
    private let all: UInt64
    private let isBatched: Bool

    public init(_ table: RecordTable) {
        fields = table.fields
        all = table.allFields
        isBatched = table.history == .batches
    }

    /// Writes all fields that hold something, as the revision of a deletion keeps them: what it does not name was
    /// empty. Where no revision tells of a creation, it says when that was.
    /// - Parameter row: has what `columns` names, from the column `first` on.
    public func writeAll(of row: borrowing Row, from first: Int32, to bytes: inout [UInt8]) {
        write(all, of: row, from: first, leavingOutEmpty: true, to: &bytes)
        guard isBatched else { return }
        bytes.removeLast()
        bytes += "\(bytes.count > 1 ? "," : "")\"\(Self.createdAt)\":\(row.int(first + Int32(fields.count)))}".utf8
    }

    /// The member of a deletion's revision that says when the record was created.
    static let createdAt = "created_at"

    /// What a statement selects for `writeAll` and `batch`.
    public var columns: SQL {
        let names = fields.map { "\(ident: $0.name)" as SQL }.joined(separator: ", ")
        return isBatched ? "\(names), created_at, batch_id" : names
    }

    /// How many these are.
    public var columnCount: Int32 { Int32(fields.count) + (isBatched ? 2 : 0) }

    /// Which job has brought the record, where the noun keeps that with it.
    public func batch(of row: borrowing Row, from first: Int32) -> Int64? {
        isBatched ? row.intOrNil(first + Int32(fields.count) + 1) : nil
    }

    /// Writes fields as a revision keeps them: members by the fields' names, values in stored form.
    /// - Parameters:
    ///   - mask: which fields, a bit each by their position in the field table.
    ///   - first: the column of the row in which the first field stands; the others follow it.
    public func write(
        _ mask: UInt64,
        of row: borrowing Row,
        from first: Int32,
        leavingOutEmpty: Bool = false,
        to bytes: inout [UInt8]
    ) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(UInt8(ascii: "{"))
        for (index, field) in fields.enumerated() where mask & 1 << UInt64(index) != 0 {
            let column = first + Int32(index)
            if leavingOutEmpty, row.isNull(column) { continue }
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            JSON.writeString(field.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            if row.isNull(column) {
                bytes += "null".utf8
            } else if field.storage == .integer {
                bytes += String(row.int(column)).utf8
            } else {
                JSON.writeString(utf8: row.bytes(column), to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
