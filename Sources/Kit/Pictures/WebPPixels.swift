/// The parts of a WebP file that hold pixels. libvips writes EXIF and a colour profile also where it is told not to,
/// and what a process sends that has read a hostile picture is not taken as it is.
enum WebPPixels {
    private static let kept = ["VP8X", "ALPH", "VP8 ", "VP8L"]
    /// Of VP8X: what the file has. Alpha is all that may be said (RFC 9649, 2.7).
    private static let alpha: UInt8 = 0x10

    /// The file with nothing but pixels in it; nil for what is no whole WebP of one frame.
    static func only(_ bytes: [UInt8]) -> [UInt8]? {
        guard text(bytes, 0) == "RIFF", text(bytes, 8) == "WEBP", length(bytes, 4).map({ $0 + 8 }) == bytes.count else {
            return nil
        }
        var chunks: [UInt8] = []
        var hasPixels = false
        var place = 12
        while place < bytes.count {
            guard let name = text(bytes, place), let length = length(bytes, place + 4) else { return nil }
            let end = place + 8 + length + length % 2
            guard length >= 0, end <= bytes.count else { return nil }
            var chunk = Array(bytes[place..<end])
            place = end
            guard kept.contains(name) else { continue }
            if name == "VP8X" {
                guard length >= 10, chunks.isEmpty else { return nil }
                chunk[8] &= alpha
            }
            if name == "VP8 " || name == "VP8L" {
                guard !hasPixels else { return nil }
                hasPixels = true
            }
            chunks += chunk
        }
        guard hasPixels else { return nil }
        let size = UInt32(chunks.count + 4)
        return Array("RIFF".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + Array("WEBP".utf8)
            + chunks
    }

    private static func text(_ bytes: [UInt8], _ place: Int) -> String? {
        guard place + 4 <= bytes.count else { return nil }
        return String(decoding: bytes[place..<(place + 4)], as: UTF8.self)
    }

    private static func length(_ bytes: [UInt8], _ place: Int) -> Int? {
        guard place + 4 <= bytes.count else { return nil }
        return (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
}
