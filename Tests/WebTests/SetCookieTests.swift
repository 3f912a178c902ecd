import Support
import Testing
import Web

@Suite struct SetCookieTests {
    @Test func writesItsAttributes() {
        let plain = SetCookie("bodega_session", "abc-_1", isSecure: false)
        #expect(plain.text == "bodega_session=abc-_1; Path=/; HttpOnly; SameSite=Lax")
        var full = SetCookie("__Host-bodega_session", "abc", maxAge: 3600, isSecure: true)
        full.sameSite = .strict
        #expect(full.text == "__Host-bodega_session=abc; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict")
        full.isHTTPOnly = false
        full.path = "/x"
        #expect(full.text == "__Host-bodega_session=abc; Path=/x; Max-Age=3600; Secure; SameSite=Strict")
        #expect(SetCookie.removing("a", isSecure: false).text == "a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    }

    @Test func aValueNeverBecomesAnAttribute() {
        let cookie = SetCookie("a", "x; Domain=evil\r\n,\"\\ é", isSecure: false)
        #expect(cookie.text.hasPrefix("a=x%3B%20Domain=evil%0D%0A%2C%22%5C%20%C3%A9; Path=/"))
    }

    @Test func severalCookiesStandInOneAnswer() {
        let answer = Response.noContent
            .setting(SetCookie("a", "1", isSecure: true))
            .setting(SetCookie("b", "2", isSecure: true))
        #expect(answer.headers.values("Set-Cookie").count == 2)
    }
}
