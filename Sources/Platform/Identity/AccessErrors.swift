package import Web

/// The refusals of the Gatekeeper, with their words and codes in one place.
extension WebError {
    /// 401: nobody is logged in.
    package static let unauthenticated = unauthorized("login_required", "Log in or send a token.", "Bearer")

    /// 401: the session is over or never was.
    static let sessionOver = unauthorized("session_expired", "The session has ended. Log in again.", "Bearer")

    /// 401: the Bearer token is worth nothing.
    static let badToken = unauthorized(
        "bad_token",
        "The token is unknown, expired or revoked, or its user is not active.",
        "Bearer error=\"invalid_token\""
    )

    /// 401: the ticket in the address is worth nothing.
    static let badTicket = unauthorized(
        "bad_ticket",
        "The ticket is unknown, too old or for another stream, or the session or token that it was asked with has "
            + "ended. Ask for a new one: POST /api/jobs/{id}/stream-ticket.",
        "Bearer"
    )

    private static func unauthorized(_ code: String, _ detail: String, _ challenge: String) -> WebError {
        WebError(401, code, detail, headers: .headers(["WWW-Authenticate": challenge]))
    }

    /// 403: the role or the token's scopes do not suffice.
    static func forbidden(_ permission: Permission) -> WebError {
        let words = permission.words.prefix(1).lowercased() + permission.words.dropFirst()
        return WebError(
            403,
            "forbidden",
            "This needs the permission \(permission.rawValue) (\(words)), which your role or token does not include."
        )
    }

    /// 403: the request was sent from another site's page.
    static let foreignOrigin = WebError(
        403,
        "origin",
        "The request comes from another site's page. Call the API from there with a Bearer token. Where a development "
            + "proxy hands requests on under another Host, allow its origin in the setting cors.origins."
    )

    /// 403: the session's CSRF token is missing or not the one.
    static let badCSRF = WebError(
        403,
        "csrf",
        "The form's security token is missing or has expired. Load the page again and repeat the step."
    )
}
