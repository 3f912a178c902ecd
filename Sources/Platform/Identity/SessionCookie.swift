import Web

/// The cookie that holds a session's token.
///
/// Over TLS it has the `__Host-` prefix, which browsers take from this very host over TLS only; there the plain name
/// counts for nothing, so a neighbouring subdomain cannot plant a session. Browsers drop `__Host-` cookies that come
/// over plain http, hence the second name.
enum SessionCookie {
    static func name(secure: Bool) -> String { secure ? "__Host-bodega_session" : "bodega_session" }

    /// The token that the request carries, if any.
    static func token(in request: Request) -> String? {
        request.cookies[name(secure: request.isSecure)].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The Set-Cookie value that hands out a token, until the browser is closed; the server's own limits are stricter.
    static func setting(_ token: String, for request: Request) -> String { value(token, request) }

    /// The Set-Cookie value that takes it away.
    static func clearing(for request: Request) -> String { "\(value("", request)); Max-Age=0" }

    private static func value(_ token: String, _ request: Request) -> String {
        let secure = request.isSecure ? "; Secure" : ""
        return "\(name(secure: request.isSecure))=\(token); Path=/; HttpOnly; SameSite=Lax\(secure)"
    }
}
