import Crypto
public import Support

/// A row of the audit trail as it is stored.
public struct AuditRecord: Sendable, Equatable {
    /// Counts from 1 without a gap.
    public let id: Int64
    public let at: Timestamp
    /// See `Actor.description`.
    public let actor: String
    public let action: String
    public let entity: String
    public let entityID: String?
    /// JSON text.
    public let before: String?
    /// JSON text.
    public let after: String?
    public let ip: String?
    public let requestID: String?
    /// The hash of the row before; of the first row 32 zero bytes.
    public let previousHash: [UInt8]

    /// SHA-256 over every column but itself, the one before's hash included: no value can be changed without changing
    /// this hash and, by `previousHash`, all that follow.
    ///
    /// What is hashed: a line that names the form, then each column in the table's order as a byte for its type (0
    /// NULL, 1 integer, 2 text, 3 bytes), for integers eight bytes, for texts and bytes eight bytes of length and
    /// then the content. Numbers have their most significant byte first. No two rows give the same bytes.
    public var hash: [UInt8] {
        var form = CanonicalRow()
        form.add(id)
        form.add(at.milliseconds)
        form.add(actor)
        form.add(action)
        form.add(entity)
        form.add(entityID)
        form.add(before)
        form.add(after)
        form.add(ip)
        form.add(requestID)
        form.add(previousHash)
        return SHA256.hash(form.bytes)
    }

    static let noHash = [UInt8](repeating: 0, count: 32)
}

private struct CanonicalRow {
    private(set) var bytes = Array("bodega audit row 1\n".utf8)

    mutating func add(_ number: Int64) {
        bytes.append(1)
        addNumber(UInt64(bitPattern: number))
    }

    mutating func add(_ text: String?) {
        guard let text else { return bytes.append(0) }
        bytes.append(2)
        addNumber(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func add(_ content: [UInt8]) {
        bytes.append(3)
        addNumber(UInt64(content.count))
        bytes += content
    }

    private mutating func addNumber(_ number: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
