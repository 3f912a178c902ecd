/// Why a store of Identity refused a change.
package enum IdentityError: Error, Sendable, Equatable, CustomStringConvertible {
    case emailTaken(String)
    case usernameTaken(String)

    package var description: String {
        switch self {
        case .emailTaken(let email): "There is a user with the email address \(email) already."
        case .usernameTaken(let name): "There is a user with the username \(name) already."
        }
    }
}
