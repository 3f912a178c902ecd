public import Database
import Support

/// How the rows of a table are found by their key, and tell it.
///
/// A key is bytes: of one text those of that; of several fields each value behind a byte that says what it is,
/// so that no two different keys have the same bytes.
public struct StoredKey: Sendable {
    /// Finds a row; takes what `bind` binds from its first parameter on.
    public let condition: SQL
    /// What a statement has to select for `read`.
    public let columns: SQL
    /// How many these are.
    public let count: Int32
    /// Set for a key that is one text: its column.
    public let textColumn: String?
    private let storages: [RecordStorage]

    private static let nothingMark: UInt8 = 0
    private static let textMark: UInt8 = 2
    private static let integerMark: UInt8 = 1

    public init(_ table: RecordTable) {
        textColumn = table.key.textColumn
        if let column = textColumn {
            storages = [.text]
            count = 1
            condition = "\(ident: column) = ?"
            columns = "\(ident: column)"
        } else {
            let fields = table.key.fields
            storages = fields.compactMap { table.field($0)?.storage }
            count = Int32(fields.count)
            condition = fields.map { "\(ident: $0) = ?" as SQL }.joined(separator: " AND ")
            columns = fields.map { "\(ident: $0)" as SQL }.joined(separator: ", ")
        }
    }

    /// Binds a key to the parameters of `condition`.
    public func bind(_ key: UnsafeBufferPointer<UInt8>, to prepared: Prepared, from first: Int32 = 1) {
        guard textColumn == nil else { return prepared.statement.bindBorrowed(first, key) }
        var rest = key[...]
        var parameter = first
        while let mark = rest.popFirst() {
            let size = Self.takeNumber(&rest)
            if mark == Self.integerMark {
                prepared.statement.bind(parameter, size)
            } else {
                let text = rest.prefix(Int(size))
                prepared.statement.bindBorrowed(parameter, UnsafeBufferPointer(rebasing: text))
                rest = rest.dropFirst(Int(size))
            }
            parameter += 1
        }
    }

    /// The key of a row; valid while the row is, and until the buffer is used again.
    public func read(_ row: borrowing Row, from first: Int32, _ buffer: KeyBuffer) -> UnsafeBufferPointer<UInt8> {
        guard textColumn == nil else { return row.bytes(first) }
        buffer.clear()
        for (index, storage) in storages.enumerated() {
            let column = first + Int32(index)
            switch storage {
            case .text: buffer.add(row.bytes(column))
            case .integer: buffer.add(row.int(column))
            }
        }
        return buffer.bytes
    }

    private static func takeNumber(_ bytes: inout Slice<UnsafeBufferPointer<UInt8>>) -> Int64 {
        var number: UInt64 = 0
        for shift in 0..<8 { number |= UInt64(bytes.popFirst() ?? 0) << UInt64(shift * 8) }
        return Int64(bitPattern: number)
    }

    /// Where a key of several fields is put together.
    public final class KeyBuffer {
        private var memory: [UInt8] = []
        private let stable = StableBytes(capacity: 64)

        public init() {}

        public func clear() { memory.removeAll(keepingCapacity: true) }

        public func add(_ text: UnsafeBufferPointer<UInt8>) {
            memory.append(StoredKey.textMark)
            add(number: Int64(text.count))
            memory.append(contentsOf: text)
        }

        /// What is blank, in the key of a line.
        public func addNothing() { memory.append(StoredKey.nothingMark) }

        public func add(_ number: Int64) {
            memory.append(StoredKey.integerMark)
            add(number: number)
        }

        private func add(number: Int64) {
            let bits = UInt64(bitPattern: number)
            for shift in 0..<8 { memory.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift * 8))) }
        }

        /// Valid until the next call.
        public var bytes: UnsafeBufferPointer<UInt8> { memory.withUnsafeBufferPointer { stable.keep($0) } }
    }
}
