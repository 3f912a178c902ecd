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

    /// Hands out a token, until the browser is closed; the server's own limits are stricter.
    static func handing(_ token: String, to request: Request) -> SetCookie {
        SetCookie(name(secure: request.isSecure), token, isSecure: request.isSecure)
    }

    /// Takes it away.
    static func removing(for request: Request) -> SetCookie {
        .removing(name(secure: request.isSecure), isSecure: request.isSecure)
    }
}
