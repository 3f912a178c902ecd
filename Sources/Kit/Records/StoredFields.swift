public import Database
import Support

/// The fields of a record as they stand in a row of its table, for loops over millions of them: no text is made of the
/// bytes.
public struct StoredFields: Sendable {
    private let fields: [RecordField]
    /// A bit for each field.
    private let all: UInt64

    public init(_ table: RecordTable) {
        fields = table.fields
        all = table.allFields
    }

    /// Writes all fields that hold something, as the revision of a deletion keeps them: what it does not name was
    /// empty.
    public func writeAll(of row: borrowing Row, from first: Int32, to bytes: inout [UInt8]) {
        write(all, of: row, from: first, leavingOutEmpty: true, to: &bytes)
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
