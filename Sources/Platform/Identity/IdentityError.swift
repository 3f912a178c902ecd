/// Why a store of Identity refused a change.
package enum IdentityError: Error, Sendable, Equatable, CustomStringConvertible {
    case emailTaken(String)
    case usernameTaken(String)
    /// There is no such user, session, token or link, or it is not theirs who ask.
    case missing
    /// The change would leave no user who can administer Bodega.
    case lastAdmin
    /// Of a user who may not log in anyway.
    case inactive
    /// A user has as many valid tokens as one may have.
    case tooManyTokens
    /// The token was revoked or has expired.
    case deadToken

    package var description: String {
        switch self {
        case .emailTaken(let email): "There is a user with the email address \(email) already."
        case .usernameTaken(let name): "There is a user with the username \(name) already."
        case .missing: "There is no such thing any more."
        case .lastAdmin:
            "This is the last active administrator. Make somebody else an administrator first."
        case .inactive: "The user is not active. Activate the user first."
        case .tooManyTokens: "You have \(TokenStore.mostPerUser) valid tokens. Revoke one that is not needed any more."
        case .deadToken: "The token was revoked or has expired. Create a new one."
        }
    }
}
