import Glibc

/// A text that is compared, ordered and hashed by its UTF-8 bytes: a name that a client sends.
///
/// Swift compares and hashes texts by canonical equivalence. For names that is wrong twice: two spellings of `é` would
/// be one name, and putting a run of combining marks in order takes time that grows with the square of its length, so
/// that one name of a megabyte stops a process for minutes.
public struct ByteText: Sendable, Hashable, Comparable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public static func == (left: ByteText, right: ByteText) -> Bool { left.text.hasSameBytes(as: right.text) }

    public static func < (left: ByteText, right: ByteText) -> Bool { left.text.comesBefore(right.text) }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether both have the same UTF-8 bytes.
    public func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return bytewise(other) == 0
    }

    /// Whether this one's UTF-8 bytes come before the other's.
    public func comesBefore(_ other: String) -> Bool { bytewise(other) < 0 }

    /// Negative, zero or positive, as the bytes of this one come before, with or after the other's.
    private func bytewise(_ other: String) -> Int {
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                let shared = min(left.count, right.count)
                if shared > 0, let first = left.baseAddress, let second = right.baseAddress {
                    let order = memcmp(first, second, shared)
                    if order != 0 { return Int(order) }
                }
                return left.count - right.count
            }
        }
    }
}

extension String? {
    /// Whether both are missing, or have the same UTF-8 bytes.
    public func hasSameBytes(as other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let left?, let right?): left.hasSameBytes(as: right)
        default: false
        }
    }
}
