/// Numbers as programs write them: `1e2`, `19.990000000000002`.
public enum NumberText {
    /// The number without exponent and without the noise of binary fractions: of more than 15 significant digits those
    /// behind the 15th are none that a person has typed.
    /// - Parameter text: digits with at most one point before an exponent, perhaps a sign in front.
    /// - Returns: `100`, `19.99`; nil for what is no number, or none that is finite.
    public static func plain(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.allSatisfy(isPart), text.count <= 400 else { return nil }
        return Double(String(decoding: text, as: UTF8.self)).flatMap { DecimalDigits($0) }?.plain
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "+") || byte | 0x20 == UInt8(ascii: "e")
    }
}
