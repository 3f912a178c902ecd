import Testing

@testable import Tables

/// What was read from another encoding is written back as it was.
@Suite struct EncodedTextTests {
    private func comesBack(_ bytes: [UInt8], _ encoding: TextEncoding) throws -> Bool {
        let text = try TranscodedBytes(Pieces(bytes, 5), from: encoding).prefix(bytes.count * 3 + 8)
        return encoding.encoded(text, byteOrderMark: false) == bytes
    }

    @Test func everyByte() throws {
        let all = [UInt8](0...255)
        #expect(try comesBack(all, .windows1252))
    }

    @Test func everyUnit() throws {
        let units = (1...0xFFFF).filter { $0 != 0xFEFF && $0 != 0xFFFE }.map { UInt16($0) }
        #expect(try comesBack(units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, .utf16LittleEndian))
        #expect(try comesBack(units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, .utf16BigEndian))
    }

    @Test func whatTheEncodingLacks() {
        let text = Array("€ “日” ü".utf8)
        #expect(
            TextEncoding.windows1252.encoded(text, byteOrderMark: false) == [0x80, 0x20, 0x93, 0x3F, 0x94, 0x20, 0xFC]
        )
        #expect(TextEncoding.utf8.encoded([0x41], byteOrderMark: true) == [0xEF, 0xBB, 0xBF, 0x41])
        #expect(TextEncoding.utf16BigEndian.encoded([0x41], byteOrderMark: true) == [0xFE, 0xFF, 0x00, 0x41])
    }
}
