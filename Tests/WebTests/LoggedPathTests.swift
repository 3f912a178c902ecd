import Testing
import Web

@Suite struct LoggedPathTests {
    @Test func secretsInAddressesAreLeftOut() {
        for path in [
            "/reset/abc", "/reset/abc/def", "/RESET/abc", "//reset/abc", "/%72eset/abc", "/reset%2Fabc", "/%52%45SET/a",
            "/x/reset/abc",
        ] { #expect(loggedPath(path) == "/reset/-", "\(path)") }
        for path in ["/", "/resets/abc", "/users/1/reset-link", "/products/1", "/%zz/a", "/%FF"] {
            #expect(loggedPath(path) == path)
        }
        let token = "bodega_\(String(repeating: "aB-_9", count: 8))"
        for path in ["/\(token)", "/x/\(token)/y", "/b%6Fdega_\(token.dropFirst(7))"] {
            #expect(loggedPath(path) == "/-")
        }
        #expect(loggedPath("/bodega_products/bodega_1") == "/bodega_products/bodega_1")
    }

    @Test func addressesThatHoldASecret() {
        let token = "bodega_\(String(repeating: "aB-_9", count: 8))"
        for target in [
            "/products?token=x", "/a?b=c&access_token=x", "/a?ticket=", "/a?TOKEN=x", "/a?%74oken=x", "/a?api_key=x",
            "/a?x=\(token)", "/a?\(token)", "/a?b&c=d&Client-Secret=x", "/reset/abc?x=y", "/\(token)?x", "/a?tok%65n",
        ] { #expect(holdsSecret(target), "\(target)") }
        for target in [
            "/", "/a?q=token", "/products?q=ticket&sort=name", "/a?", "/a?b=c=token", "/a?%zz=1", "/a?x=bodega_1",
        ] {
            #expect(!holdsSecret(target), "\(target)")
        }
    }
}
