import Testing
import Web

@Suite struct LoggedPathTests {
    @Test func secretsInAddressesAreLeftOut() {
        for path in ["/reset/abc", "/reset/abc/def", "/RESET/abc", "//reset/abc", "/x/../reset/abc"] {
            #expect(loggedPath(path) == "/reset/-")
        }
        for path in ["/", "/resets/abc", "/api/users/1/reset-link", "/products/1"] { #expect(loggedPath(path) == path) }
    }
}
