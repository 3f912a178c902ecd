import Support
import Testing

@testable import Tables

/// A text in its language in each encoding of the WHATWG Encoding Standard; the bytes are Python's.
@Suite struct EncodingStandardTests {
    private static let texts: [(name: String, text: String, bytes: String)] = [
        ("utf-8", "Größe 日本語 Кружка", "4772c3b6c39f6520e697a5e69cace8aa9e20d09ad180d183d0b6d0bad0b0"),
        ("utf-16le", "Größe 日本語 😀", "47007200f600df0065002000e5652c679e8a20003dd800de"),
        ("utf-16be", "Größe 日本語 😀", "0047007200f600df0065002065e5672c8a9e0020d83dde00"),
        (
            "windows-1252", "Müsli-Schüssel für 12,50 € – „groß“",
            "4dfc736c692d536368fc7373656c2066fc722031322c353020802096208467726fdf93"
        ),
        ("windows-1250", "Żółta łódź, szkło – 5 €", "aff3b3746120b3f3649f2c20737a6bb36f209620352080"),
        ("windows-1251", "Кружка керамическая, їжак", "caf0f3e6eae020eae5f0e0ece8f7e5f1eae0ff2c20bfe6e0ea"),
        ("windows-1253", "Φλιτζάνι του καφέ, 5 €", "d6ebe9f4e6dcede920f4eff520eae1f6dd2c20352080"),
        ("windows-1254", "Işıklı çaydanlık, gümüş ğ", "49fefd6b6cfd20e7617964616e6cfd6b2c2067fc6dfcfe20f0"),
        ("windows-1255", "ספל קרמיקה כחול ₪", "f1f4ec20f7f8eee9f7e420ebe7e5ec20a4"),
        ("windows-1256", "فنجان قهوة أزرق", "dde4ccc7e420dee5e6c920c3d2d1de"),
        (
            "windows-1257", "Zaļa krūze, žalias puodelis ąčęėįšų",
            "5a61ef61206b72fb7a652c20fe616c6961732070756f64656c697320e0e8e6ebe1f0f8"
        ),
        ("windows-1258", "Cà phê sư\u{303}a đa\u{301} 5 ₫", "43e0207068ea2073fdde6120f061ec203520fe"),
        ("windows-874", "แก้วเซรามิก 5 €", "e1a1e9c7e0abc3d2c1d4a120352080"),
        ("iso-8859-2", "Żółta łódź, čajník, hűtő", "aff3b3746120b3f364bc2c20e8616a6eed6b2c2068fb74f5"),
        ("iso-8859-3", "Ċikkulata ħelwa, ĉapelo", "c5696b6b756c61746120b1656c77612c20e66170656c6f"),
        ("iso-8859-4", "Zaļa krūze ķirši", "5a61b661206b72fe7a6520f36972b969"),
        ("iso-8859-5", "Кружка керамическая ёж", "bae0e3d6dad020dad5e0d0dcd8e7d5e1dad0ef20f1d6"),
        ("iso-8859-6", "فنجان قهوة أزرق", "e1e6ccc7e620e2e7e8c920c3d2d1e2"),
        ("iso-8859-7", "Φλιτζάνι του καφέ", "d6ebe9f4e6dcede920f4eff520eae1f6dd"),
        ("iso-8859-8", "ספל קרמיקה כחול", "f1f4ec20f7f8eee9f7e420ebe7e5ec"),
        ("iso-8859-8-i", "ספל קרמיקה כחול", "f1f4ec20f7f8eee9f7e420ebe7e5ec"),
        ("iso-8859-10", "Þráður og ķirsis", "de72e1f07572206f6720b66972736973"),
        ("iso-8859-13", "Žalias puodelis ąčęėįšų", "de616c6961732070756f64656c697320e0e8e6ebe1f0f8"),
        ("iso-8859-14", "Tŷ dŵr, ḃán", "54fe2064f0722c20a2e16e"),
        ("iso-8859-15", "Cœur de bœuf à 5 €, Šaty", "43bd75722064652062bd756620e0203520a42c20a6617479"),
        ("iso-8859-16", "Șurub și cană țesută €", "aa7572756220ba692063616ee320fe65737574e320a4"),
        ("ibm866", "Кружка керамическая ёж", "8ae0e3a6aaa020aaa5e0a0aca8e7a5e1aaa0ef20f1a6"),
        ("koi8-r", "Кружка керамическая ёж", "ebd2d5d6cbc120cbc5d2c1cdc9dec5d3cbc1d120a3d6"),
        ("koi8-u", "Чашка їжак ґанок", "fec1dbcbc120a7d6c1cb20adc1cecfcb"),
        ("macintosh", "Müsli für café ∆ €", "4d9f736c6920669f72206361668e20c620db"),
        ("x-mac-cyrillic", "Кружка керамическая ёж", "8af0f3e6eae020eae5f0e0ece8f7e5f1eae0df20dee6"),
        ("gbk", "不锈钢保温杯，蓝色", "b2bbd0e2b8d6b1a3cec2b1ada3acc0b6c9ab"),
        ("gb18030", "不锈钢保温杯 ğ 😀", "b2bbd0e2b8d6b1a3cec2b1ad2081308e36209439fc36"),
        ("big5", "不鏽鋼保溫杯，藍色", "a4a3c4c3bffbab4fb7c5aa4da141c2c5a6e2"),
        ("euc-jp", "ステンレス鍋と急須 ｱｲ", "a5b9a5c6a5f3a5eca5b9c6e9a4c8b5debfdc208eb18eb2"),
        ("iso-2022-jp", "ステンレス鍋と急須", "1b2442253925462573256c253946692448355e3f5c1b2842"),
        ("shift_jis", "ステンレス表示ソ ①㈱ ｱｲ～", "835883658393838c8358955c8ea6835c208740878a20b1b28160"),
        ("euc-kr", "도자기 머그잔 똠방각하 뷁", "b5b5c0dab1e220b8d3b1d7c0dc208c63b9e6b0a2c7cf2094ee"),
        ("x-user-defined", "a\u{F780}\u{F7FF}", "6180ff"),
    ]

    private func bytes(_ digits: String) -> [UInt8] {
        var digits = digits[...]
        var bytes: [UInt8] = []
        while !digits.isEmpty {
            bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return bytes
    }

    private func converted(_ bytes: [UInt8], _ encoding: TextEncoding, piece: Int = 3) throws -> [UInt8] {
        try TranscodedBytes(Pieces(bytes, piece), from: encoding).prefix(bytes.count * 3 + 8)
    }

    @Test func everyEncodingByName() throws {
        #expect(Set(Self.texts.map(\.name)) == Set(TextEncoding.readable.map(\.rawValue)))
        for sample in Self.texts {
            let encoding = try #require(TextEncoding(name: sample.name))
            for piece in 1...4 {
                let read = try converted(bytes(sample.bytes), encoding, piece: piece)
                #expect(String(decoding: read, as: UTF8.self) == sample.text, "\(sample.name)")
            }
        }
    }

    /// No encoding gives a control character of 80 to 9F (C1), and what none has breaks UTF-8 beside any neighbour.
    @Test func bytesThatAreNoCharacter() throws {
        for encoding in TextEncoding.readable where encoding.isSingleByte {
            for byte in UInt8(0x80)...0xFF {
                let read = try converted([0x41, byte, 0x42], encoding)
                let isValid = read.withUnsafeBufferPointer { UTF8Validation.firstInvalidByte(in: $0) } == nil
                let scalars = String(decoding: read, as: UTF8.self).unicodeScalars
                #expect(!isValid || !scalars.contains { (0x80..<0xA0).contains($0.value) }, "\(encoding) \(byte)")
                #expect(read.first == 0x41 && read.last == 0x42)
            }
        }
        let broken: [(TextEncoding, [UInt8])] = [
            (.windows1253, [0xD2, 0xAA]), (.eucKR, [0xC9]), (.shiftJIS, [0x81]), (.gbk, [0xFF]),
            (.gb18030, [0x84, 0x31, 0xA4]), (.big5, [0x80]), (.eucJP, [0x8F, 0xA1]), (.iso2022JP, [0x1B, 0x24]),
        ]
        for (encoding, bytes) in broken {
            let read = try converted(bytes + Array(",x".utf8), encoding)
            #expect(read.withUnsafeBufferPointer { UTF8Validation.firstInvalidByte(in: $0) } != nil, "\(encoding)")
            #expect(read.suffix(2).elementsEqual(",x".utf8), "\(encoding)")
        }
    }
}
