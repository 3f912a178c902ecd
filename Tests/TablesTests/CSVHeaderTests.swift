import Tables
import Testing

@Suite struct CSVHeaderTests {
    @Test(arguments: [
        ("Variant SKU", "variantsku"), ("variant_sku", "variantsku"), (" VARIANT-Sku\t", "variantsku"),
        ("Größe", "grösse"), ("GRO\u{308}SSE", "grösse"), ("Straße", "strasse"), ("Name\u{A0}", "name"), ("_ -", ""),
    ])
    func normalised(name: String, expected: String) {
        #expect(HeaderNames.normalised(name) == expected)
    }

    @Test func columns() throws {
        let fixture = try CSVFixture(Array("\u{FEFF}\u{FEFF}\u{FEFF}SKU\u{200B},\u{FEFF} Name ,,name,\r\n".utf8))
        var reader = fixture.reader()
        #expect(try reader.next())
        let header = CSVHeader(reader.record)
        #expect(header.names == ["SKU", "Name", "", "name", ""])
        #expect(header.column(named: "sku") == 0)
        #expect(header.column(named: "NAME") == 1)
        #expect(header.column(named: "price") == nil)
        #expect(header.duplicates == [3])
    }
}
