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

    @Test func theHostMayCarryAPort() throws {
        let headers = Fields.headers(["Origin": "http://localhost:8080"])
        let request = try #require(Request(.post, "/", headers: headers, host: "localhost:8080"))
        #expect(originIsOurs(request, publicURL: nil))
    }
}
