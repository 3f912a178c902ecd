/// A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then random bits, so that later ones sort later.
public func makeUUIDv7(at time: Timestamp, random: [UInt8]) -> String {
    var bytes = [UInt8](repeating: 0, count: 16)
    let milliseconds = UInt64(clamping: time.milliseconds)
    for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> UInt64(40 - 8 * index)) }
    for index in 6..<16 { bytes[index] = index - 6 < random.count ? random[index - 6] : 0 }
    bytes[6] = bytes[6] & 0x0F | 0x70
    bytes[8] = bytes[8] & 0x3F | 0x80
    let groups = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
    return groups.map(\.hex).joined(separator: "-")
}

extension Environment {
    /// A new UUID of version 7.
    public func makeUUID() -> String { makeUUIDv7(at: now(), random: random(10)) }
}
