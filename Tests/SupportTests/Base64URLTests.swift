import Support
import Testing

@Suite struct Base64URLTests {
    // RFC 4648, section 10, without padding; the last ones use the two characters that differ from plain base64.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"), ("ÿÿþ", "w7_Dv8O-"),
    ])
    func writesAndReads(text: String, encoded: String) {
        #expect(Array(text.utf8).base64URL == encoded)
        #expect(encoded.base64URLDecoded() == Array(text.utf8))
    }

    @Test func everyLengthComesBack() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            #expect(bytes.base64URL.base64URLDecoded() == bytes)
        }
    }

    @Test(arguments: ["Z", "Zg==", "Zh", "Zm9", "Zm9v+", "Zm/v", "Zm 9v", "Zm9vY", "é", "Zm9v\n", "\u{FF21}"])
    func refusesWhatAnEncoderWouldNotWrite(text: String) {
        #expect(text.base64URLDecoded() == nil)
    }
}
