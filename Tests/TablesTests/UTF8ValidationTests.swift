import Tables
import Testing

@Suite struct UTF8ValidationTests {
    private func firstInvalid(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { UTF8Validation.firstInvalidByte(in: $0) }
    }

    @Test func places() {
        #expect(firstInvalid([]) == nil)
        #expect(firstInvalid(Array("plain text, rather long, then é€😀 and more plain text".utf8)) == nil)
        #expect(firstInvalid(Array("long enough é".utf8) + [0xFF]) == 14)
        #expect(firstInvalid([0x61, 0xE2, 0x82]) == 1)
        #expect(firstInvalid([0x80]) == 0)
    }

    /// Every sequence of one to four bytes at the borders of table 3-7, against the standard library.
    @Test func sameAsTheStandardLibrary() {
        let borders: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        for first in borders {
            for second in borders {
                for third in borders {
                    for fourth in borders {
                        let bytes = [first, second, third, fourth]
                        let isValid = String(validating: bytes, as: UTF8.self) != nil
                        if (firstInvalid(bytes) == nil) != isValid { Issue.record("\(bytes)") }
                    }
                }
            }
        }
    }
}
