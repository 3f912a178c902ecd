public import CSQLite
public import Support

/// The current row of a statement; valid only inside the closure that gets it. Columns are counted from 0.
public struct Row: ~Copyable {
    @usableFromInline let handle: OpaquePointer

    @inlinable
    init(handle: OpaquePointer) {
        self.handle = handle
    }

    @inlinable
    public borrowing func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// An integer; 0 for NULL, so read a nullable column with `intOrNil`.
    @inlinable
    public borrowing func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    @inlinable
    public borrowing func intOrNil(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

    @inlinable
    public borrowing func bool(_ column: Int32) -> Bool { int(column) != 0 }

    @inlinable
    public borrowing func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    @inlinable
    public borrowing func realOrNil(_ column: Int32) -> Double? { isNull(column) ? nil : real(column) }

    /// The bytes of a text, in SQLite's memory: valid until the statement moves on.
    @inlinable
    public borrowing func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let start = sqlite3_column_text(handle, column)
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    /// The bytes of a text, as `bytes`; nil for NULL. One way into the statement instead of three, for loops over
    /// millions of rows: a connection without a mutex may look at a column's value itself
    /// (sqlite.org/c3ref/value.html, "protected").
    @inlinable
    public borrowing func bytesOrNil(_ column: Int32) -> UnsafeBufferPointer<UInt8>? {
        let value = sqlite3_column_value(handle, column)
        guard let start = sqlite3_value_text(value) else { return nil }
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
    }

    /// A text; "" for NULL, so read a nullable column with `textOrNil`.
    @inlinable
    public borrowing func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    @inlinable
    public borrowing func textOrNil(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    public borrowing func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    @inlinable
    public borrowing func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: int(column)) }

    @inlinable
    public borrowing func timeOrNil(_ column: Int32) -> Timestamp? { isNull(column) ? nil : time(column) }

    /// The value as stored, whatever its type.
    public borrowing func value(_ column: Int32) -> DatabaseValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(int(column))
        case SQLITE_FLOAT: .real(real(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }
}
