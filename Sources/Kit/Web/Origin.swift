import Glibc
import Support

/// Whether an unsafe request comes from our own pages, as far as the browser's headers tell (the CSRF token is checked
/// beside it).
///
/// Refused: `Sec-Fetch-Site: cross-site`, an Origin of `null`, several of them, and one that is neither the scheme and
/// authority of the request nor the public URL. Without an Origin the request is let through: programs send none.
///
/// A development server that hands our paths on under another Host (Vite's `changeOrigin`) makes the page's Origin
/// differ from the Host that we see. Such a request passes when both are true: the operator has named the origin, and
/// the browser says `Sec-Fetch-Site: same-origin`, which no page can set. That is a request of the page to its own
/// server, which handed it on. A page of a named origin that calls us directly is `same-site` or `cross-site` to the
/// browser and stays refused: it comes with a token, never with our cookie.
/// - Parameters:
///   - publicURL: the address that people see, e.g. `https://shop.example:8443/`; nil where it is the request's.
///   - proxied: the origins whose servers may hand requests on; asked only when nothing else fits.
public func originIsOurs(_ request: Request, publicURL: String?, proxied: () -> [String] = { [] }) -> Bool {
    let site = request.headers["Sec-Fetch-Site"]?.trimmed.lowercased()
    if site == "cross-site" { return false }
    let origins = request.headers.values("Origin")
    guard let text = origins.first else { return true }
    guard origins.count == 1, let origin = normalizedOrigin(text.trimmed, allowsPath: false) else { return false }
    let own = normalizedOrigin("\(request.isSecure ? "https" : "http")://\(request.host)", allowsPath: false)
    if origin == own || (publicURL != nil && origin == normalizedOrigin(publicURL ?? "", allowsPath: true)) {
        return true
    }
    return site == "same-origin" && proxied().contains { normalizedOrigin($0, allowsPath: false) == origin }
}

/// Whether a Host header names this machine itself: `localhost`, an address of 127.0.0.0/8 or `[::1]`, with a port or
/// without. Any other host is what the client says it is, and may be an attacker's.
public func isLoopbackHost(_ host: String) -> Bool {
    var name = host.lowercased()
    if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") {
        let port = name[name.index(after: colon)...].utf8
        guard !port.isEmpty, port.count <= 5, port.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
        name = String(name[..<colon])
    }
    if name == "localhost" || name == "[::1]" { return true }
    var address = in_addr()
    return inet_pton(AF_INET, name, &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
}

/// `scheme://host[:port]` in lower case, without the scheme's default port. Nil for anything else, `null` among it.
func normalizedOrigin(_ url: String, allowsPath: Bool) -> String? {
    let lower = url.lowercased()
    guard let scheme = ["https", "http"].first(where: { lower.hasPrefix("\($0)://") }) else { return nil }
    let rest = lower.dropFirst(scheme.count + 3)
    var authority = rest.prefix { $0 != "/" }
    guard !authority.isEmpty, allowsPath || authority.endIndex == rest.endIndex,
        authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"@?#\\,".utf8.contains($0) })
    else { return nil }
    let port = scheme == "https" ? ":443" : ":80"
    if authority.hasSuffix(port) { authority = authority.dropLast(port.count) }
    return "\(scheme)://\(authority)"
}
