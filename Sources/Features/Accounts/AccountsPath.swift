import Web

/// Every address of the pages of accounts, for routes and links alike.
enum AccountsPath {
    static let login: PathPattern = "/login"
    static let users: PathPattern = "/users"
    static let newUser: PathPattern = "/users/new"
    static let user: PathPattern = "/users/{id:int}"
    static let activateUser: PathPattern = "/users/{id:int}/activate"
    static let deactivateUser: PathPattern = "/users/{id:int}/deactivate"
    static let verifyUser: PathPattern = "/users/{id:int}/verify"
    static let userResetLink: PathPattern = "/users/{id:int}/reset-link"
    static let reset: PathPattern = "/reset/{token}"
    static let tokens: PathPattern = "/tokens"
    static let newToken: PathPattern = "/tokens/new"
    static let rotateToken: PathPattern = "/tokens/{id:int}/rotate"
    static let revokeToken: PathPattern = "/tokens/{id:int}/revoke"
    static let profile: PathPattern = "/profile"
    static let profileEmail: PathPattern = "/profile/email"
    static let profilePassword: PathPattern = "/profile/password"
    static let endSession: PathPattern = "/profile/sessions/{id:int}/end"
    static let endOtherSessions: PathPattern = "/profile/sessions/end-others"
}
