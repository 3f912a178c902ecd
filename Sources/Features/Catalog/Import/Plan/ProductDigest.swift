import Crypto
import Database
import Support

/// Makes a record and a product comparable by two numbers each: equal ones mean that the record names the product and
/// would leave it as it is.
///
/// Both are hashed under random keys, the folded SKU and, in one encoding, those fields that the file fills. What a
/// record leaves alone, because its cell is blank, stands as an empty field: such a record may differ from a product
/// that it would not change, but never the other way round.
struct ProductDigest {
    /// Whom something is about, and what it says.
    struct Value: Equatable {
        /// Half of the hash of the key.
        var key: UInt64
        /// The other half and the values together.
        var content: UInt64
    }

    /// Nobody can make two SKUs meet, so that no table of them becomes slow.
    private let keys = SipHash128(key: randomBytes(16))
    private let contents: SequenceHash
    /// The fields of the field table that are compared.
    let fields: [Int]
    /// Whether each of them is an amount.
    private let isAmount: [Bool]
    private let defaults: [StaticText?]
    /// Where a row of `ProductImportStore.find` has them.
    let columnsOfFind: [Int32]

    /// - Parameter fields: those that the file fills; none where it only matters whether the product is there.
    init(fields: [Int], defaults: [StaticText?]) {
        self.fields = fields
        self.defaults = defaults
        columnsOfFind = fields.map { ProductImportStore.firstField + Int32($0) }
        isAmount = fields.map { ProductImportStore.fields[$0].kind == .money }
        let key = randomBytes(16).withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        contents = SequenceHash(key: key)
    }

    /// The digest of a record.
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
                } else if ProductImportStore.fields[field].isRequired {
                    return nil
                } else {
                    content.addNothing()
                }
            case .attributes: return nil
            }
        }
        return value(key, content)
    }

    /// The digest of a product.
    /// - Parameters:
    ///   - key: its folded SKU.
    ///   - columns: where the row has the fields that are compared.
    func product(_ key: UnsafeBufferPointer<UInt8>, _ row: borrowing Row, _ columns: borrowing [Int32]) -> Value {
        var content = contents
        for index in fields.indices {
            let column = columns[index]
            if isAmount[index] {
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
