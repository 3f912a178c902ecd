import Money
import Records
import Support
import Testing

@Suite struct KindTests {
    private func parsed(_ kind: RecordKind, _ text: String) -> String {
        let field = RecordField("field", "Field", kind)
        switch field.parse(text, .euro) {
        case .success(let value): return field.text(value, .euro)
        case .failure(let fault): return fault.code
        }
    }

    @Test func measuresAreExactAndShort() {
        let kind = RecordKind.decimal(scale: 6)
        for (text, shown) in [
            ("1.5", "1.5"), ("1.500000", "1.5"), ("0.000001", "0.000001"), ("10", "10"), ("0", "0"), ("100.0", "100"),
            ("9007199254.740991", "9007199254.740991"), ("", ""), ("-1", "bad_field"), ("1.0000001", "bad_field"),
            ("1e3", "bad_field"), (".5", "bad_field"), ("1.", "bad_field"), ("NaN", "bad_field"),
            ("9007199254.740992", "bad_field"),
        ] { #expect(parsed(kind, text) == shown, "\(text)") }
        #expect(parsed(.decimal(scale: 0), "10") == "10", "no decimals to leave out")
    }

    @Test func otherProgramsNumbersAreKeptAsDigits() {
        let kind = RecordKind.digits(prefix: "gid://shopify/Product/")
        for (text, shown) in [
            ("632910392", "632910392"), ("gid://shopify/Product/7", "7"), ("007", "007"),
            ("gid://shopify/Order/7", "bad_field"), ("gid://shopify/Product/", "bad_field"), ("7a", "bad_field"),
            ("123456789012345678901", "bad_field"),
        ] { #expect(parsed(kind, text) == shown, "\(text)") }
    }

    @Test func slugs() {
        for (text, shown) in [
            ("red-shirt-2", "red-shirt-2"), ("Red", "bad_field"), ("a b", "bad_field"), ("ä", "bad_field"),
        ] {
            #expect(parsed(.slug(max: 11), text) == shown, "\(text)")
        }
        #expect(parsed(.slug(max: 3), "abcd") == "too_long")
        for (name, slug) in [
            ("Pinot Noir 2022", "pinot-noir-2022"), ("  Größe: Łódź & Œuf – №5 ", "grosse-lodz-oeuf-no5"),
            ("Crème brûlée's", "creme-brulees"), ("日本酒", ""), ("--a--", "a"),
        ] { #expect(SlugKind.made(of: name, max: 40) == slug, "\(name): \(SlugKind.made(of: name, max: 40))") }
        #expect(SlugKind.made(of: "ab cd", max: 3) == "ab")
    }
}
