/// What one cell says about one field.
package enum ImportValue {
    /// The file has no such column, or the cell is blank and blanks keep what is there.
    case absent
    /// Empties the field, or sets it to its default where it cannot be empty.
    case none
    /// Bytes of the file, valid while the record is.
    case text(UnsafeBufferPointer<UInt8>)
    case integer(Int64)
    /// Changes to the custom attributes that depend on what is stored; lives as long as the record's reader. Unmanaged,
    /// because values are copied in the hot loop.
    case attributes(Unmanaged<AttributeChange>)
}

/// Why a cell is refused, or what is odd about it; the text for people stands in `ImportMessages`.
struct ImportFault: Error {
    let code: String

    init(_ code: String) {
        self.code = code
    }
}
