import Crypto
import Database
import Records
import Support

/// Makes a record of a file and what is stored comparable by two numbers each: equal ones mean that the record names
/// the stored one and would leave it as it is.
///
/// Both are hashed under random keys, the key and, in one encoding, those fields that the file fills. What a
/// record leaves alone, because its cell is blank, stands as an empty field: such a record may differ from one
/// that it would not change, but never the other way round.
struct RecordHash {
    /// Whom something is about, and what it says.
    struct Value: Equatable {
        /// Half of the hash of the key.
        var key: UInt64
        /// The other half and the values together.
        var content: UInt64
    }

    /// No file can be made in which two keys meet, so that no table of them becomes slow.
    private let keys = SipHash128(key: randomBytes(16))
    private let contents: SequenceHash
    /// The fields that are compared, by position.
    let fields: [Int]
    /// Whether each of them is stored as a number.
    private let isInteger: [Bool]
    private let isRequired: [Bool]
    private let defaults: [StaticText?]
    /// Where a row of `RecordImportStore.find` has them.
    let columnsOfFind: [Int32]

    /// - Parameter fields: those that the file fills; none where it only matters whether the record is there.
    init(_ table: RecordTable, fields: [Int]) {
        self.fields = fields
        isRequired = table.fields.map(\.isRequired)
        defaults = table.fields.map { $0.defaultText.map { StaticText($0) } }
        columnsOfFind = fields.map { RecordImportStore.firstField + Int32($0) }
        isInteger = fields.map { table.fields[$0].storage == .integer }
        let key = randomBytes(16).withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        contents = SequenceHash(key: key)
    }

    /// The hash of a record.
    /// - Returns: nil when its values alone do not tell what they change.
    func record(_ key: UnsafeBufferPointer<UInt8>, _ values: borrowing [ImportValue]) -> Value? {
        var content = contents
        for field in fields {
            switch values[field] {
            case .text(let bytes): content.add(UnsafeRawBufferPointer(bytes))
            case .integer(let number): content.add(number)
            case .absent: content.addNothing()
            case .none:
                if let standard = defaults[field] {
                    content.add(UnsafeRawBufferPointer(standard.bytes))
                } else if isRequired[field] {
                    return nil
                } else {
                    content.addNothing()
                }
            case .attributes: return nil
            }
        }
        return value(key, content)
    }

    /// The hash of what is stored.
    /// - Parameters:
    ///   - key: its key.
    ///   - columns: where the row has the fields that are compared.
    func stored(_ key: UnsafeBufferPointer<UInt8>, _ row: borrowing Row, _ columns: borrowing [Int32]) -> Value {
        var content = contents
        for index in fields.indices {
            let column = columns[index]
            if isInteger[index] {
                if row.isNull(column) { content.addNothing() } else { content.add(row.int(column)) }
            } else if let text = row.bytesOrNil(column) {
                content.add(UnsafeRawBufferPointer(text))
            } else {
                content.addNothing()
            }
        }
        return value(key, content)
    }

    private func value(_ key: UnsafeBufferPointer<UInt8>, _ content: SequenceHash) -> Value {
        let (high, low) = keys.hash(UnsafeRawBufferPointer(key))
        return Value(key: high, content: low ^ content.value)
    }
}
