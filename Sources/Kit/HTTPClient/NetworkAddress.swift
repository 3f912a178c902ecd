import CCurl
import Glibc

/// An address of the internet protocol, of version 4 or 6. One of version 4 inside of version 6 (`::ffff:10.0.0.1`) is
/// the one of version 4.
public struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        let isMapped = bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10...11] == [0xFF, 0xFF]
        self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    }

    /// Reads the usual form: four decimal numbers with dots, or version 6 without brackets and without a zone.
    public init?(_ text: String) {
        var short = in_addr()
        if inet_pton(AF_INET, text, &short) == 1 {
            self.init(bytes: withUnsafeBytes(of: short) { Array($0) })
            return
        }
        var long = in6_addr()
        guard inet_pton(AF_INET6, text, &long) == 1 else { return nil }
        self.init(bytes: withUnsafeBytes(of: long) { Array($0) })
    }

    /// Of what a socket is to be connected to; nil for another family.
    init?(_ address: UnsafePointer<sockaddr>, length: Int) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let ip = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            self.init(bytes: withUnsafeBytes(of: ip) { Array($0) })
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let ip = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self.init(bytes: withUnsafeBytes(of: ip) { Array($0) })
        default: return nil
        }
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: 64)
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A range of addresses: `10.0.0.0/8`, `fd00::/8`; a single address is a range of one.
public struct Network: Sendable, Hashable, CustomStringConvertible {
    let address: NetworkAddress
    /// How many leading bits count.
    let bits: Int

    /// Nil for what is no range, also where bits are set behind those that count: it may be meant otherwise.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = NetworkAddress(String(first)) else { return nil }
        let most = address.bytes.count * 8
        var bits = most
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...most).contains(number), String(number) == parts[1] else {
                return nil
            }
            bits = number
        }
        let isWhole = (bits..<most).allSatisfy { address.bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) == 0 }
        guard isWhole else { return nil }
        (self.address, self.bits) = (address, bits)
    }

    public func contains(_ other: NetworkAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        let whole = bits / 8
        guard other.bytes.prefix(whole) == address.bytes.prefix(whole) else { return false }
        guard bits % 8 > 0 else { return true }
        let mask = ~(UInt8.max >> UInt8(bits % 8))
        return other.bytes[whole] & mask == address.bytes[whole] & mask
    }

    public var description: String { "\(address)/\(bits)" }
}
