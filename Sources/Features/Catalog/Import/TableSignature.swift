import Glibc

/// Tells files that are no tables by their first bytes.
enum TableSignature {
    private static let known: [(bytes: [UInt8], kind: String)] = [
        ([0xFF, 0xD8, 0xFF], "a JPEG picture"), ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"),
        (Array("GIF8".utf8), "a GIF picture"), (Array("%PDF".utf8), "a PDF document"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or an Office document"), ([0x1F, 0x8B], "compressed with gzip"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Office document"), ([0x7F, 0x45, 0x4C, 0x46], "a program"),
        (Array("SQLite format 3".utf8), "a database"), ([0xFF, 0xFE], "in UTF-16"), ([0xFE, 0xFF], "in UTF-16"),
    ]

    /// What the file is, when it is known to be no table or holds a NUL byte in its first 64 KB; nil otherwise.
    static func binaryKind(_ descriptor: Int32, _ range: Range<Int64>) -> String? {
        var head = [UInt8](repeating: 0, count: Int(min(65_536, range.upperBound - range.lowerBound)))
        let count = head.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(range.lowerBound)) }
        head = Array(head.prefix(max(0, count)))
        if let match = known.first(where: { head.starts(with: $0.bytes) }) { return match.kind }
        return head.contains(0) ? "binary" : nil
    }
}
