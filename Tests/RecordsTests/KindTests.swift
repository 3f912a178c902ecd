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

    @Test func textsOfTheWorldOutsideHaveOneForm() {
        for (format, text, shown) in [
            (TextFormat.email, " Marta@Example.COM ", "marta@example.com"),
            (
                .email, "jürgen@müller.example",
                "jürgen@müller.example"
            ), (.email, "a@", "bad_field"), (.email, "a@b@c", "bad_field"),
            (.email, "a b@c.example", "bad_field"), (.email, "a@.example", "bad_field"),
            (.country, "pt", "PT"), (.country, "United Kingdom", "GB"), (.country, "EIRE", "IE"),
            (.country, "portugal ", "PT"), (.country, "Atlantis", "bad_field"), (.country, "XX", "bad_field"),
            (.language, "PT", "pt"), (.language, "pt_br", "pt-BR"), (.language, "en-GB", "en-GB"),
            (.language, "xx", "bad_field"), (.language, "pt-XX", "bad_field"), (.language, "portuguese", "bad_field"),
            (.phone, "+351 21 000-0000", "+351210000000"), (.phone, "0049 (30) 123456", "+4930123456"),
            (.phone, "030/123456", "030123456"), (.phone, "12", "bad_field"), (.phone, "1+2345678", "bad_field"),
            (.phone, "call me", "bad_field"), (.phone, "1234567890123456", "bad_field"),
        ] { #expect(parsed(.format(format), text) == shown, "\(text)") }
        #expect(CountryCodes.name("PT") == "Portugal")
    }

    @Test func masksHideWhoSomebodyIs() {
        let email = RecordField("email", "E-mail", .format(.email), isPersonal: true)
        let name = RecordField("name", "Name", .text(max: 9, multiline: false), isPersonal: true)
        let city = RecordField("city", "City", .text(max: 9, multiline: false))
        #expect(email.masked(.text("marta@example.com")) == .text("m•••••@example.com"))
        #expect(name.masked(.text("Élodie")) == .text("É•••••") && name.masked(.none) == .none)
        #expect(city.masked(.text("Porto")) == .text("Porto"))
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
