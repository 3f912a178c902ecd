import Testing
import Web

@Suite struct LoggedPathTests {
    @Test func secretsInAddressesAreLeftOut() {
        for path in ["/reset/abc", "/reset/abc/def", "/RESET/abc"] { #expect(loggedPath(path) == "/reset/-") }
        for path in ["/", "/resets/abc", "/api/reset/abc", "/products/1"] { #expect(loggedPath(path) == path) }
    }
}
