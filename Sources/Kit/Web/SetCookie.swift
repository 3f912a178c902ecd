import Support

/// A cookie to be set: HttpOnly and for the whole site unless said otherwise.
public struct SetCookie: Sendable, Equatable {
    public enum SameSite: String, Sendable {
        case strict = "Strict"
        case lax = "Lax"
    }

    /// With the prefix `__Host-` a browser takes it only when it is secure and its path is `/`.
    public var name: String
    public var value: String
    public var path = "/"
    /// Seconds until it goes away; nil keeps it until the browser closes, 0 takes it away at once.
    public var maxAge: Int?
    /// Sent over TLS only.
    public var isSecure: Bool
    /// Out of reach for scripts.
    public var isHTTPOnly = true
    public var sameSite = SameSite.lax

    public init(_ name: String, _ value: String, maxAge: Int? = nil, isSecure: Bool) {
        self.name = name
        self.value = value
        self.maxAge = maxAge
        self.isSecure = isSecure
    }

    /// One that takes the cookie of this name away.
    public static func removing(_ name: String, isSecure: Bool) -> SetCookie {
        SetCookie(name, "", maxAge: 0, isSecure: isSecure)
    }

    /// The header's value (RFC 6265). A character of the value that a cookie cannot hold is percent-encoded, so a
    /// value can never become an attribute.
    public var text: String {
        var text = "\(name)=\(Self.octets(value)); Path=\(path)"
        if let maxAge { text += "; Max-Age=\(maxAge)" }
        if isHTTPOnly { text += "; HttpOnly" }
        if isSecure { text += "; Secure" }
        return text + "; SameSite=\(sameSite.rawValue)"
    }

    private static func octets(_ value: String) -> String {
        let parts = value.unicodeScalars.map { scalar in
            switch scalar.value {
            case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: return String(scalar)
            default: return String(scalar).percentEncoded
            }
        }
        return parts.joined()
    }
}

extension Response {
    /// This answer with one more cookie to be set.
    public func setting(_ cookie: SetCookie) -> Response {
        var copy = self
        copy.headers.append("Set-Cookie", cookie.text)
        return copy
    }
}
