/// Every address of the pages of accounts, so that a link is printed in one place.
package enum AccountsPath: Sendable, Equatable, CustomStringConvertible {
    case login
    case users
    case newUser
    case user(Int64)
    case activateUser(Int64)
    case deactivateUser(Int64)
    case verifyUser(Int64)
    case userResetLink(Int64)
    case reset(String)
    case tokens
    case newToken
    case rotateToken(Int64)
    case revokeToken(Int64)
    case profile
    case profileEmail
    case profilePassword
    case endSession(Int64)
    case endOtherSessions

    package var description: String {
        switch self {
        case .login: "/login"
        case .users: "/users"
        case .newUser: "/users/new"
        case .user(let id): "/users/\(id)"
        case .activateUser(let id): "/users/\(id)/activate"
        case .deactivateUser(let id): "/users/\(id)/deactivate"
        case .verifyUser(let id): "/users/\(id)/verify"
        case .userResetLink(let id): "/users/\(id)/reset-link"
        case .reset(let token): "/reset/\(token)"
        case .tokens: "/tokens"
        case .newToken: "/tokens/new"
        case .rotateToken(let id): "/tokens/\(id)/rotate"
        case .revokeToken(let id): "/tokens/\(id)/revoke"
        case .profile: "/profile"
        case .profileEmail: "/profile/email"
        case .profilePassword: "/profile/password"
        case .endSession(let id): "/profile/sessions/\(id)/end"
        case .endOtherSessions: "/profile/sessions/end-others"
        }
    }
}
