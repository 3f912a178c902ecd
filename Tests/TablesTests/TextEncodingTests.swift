import Testing

@testable import Tables

/// Other encodings as UTF-8.
@Suite struct TextEncodingTests {
    private func converted(_ bytes: [UInt8], _ encoding: TextEncoding, piece: Int = 7) throws -> [UInt8] {
        try TranscodedBytes(Pieces(bytes, piece), from: encoding).prefix(bytes.count * 3 + 8)
    }

    private func text(_ bytes: [UInt8], _ encoding: TextEncoding) throws -> String {
        String(decoding: try converted(bytes, encoding), as: UTF8.self)
    }

    /// As Unicode's own mapping table for the code page has them.
    @Test func windows1252() throws {
        let upper = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ"
        for (index, scalar) in upper.unicodeScalars.enumerated() {
            let byte = UInt8(0x80 + index)
            let isAssigned = ![0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte)
            let expected = isAssigned ? Array(String(scalar).utf8) : [byte]
            #expect(try converted([byte], .windows1252) == expected)
        }
        for byte in [UInt8](0...0x7F) + [UInt8](0xA0...0xFF) {
            #expect(try converted([byte], .windows1252) == Array(String(UnicodeScalar(byte)).utf8))
        }
    }

    @Test func utf16() throws {
        let sample = "sku;größe €\n😀 \u{10FFFF}\u{FFFF}x"
        let little = sample.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = sample.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for mark in [true, false] {
            #expect(try text((mark ? [0xFF, 0xFE] : []) + little, .utf16LittleEndian) == sample)
            #expect(try text((mark ? [0xFE, 0xFF] : []) + big, .utf16BigEndian) == sample)
        }
        for piece in 1...9 {
            #expect(try converted(little, .utf16LittleEndian, piece: piece) == Array(sample.utf8))
        }
    }

    @Test func whatUTF16DoesNotHaveIsNotDropped() throws {
        #expect(try converted([0x00, 0xD8, 0x41, 0x00], .utf16LittleEndian) == [0xED, 0xA0, 0x80, 0x41])
        #expect(try converted([0x00, 0xDC], .utf16LittleEndian) == [0xED, 0xB0, 0x80])
        #expect(try converted([0x00, 0xD8], .utf16LittleEndian) == [0xED, 0xA0, 0x80])
        #expect(try converted([0x41, 0x00, 0x42], .utf16LittleEndian) == [0x41, 0xFF])
        let damaged = try converted([0x00, 0xD8, 0x41, 0x00], .utf16LittleEndian)
        #expect(damaged.withUnsafeBufferPointer { UTF8Validation.firstInvalidByte(in: $0) } == 0)
    }

    @Test func names() {
        let known: [(String, TextEncoding)] = [
            ("UTF-8", .utf8), ("utf8", .utf8), ("UTF-16", .utf16LittleEndian), ("utf_16be", .utf16BigEndian),
            ("cp1252", .windows1252), ("Windows-1252", .windows1252), ("latin1", .windows1252),
            ("ISO-8859-1", .windows1252), ("Latin-2", .iso8859n2), (" cp1250 ", .windows1250), ("windows-949", .eucKR),
            ("SJIS", .shiftJIS), ("iso-ir-100", .windows1252), ("l5", .windows1254), ("GB2312", .gbk),
            ("iso-2022-kr", .replacement),
        ]
        for (name, encoding) in known { #expect(TextEncoding(name: name) == encoding) }
        #expect(TextEncoding(name: "ebcdic") == nil)
    }
}
