private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

extension Collection<UInt8> {
    /// base64url without padding (RFC 4648, section 5): safe in a path, a query, a cookie.
    public var base64URL: String {
        var out: [UInt8] = []
        out.reserveCapacity((count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var pending = 0
        for byte in self {
            bits = bits << 8 | UInt32(byte)
            pending += 8
            while pending >= 6 {
                pending -= 6
                out.append(alphabet[Int(bits >> UInt32(pending) & 63)])
            }
        }
        if pending > 0 { out.append(alphabet[Int(bits << UInt32(6 - pending) & 63)]) }
        return String(decoding: out, as: UTF8.self)
    }
}

extension String {
    /// Undoes base64url without padding. Nil for a foreign character, an impossible length, and for the texts that
    /// differ from the one text an encoder writes.
    public func base64URLDecoded() -> [UInt8]? {
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var pending = 0
        for byte in utf8 {
            guard let value = base64Value(byte) else { return nil }
            bits = bits << 6 | value
            pending += 6
            if pending >= 8 {
                pending -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(pending)))
            }
        }
        let rest = bits & (1 << UInt32(pending) - 1)
        return pending < 6 && rest == 0 ? out : nil
    }
}

private func base64Value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte) - 0x41
    case 0x61...0x7A: UInt32(byte) - 0x61 + 26
    case 0x30...0x39: UInt32(byte) - 0x30 + 52
    case 0x2D: 62
    case 0x5F: 63
    default: nil
    }
}
