package import Database
package import Support
package import Web

/// Who makes a request, and by which proof.
package struct Principal: Sendable, Equatable {
    /// The proof.
    package enum Credential: Sendable, Equatable {
        /// A browser's cookie. The CSRF token belongs to the session and must come with unsafe requests.
        case session(id: Int64, csrfToken: String)
        /// A program's token.
        case token(id: Int64, scopes: Set<Permission>)
        /// A ticket in the address of an event stream, which may as much as what it was asked with.
        case ticket(StreamTicket, scopes: Set<Permission>)
    }

    package let user: User
    package let credential: Credential
    /// When the session or token was last noted as used.
    package let lastUsedAt: Timestamp?

    package init(user: User, credential: Credential, lastUsedAt: Timestamp? = nil) {
        self.user = user
        self.credential = credential
        self.lastUsedAt = lastUsedAt
    }

    /// Everything the request may do: the role's permissions, of a token only those in its scopes.
    package var permissions: Set<Permission> {
        switch credential {
        case .session: user.role.permissions
        case .token(_, let scopes), .ticket(_, let scopes): user.role.permissions.intersection(scopes)
        }
    }

    package func holds(_ permission: Permission) -> Bool {
        guard user.role.permissions.contains(permission) else { return false }
        switch credential {
        case .session: return true
        case .token(_, let scopes), .ticket(_, let scopes): return scopes.contains(permission)
        }
    }

    /// Throws 403 `forbidden` unless all of them are held.
    package func require(_ permissions: Set<Permission>) throws(WebError) {
        let lacking = permissions.subtracting(self.permissions)
        guard lacking.isEmpty else { throw .forbidden(lacking) }
    }

    /// As it is written beside every change.
    package var actor: Actor {
        switch credential {
        case .session, .ticket: .user(user.id)
        case .token(let id, _): .token(id)
        }
    }

    /// The number of the session; nil for tokens and tickets.
    package var sessionID: Int64? {
        guard case .session(let id, _) = credential else { return nil }
        return id
    }

    /// Whether it comes with a ticket for a stream.
    var hasTicket: Bool {
        if case .ticket = credential { true } else { false }
    }

    /// What a form of this session must carry; nil for tokens, which need none, and for tickets, which change nothing.
    package var csrfToken: String? {
        guard case .session(_, let token) = credential else { return nil }
        return token
    }
}
