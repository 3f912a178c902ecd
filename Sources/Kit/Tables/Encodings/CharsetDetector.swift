import CUchardet

/// What libuchardet, Mozilla's detector, takes a text for.
enum CharsetDetector {
    /// Nil when it has no idea, or names an encoding that the WHATWG Encoding Standard does not have.
    static func guess(_ words: [[UInt8]]) -> TextEncoding? {
        guard let detector = uchardet_new() else { return nil }
        defer { uchardet_delete(detector) }
        for word in words {
            let status = (word + [0x20]).withUnsafeBytes { bytes in
                uchardet_handle_data(detector, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
            }
            guard status == 0 else { return nil }
        }
        uchardet_data_end(detector)
        guard let name = uchardet_get_charset(detector) else { return nil }
        let encoding = TextEncoding(name: String(cString: name))
        return encoding == .replacement || encoding == .utf8 ? nil : encoding
    }
}
