private let hexDigits = Array("0123456789ABCDEF".utf8)

/// The value of one hexadecimal digit.
@inlinable func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}

extension String {
    /// Percent-encodes everything but RFC 3986 unreserved characters: safe as one path segment or one query value.
    public var percentEncoded: String {
        var out: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
            default: out += [0x25, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Undoes percent-encoding. Nil on a broken escape or when the bytes are not UTF-8.
    /// - Parameter plusIsSpace: as in application/x-www-form-urlencoded.
    public func percentDecoded(plusIsSpace: Bool = false) -> String? {
        percentDecode(Array(utf8), plusIsSpace: plusIsSpace)
    }
}

/// Undoes percent-encoding of bytes. Nil on a broken escape or when the result is not UTF-8.
public func percentDecode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = false) -> String? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
        if byte == 0x25 {
            guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue)
            else { return nil }
            out.append(high << 4 | low)
        } else {
            out.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
        }
    }
    return String(validating: out, as: UTF8.self)
}

extension Collection<UInt8> {
    /// Lower-case hexadecimal digits, two a byte.
    public var hex: String {
        String(decoding: flatMap { [hexDigits[Int($0 >> 4)] | 0x20, hexDigits[Int($0 & 15)] | 0x20] }, as: UTF8.self)
    }
}
