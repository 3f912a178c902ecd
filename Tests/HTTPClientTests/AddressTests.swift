import HTTPClient
import Testing

/// Where requests may go, in every form in which an address can be written.
@Suite struct AddressTests {
    /// What libcurl reads as an address of this machine or its network.
    @Test(arguments: [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://0x7f.0.0.1/", "http://127.0.0.1:8080/x", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:10.0.0.1]/", "http://0/", "http://0.0.0.0/", "http://[::]/",
        "http://10.1.2.3/", "http://167772161/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1/",
        "http://169.254.169.254/latest/meta-data", "http://0xa9fea9fe/", "http://100.64.0.1/",
        "http://100.127.255.254/",
        "http://168.63.129.16/", "http://224.0.0.1/", "http://255.255.255.255/", "http://[fe80::1]/",
        "http://[fd00:ec2::254]/", "http://[fc00::1]/", "http://[ff02::1]/", "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/", "http://[2001:db8::1]/", "http://[2001::1]/", "http://[::127.0.0.1]/",
        "http://192.0.2.1/", "http://198.18.0.1/", "http://%31%32%37.0.0.1/", "http://１２７.0.0.1/",
    ])
    func whatIsNotPublicIsRefused(_ text: String) throws {
        let target = try? HTTPTarget(text)
        // A form that libcurl does not read is refused before.
        guard let target else { return }
        guard let address = target.address else {
            // A name is looked up, and then its address is looked at: nothing may be connected to.
            let outcome = HTTPClient.send(HTTPRequest("GET", target, limits: Self.short))
            guard case .failure = outcome.result else { throw Reached(text: text) }
            return
        }
        #expect(AddressPolicy().refusal(address) != nil, "\(text) is \(address)")
    }

    private struct Reached: Error {
        var text: String
    }

    private static var short: HTTPLimits {
        var limits = HTTPLimits()
        (limits.connect, limits.total) = (2000, 2000)
        return limits
    }

    @Test(arguments: ["http://93.184.215.14/", "http://[2606:4700::1111]/", "http://172.32.0.1/", "http://1.1.1.1/"])
    func whatIsPublicIsAllowed(_ text: String) throws {
        let address = try #require(try HTTPTarget(text).address)
        #expect(AddressPolicy().refusal(address) == nil)
    }

    @Test func anOperatorMayAllowNetworks() throws {
        let networks = try ["127.0.0.0/8", "fd00:1::/64"].map { try #require(Network($0)) }
        let policy = AddressPolicy(allowed: networks)
        func refusal(_ text: String) throws -> String? { policy.refusal(try #require(NetworkAddress(text))) }
        #expect(try refusal("127.0.0.1") == nil && refusal("::ffff:127.9.9.9") == nil)
        #expect(try refusal("fd00:1::5") == nil && refusal("fd00:1:0:1::5") == "unique local")
        #expect(try refusal("10.0.0.1") == "private" && refusal("::1") == "loopback")
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "x", "", "10.0.0.0/", "10.0.0.0/08", "::1/129", "fd00::1/8",
    ])
    func whatIsNoNetworkIsSaid(_ text: String) {
        #expect(Network(text) == nil)
    }

    @Test(arguments: [
        ("file:///etc/passwd", "bad_scheme"), ("gopher://example.com/", "bad_scheme"), ("example.com", "bad_scheme"),
        ("ftp://example.com/", "bad_scheme"), ("http://user@example.com/", "credentials_in_url"),
        ("http://a:b@example.com/", "credentials_in_url"), ("http://example.com:0/", "bad_port"),
        ("http://example.com:99999/", "bad_port"), ("http://", "bad_url"), ("http://exa mple.com/", "bad_url"),
        ("http://example.com/\r\nX: y", "bad_url"), ("http://[::1/", "bad_url"), ("", "bad_scheme"),
    ])
    func whatIsNoTargetSaysWhy(_ text: String, _ code: String) {
        do throws(HTTPTargetFault) {
            let target = try HTTPTarget(text)
            Issue.record("\(text) goes to \(target.host)")
        } catch {
            // What is no address at all may be read as one without a scheme, too.
            #expect(error.code == code || Set([error.code, code]) == ["bad_url", "bad_scheme"], "\(text): \(error)")
            #expect(!error.description.isEmpty)
        }
    }

    @Test func aTargetIsReadOnce() throws {
        let target = try HTTPTarget("https://xn--bcher-kva.example:8443/a?b=c")
        #expect(target.scheme == "https" && target.port == 8443 && target.host == "xn--bcher-kva.example")
        // libcurl makes no such form without a locale, and guesses nothing.
        #expect(throws: HTTPTargetFault.self) { try HTTPTarget("https://bücher.example/") }
        #expect(try HTTPTarget("http://shop.example/").port == 80)
    }

    @Test func headersThatSmuggleAreNoHeaders() {
        for name in ["", "A B", "A:", "A\r\nB", "Ä"] { #expect(!HTTPRequest.isHeaderName(name), "\(name)") }
        for value in ["a\r\nB: c", "a\n", "\0", " a", "a ", "ä"] {
            #expect(!HTTPRequest.isHeaderValue(value), "\(value)")
        }
        #expect(HTTPRequest.isHeaderName("X-Api_Key") && HTTPRequest.isHeaderValue("Bearer a.b-c=="))
    }
}
