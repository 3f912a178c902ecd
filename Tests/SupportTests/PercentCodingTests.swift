import Support
import Testing

@Suite struct PercentCodingTests {
    @Test(arguments: [
        ("abcXYZ019-._~", "abcXYZ019-._~"),
        ("a b", "a%20b"),
        ("/?#[]@!$&'()*+,;=%", "%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25"),
        ("é€😀", "%C3%A9%E2%82%AC%F0%9F%98%80"),
        ("\r\n", "%0D%0A"),
        ("", ""),
    ])
    func encodesEverythingButUnreservedCharacters(text: String, encoded: String) {
        #expect(text.percentEncoded == encoded)
        #expect(encoded.percentDecoded() == text)
    }

    @Test(arguments: ["%", "%4", "%4g", "%g4", "a%", "%%41", "%C3", "%FF", "%C0%80", "%ED%A0%80"])
    func refusesBrokenEscapesAndWhatIsNotUTF8(text: String) {
        #expect(text.percentDecoded() == nil)
    }

    @Test func plusIsASpaceInFormsOnly() {
        #expect("a+b%2Bc".percentDecoded(plusIsSpace: true) == "a b+c")
        #expect("a+b%2Bc".percentDecoded() == "a+b+c")
        #expect("%e2%82%ac".percentDecoded() == "€")
        #expect("\0".percentEncoded == "%00")
    }

    @Test func hexIsLowerCase() {
        #expect([0x00, 0x0F, 0xA0, 0xFF].hex == "000fa0ff")
        #expect([UInt8]().hex == "")
    }
}
