import CCurl

/// Why a text is no address that requests go to: a code, and a sentence with what would be right.
public struct HTTPTargetFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let code: String
    public let description: String
}

/// Where a request goes: a URL, parsed once. What libcurl has parsed is what it fetches, so that no two parsers can
/// differ about the host.
public final class HTTPTarget {
    /// As it was given.
    public let text: String
    /// `http` or `https`.
    public let scheme: String
    /// A name in ASCII or an address, without brackets; numbers in whatever form are an address in its usual form.
    public let host: String
    public let port: Int
    let handle: OpaquePointer

    /// The most bytes of a URL.
    public static let mostBytes = 2000

    public init(_ text: String) throws(HTTPTargetFault) {
        guard bodega_curl_loads() != 0 else {
            throw HTTPTargetFault(code: "no_libcurl", description: HTTPClient.missing)
        }
        guard text.utf8.count <= Self.mostBytes else {
            throw HTTPTargetFault(code: "too_long", description: "An address has at most \(Self.mostBytes) bytes.")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw HTTPTargetFault(code: "bad_url", description: "An address has no blanks and no control characters.")
        }
        guard let handle = bodega_url() else {
            throw HTTPTargetFault(code: "bad_url", description: "The address cannot be read: no memory.")
        }
        do throws(HTTPTargetFault) {
            let code = bodega_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER))
            if let fault = Self.fault(code) { throw fault }
            (scheme, host, port) = try Self.parts(handle)
        } catch {
            bodega_url_cleanup(handle)
            throw error
        }
        self.text = text
        self.handle = handle
    }

    deinit { bodega_url_cleanup(handle) }

    /// The address that the host is written as; nil for a name.
    public var address: NetworkAddress? { NetworkAddress(host) }

    private static func fault(_ code: CURLUcode) -> HTTPTargetFault? {
        switch code {
        case CURLUE_OK: return nil
        case CURLUE_USER_NOT_ALLOWED: return credentials
        case CURLUE_BAD_SCHEME, CURLUE_UNSUPPORTED_SCHEME: return schemes
        case CURLUE_BAD_PORT_NUMBER:
            return HTTPTargetFault(code: "bad_port", description: "A port is a number from 1 to 65535.")
        default:
            let reason = String(cString: bodega_url_error(code))
            return HTTPTargetFault(
                code: "bad_url",
                description: "This is no address like https://shop.example/hooks (\(reason))."
            )
        }
    }

    private static let credentials = HTTPTargetFault(
        code: "credentials_in_url",
        description: "An address holds no user and no password: send them in a header such as Authorization."
    )
    private static let schemes = HTTPTargetFault(
        code: "bad_scheme",
        description: "An address begins with https:// or http://."
    )

    private static let hostRule =
        "The host of the address cannot be read: a name outside of ASCII is written in its ASCII form (xn--…)."

    private static func parts(
        _ handle: OpaquePointer
    ) throws(HTTPTargetFault) -> (scheme: String, host: String, port: Int) {
        guard let scheme = part(handle, CURLUPART_SCHEME), ["http", "https"].contains(scheme) else { throw schemes }
        guard part(handle, CURLUPART_USER) == nil, part(handle, CURLUPART_PASSWORD) == nil else { throw credentials }
        guard let port = part(handle, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }),
            (1...65_535).contains(port)
        else { throw HTTPTargetFault(code: "bad_port", description: "A port is a number from 1 to 65535.") }
        guard var host = part(handle, CURLUPART_HOST, UInt32(CURLU_PUNYCODE)), !host.isEmpty else {
            throw HTTPTargetFault(code: "bad_url", description: hostRule)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return (scheme, host, port)
    }

    private static func part(_ handle: OpaquePointer, _ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard bodega_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { bodega_curl_free(text) }
        return String(cString: text)
    }
}
