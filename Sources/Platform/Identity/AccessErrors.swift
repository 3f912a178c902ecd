import Support
package import Web

/// The refusals of the Gatekeeper, with their words and codes in one place.
extension WebError {
    /// 401: the request has no login.
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
    /// - Parameter lacking: what is needed and not held.
    static func forbidden(_ lacking: Set<Permission>) -> WebError {
        let noun = lacking.count == 1 ? "the permission" : "the permissions"
        return WebError(
            403,
            "forbidden",
            "This needs \(noun) \(described(lacking, " and ")), which your role or token does not include."
        )
    }

    /// 403: none of several permissions is held, of which one is needed.
    static func forbidden(anyOf permissions: Set<Permission>) -> WebError {
        WebError(
            403,
            "forbidden",
            "This needs one of the permissions \(described(permissions, " or ")); your role or token includes none."
        )
    }

    /// 403: the user or token that asks would give what it does not hold; see `HandedOut`.
    static func notYoursToGive(_ lacking: Set<Permission>) -> WebError {
        WebError(
            403,
            "not_yours_to_give",
            """
            This would hand out \(described(lacking, " and ")), which your role or token does not include. You \
            can give only what you hold: log in as a user who holds these, or use a token with these scopes.
            """
        )
    }

    /// 403: a token wants to make one that is good for longer than itself.
    static func outlivesYours(_ end: Timestamp) -> WebError {
        WebError(
            403,
            "not_yours_to_give",
            """
            The token that asks ends at \(end.rfc3339), and the secret would be good for longer. Choose an earlier \
            'expires_at', or log in.
            """
        )
    }

    /// 403: the secret before a rotation wants to rotate a token.
    static func replacedSecret(until end: Timestamp?) -> WebError {
        WebError(
            403,
            "not_yours_to_give",
            """
            This secret was replaced by a rotation\(end.map { " and ends at \($0.rfc3339)" } ?? ""): it rotates \
            nothing. Use the new secret. If that is lost, the token's user logs in and rotates the token.
            """
        )
    }

    /// `run:imports (upload files; …) and delete:products (…)`, in the order of the table.
    private static func described(_ permissions: Set<Permission>, _ conjunction: String) -> String {
        let all = permissions.inOrder.map { permission in
            "\(permission.rawValue) (\(permission.words.prefix(1).lowercased())\(permission.words.dropFirst()))"
        }
        return all.joined(separator: conjunction)
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
