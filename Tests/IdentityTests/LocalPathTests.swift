import Identity
import Testing

@Suite struct LocalPathTests {
    @Test(arguments: ["/", "/products", "/products?q=a%20b&sort=-id", "/a//b", "/products/by-sku/a%2Fb"])
    func ours(text: String) {
        #expect(LocalPath(text)?.description == text)
    }

    @Test(arguments: [
        "", "products", "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example/", "/\t/evil",
        "/\n/evil", " //evil", "/a\\b", "/a b", "/ä", "javascript:alert(1)", "/\u{0}",
    ])
    func notOurs(text: String) {
        #expect(LocalPath(text) == nil)
    }
}
