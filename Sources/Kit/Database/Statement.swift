public import CSQLite

/// A prepared statement, taken from its connection's cache and given back (reset, cleared) when the value ends.
/// For hot loops: bind, step, read, reset, all without allocation. Parameters are counted from 1, columns from 0.
public struct Statement: ~Copyable {
    @usableFromInline let handle: OpaquePointer
    private let key: String
    private unowned let connection: Connection

    init(handle: OpaquePointer, key: String, connection: Connection) {
        self.handle = handle
        self.key = key
        self.connection = connection
    }

    deinit {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        connection.giveBack(handle, key: key)
    }

    /// Binds a value of any type.
    public borrowing func bind(_ index: Int32, _ value: DatabaseValue) throws(DatabaseError) {
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(handle, index)
        case .integer(let number): code = sqlite3_bind_int64(handle, index, number)
        case .real(let number): code = sqlite3_bind_double(handle, index, number)
        case .text(var text):
            code = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    bodega_bind_text_copy(handle, index, $0.baseAddress, Int32(clamping: $0.count))
                }
            }
        case .blob(let bytes):
            code = bytes.withUnsafeBytes {
                bodega_bind_blob_copy(handle, index, $0.baseAddress, Int32(clamping: $0.count))
            }
        }
        if code != SQLITE_OK { throw connection.failure(code, sql: key) }
    }

    @inlinable
    public borrowing func bind(_ index: Int32, _ value: Int64) {
        sqlite3_bind_int64(handle, index, value)
    }

    /// Binds UTF-8 bytes as text without copying them: they must stay where they are until the next reset or bind.
    @inlinable
    public borrowing func bindBorrowed(_ index: Int32, _ bytes: UnsafeBufferPointer<UInt8>) {
        let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
        _ = bodega_bind_text_static(handle, index, start, Int32(bytes.count))
    }

    @inlinable
    public borrowing func bindNull(_ index: Int32) {
        sqlite3_bind_null(handle, index)
    }

    /// Moves to the next row.
    /// - Returns: false when there is none.
    @inlinable
    public borrowing func step() throws(DatabaseError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw failure(code)
    }

    /// Runs to the end and makes the statement ready for the next round of values.
    @inlinable
    public borrowing func run() throws(DatabaseError) {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        if code != SQLITE_DONE && code != SQLITE_ROW { throw failure(code) }
    }

    @inlinable
    public borrowing func reset() {
        sqlite3_reset(handle)
    }

    /// The current row.
    @inlinable
    public borrowing func row() -> Row { Row(handle: handle) }

    @usableFromInline
    borrowing func failure(_ code: Int32) -> DatabaseError {
        let error = connection.failure(code, sql: key)
        sqlite3_reset(handle)
        return error
    }
}
