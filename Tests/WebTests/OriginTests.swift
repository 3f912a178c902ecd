import Support
import Testing
import Web

@Suite struct OriginTests {
    @Test(
        arguments: [
            ("http://shop.example", false, nil, true),
            ("HTTP://Shop.Example", false, nil, true),
            ("http://shop.example:80", false, nil, true),
            ("http://shop.example:8080", false, nil, false),
            ("https://shop.example", false, nil, false),
            ("https://shop.example", true, nil, true),
            ("https://shop.example:443", true, nil, true),
            ("http://shop.example.evil", false, nil, false),
            ("http://evilshop.example", false, nil, false),
            ("http://shop.example/", false, nil, false),
            ("http://user@shop.example", false, nil, false),
            ("http://shop.example, http://evil.example", false, nil, false),
            ("null", false, nil, false),
            ("", false, nil, false),
            ("shop.example", false, nil, false),
            ("file://", false, nil, false),
            ("https://public.example:8443", false, "https://public.example:8443/", true),
            ("https://public.example", false, "https://public.example:443/shop", true),
            ("https://evil.example", false, "https://public.example", false),
            ("http://shop.example", false, "https://public.example", true),
            ("null", false, "null", false),
        ] as [(String, Bool, String?, Bool)]
    )
    func comparesOrigins(origin: String, isSecure: Bool, publicURL: String?, isOurs: Bool) throws {
        let headers = Fields.headers(["Origin": origin])
        let request = try #require(
            Request(.post, "/login", headers: headers, isSecure: isSecure, host: "shop.example")
        )
        #expect(originIsOurs(request, publicURL: publicURL) == isOurs)
    }

    @Test func requestsWithoutOriginPassUnlessTheBrowserSaysCrossSite() throws {
        for (headers, isOurs) in [
            ([:], true), (["Sec-Fetch-Site": "same-origin"], true), (["Sec-Fetch-Site": "none"], true),
            (["Sec-Fetch-Site": "cross-site"], false), (["Sec-Fetch-Site": "Cross-Site "], false),
            (["Sec-Fetch-Site": "cross-site", "Origin": "http://shop.example"], false),
            (["Origin": "http://shop.example", "origin": "http://shop.example"], false),
        ] as [(KeyValuePairs<String, String>, Bool)] {
            let request = try #require(Request(.post, "/", headers: .headers(headers), host: "shop.example"))
            #expect(originIsOurs(request, publicURL: nil) == isOurs, "\(headers)")
        }
    }

    @Test func theMachineItself() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.8.9.10:80", "[::1]", "[::1]:8443"] {
            #expect(isLoopbackHost(host), "\(host)")
        }
        for host in [
            "", "shop.example", "localhost.evil.example", "evil.example:80", "127.0.0.1.evil.example", "128.0.0.1",
            "localhost:", "localhost:x", "localhost:80@evil.example", "localhost/", "localhost:808080", "::1", "[::2]",
            "evil.example/localhost", "user@localhost", "127.1", "0x7f000001", " localhost", "[::1]evil",
        ] { #expect(!isLoopbackHost(host), "\(host)") }
    }

    /// A development server that hands our paths on under another Host: only what the operator has named, and only what
    /// the browser calls a request of the page to its own server.
    @Test(
        arguments: [
            ("http://localhost:5173", "same-origin", true),
            ("http://LOCALHOST:5173", " Same-Origin", true),
            ("http://localhost:5173", "same-site", false),
            ("http://localhost:5173", "cross-site", false),
            ("http://localhost:5173", "none", false),
            ("http://localhost:5173", nil, false),
            ("http://localhost:5174", "same-origin", false),
            ("https://localhost:5173", "same-origin", false),
            ("https://evil.example", "same-origin", false),
            ("null", "same-origin", false),
            ("", "same-origin", false),
        ] as [(String, String?, Bool)]
    )
    func aDevelopmentProxyMayRewriteTheHost(origin: String, site: String?, isOurs: Bool) throws {
        var headers = Fields.headers(["Origin": origin])
        if let site { headers.set("Sec-Fetch-Site", site) }
        let request = try #require(Request(.post, "/api/session", headers: headers, host: "127.0.0.1:8080"))
        let proxied = ["http://localhost:3000", "http://localhost:5173", "null", ""]
        #expect(originIsOurs(request, publicURL: nil) { proxied } == isOurs)
        #expect(!originIsOurs(request, publicURL: nil))
    }

    @Test func theHostMayCarryAPort() throws {
        let headers = Fields.headers(["Origin": "http://localhost:8080"])
        let request = try #require(Request(.post, "/", headers: headers, host: "localhost:8080"))
        #expect(originIsOurs(request, publicURL: nil))
    }
}
