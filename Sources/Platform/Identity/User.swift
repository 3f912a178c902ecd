package import Support

/// A person who may log in. The password's hash is not here: it never leaves `UserStore` and `SignIn`.
package struct User: Sendable, Equatable {
    package let id: Int64
    /// Folded and unique.
    package var email: String
    /// As written; unique when folded. Never holds `@`, so it cannot be taken for an email address.
    package var username: String?
    package var firstName: String?
    package var lastName: String?
    package var role: Role
    package var isActive: Bool
    package var verifiedAt: Timestamp?
    package var lastLoginAt: Timestamp?
    /// Wrong passwords since the last right one, from whatever address.
    package var failedLogins: Int64
    /// Logins are refused until then. Set by administrators, never by failed logins: a stranger cannot lock a user out.
    package var lockedUntil: Timestamp?
    /// The optimistic lock: goes on by one with every edit.
    package var version: Int64
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    /// What a new user is made of.
    package static let blank = User(
        id: 0,
        email: "",
        username: nil,
        firstName: nil,
        lastName: nil,
        role: .viewer,
        isActive: true,
        verifiedAt: nil,
        lastLoginAt: nil,
        failedLogins: 0,
        lockedUntil: nil,
        version: 1,
        createdAt: Timestamp(milliseconds: 0),
        updatedAt: Timestamp(milliseconds: 0)
    )

    package var isAdmin: Bool { role == .admin }

    /// Whether the user may be let in at all, and stay in.
    package func isWelcome(at now: Timestamp) -> Bool {
        isActive && (lockedUntil.map { $0 <= now } ?? true)
    }

    /// Changes with every edit. Logins are no edits: who reads a user and then changes it is not to fail because the
    /// user, or an attacker who guesses their password, has come to the door meanwhile.
    package var entityTag: String { "\(id)-\(version)" }

    /// What a password must not be made of: everything that others know of the user.
    package var knownWords: [String] { [email, username, firstName, lastName].compactMap { $0 } }

    /// First and last name, else the username, else the email address.
    package var displayName: String {
        let names = [firstName, lastName].compactMap { $0 }.joined(separator: " ")
        return names.isEmpty ? username ?? email : names
    }

    /// As the API shows the user to itself.
    package var json: JSON {
        ["id": .int(id), "email": .string(email), "role": .string(role.rawValue)]
    }
}

/// What is needed to make a user.
package struct NewUser: Sendable, Equatable {
    package var email: String
    package var username: String?
    package var firstName: String?
    package var lastName: String?
    package var role: Role
    /// Nil: no login as the user succeeds until a reset link was used.
    package var password: String?

    package var knownWords: [String] { [email, username, firstName, lastName].compactMap { $0 } }

    package init(
        email: String,
        username: String? = nil,
        firstName: String? = nil,
        lastName: String? = nil,
        role: Role,
        password: String?
    ) {
        self.email = email
        self.username = username
        self.firstName = firstName
        self.lastName = lastName
        self.role = role
        self.password = password
    }
}
