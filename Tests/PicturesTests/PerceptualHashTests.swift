import Support
import TestSupport
import Testing

@testable import Pictures

@Suite("What pictures look like")
struct PerceptualHashTests {
    /// A row of waves, brighter or darker as a whole.
    private static func waves(_ count: Int, plus light: Int = 0) -> [UInt8] {
        (0..<(32 * 32)).map { index in
            let (row, column) = (index / 32, index % 32)
            let value = 128 + ((column * count / 8 + row * count / 16) % 8 - 4) * 20 + light
            return UInt8(clamping: value)
        }
    }

    @Test("A little light changes few bits, another pattern many")
    func distances() {
        let hash = PerceptualHash.of(grey: Self.waves(3))
        #expect(hash != 0)
        #expect(PerceptualHash.distance(hash, PerceptualHash.of(grey: Self.waves(3, plus: 10))) <= 8)
        #expect(PerceptualHash.distance(hash, PerceptualHash.of(grey: Self.waves(9))) > 12)
        #expect(PerceptualHash.distance(0, .max) == 64)
    }

    @Test("As imagehash 4.3 has it: half of the frequencies lie above the median")
    func halves() {
        #expect(PerceptualHash.of(grey: Self.waves(5)).nonzeroBitCount == 32)
    }

    @Test("Formats are told by their first bytes")
    func formats() {
        let known: [(String, PictureFormat?)] = [
            ("ffd8ffe0", .jpeg), ("89504e470d0a1a0a", .png), ("474946383961", .gif), ("474946383761", .gif),
            ("52494646000000005745425056503820", .webp), ("00000020667479706176696600000000", .avif),
            ("00000020667479706865696300000000", .heic), ("00000020667479706d70343200000000", nil), ("3c737667", nil),
            ("", nil), ("ffd8", nil), ("504b0304", nil),
        ]
        for (hex, format) in known {
            let digits = Array(hex.utf8)
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { index in
                UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16)
            }
            #expect(PictureFormat(firstBytes: bytes) == format, "\(hex)")
        }
    }
}
