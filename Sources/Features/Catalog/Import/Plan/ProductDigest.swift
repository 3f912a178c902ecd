import Crypto
import Database
import Glibc
import Support

/// Makes a record and a product comparable by one number each: equal digests mean that the record names the product and
/// would leave it as it is.
///
/// The two are hashed (SipHash-128 under a random key) in one encoding over those fields that the file fills. What a
/// record leaves alone, because its cell is blank, stands as an empty field: such a record may differ from a product
/// that it would not change, but never the other way round.
final class ProductDigest {
    /// Whom something is about, and what it says.
    struct Value: Equatable {
        /// Half of the hash of the key.
        var key: UInt64
        /// The other half and the values together.
        var content: UInt64
    }

    private let hash = SipHash128(key: randomBytes(16))
    /// The fields of the field table that are compared.
    private let fields: [Int]
    /// Whether each field of the table is an amount.
    private let isAmount: [Bool]
    private let defaults: [StaticText?]
    private var buffer: UnsafeMutableRawPointer
    private var capacity = 4096
    private var used = 0

    /// - Parameter fields: those that the file fills; none where it only matters whether the product is there.
    init(fields: [Int], defaults: [StaticText?]) {
        self.fields = fields
        self.defaults = defaults
        isAmount = ProductImportStore.fields.map { $0.kind == .money }
        buffer = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit {
        buffer.deallocate()
    }

    /// The digest of a record.
    /// - Returns: nil when its values alone do not tell what they change.
    func record(_ key: UnsafeBufferPointer<UInt8>, _ values: borrowing [ImportValue]) -> Value? {
        used = 0
        for field in fields {
            switch values[field] {
            case .text(let bytes): add(bytes)
            case .integer(let number): add(number)
            case .absent: addNothing()
            case .none:
                if let standard = defaults[field] {
                    add(standard.bytes)
                } else if ProductImportStore.fields[field].isRequired {
                    return nil
                } else {
                    addNothing()
                }
            case .attributes: return nil
            }
        }
        return finish(key)
    }

    /// The digest of a product.
    /// - Parameters:
    ///   - row: a row with the product's fields from `ProductImportStore.firstField` on.
    ///   - key: its folded SKU.
    func product(_ key: UnsafeBufferPointer<UInt8>, _ row: borrowing Row) -> Value {
        used = 0
        for field in fields {
            let column = ProductImportStore.firstField + Int32(field)
            if row.isNull(column) {
                addNothing()
            } else if isAmount[field] {
                add(row.int(column))
            } else {
                add(row.bytes(column))
            }
        }
        return finish(key)
    }

    // MARK: The encoding: a byte that says what follows, the length of a text, the value

    private func addNothing() {
        reserve(1)
        buffer.storeBytes(of: 0, toByteOffset: used, as: UInt8.self)
        used += 1
    }

    private func add(_ number: Int64) {
        reserve(9)
        buffer.storeBytes(of: 1, toByteOffset: used, as: UInt8.self)
        buffer.storeBytes(of: number, toByteOffset: used + 1, as: Int64.self)
        used += 9
    }

    private func add(_ text: UnsafeBufferPointer<UInt8>) {
        reserve(9 + text.count)
        buffer.storeBytes(of: 2, toByteOffset: used, as: UInt8.self)
        buffer.storeBytes(of: Int64(text.count), toByteOffset: used + 1, as: Int64.self)
        if let start = text.baseAddress { memcpy(buffer + used + 9, start, text.count) }
        used += 9 + text.count
    }

    private func reserve(_ bytes: Int) {
        guard used + bytes > capacity else { return }
        while used + bytes > capacity { capacity *= 2 }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        larger.copyMemory(from: buffer, byteCount: used)
        buffer.deallocate()
        buffer = larger
    }

    private func finish(_ key: UnsafeBufferPointer<UInt8>) -> Value {
        let (high, low) = hash.hash(UnsafeRawBufferPointer(key))
        let (content, _) = hash.hash(UnsafeRawBufferPointer(start: buffer, count: used))
        return Value(key: high, content: low ^ content)
    }
}
