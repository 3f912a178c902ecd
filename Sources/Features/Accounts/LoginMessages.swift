import AdminKit
import Web

/// What a login is told, each with its code: one table for the page and the API.
enum LoginMessages {
    static let noName = Problem("email", "required", "Enter your email address or username.")
    static let noPassword = Problem("password", "required", "Enter your password.")
    static let incomplete = Problem("", "required", "Enter your email address or username, and your password.")

    /// The same for a wrong password, an unknown name and a user who is not active.
    static let refused = Problem("", "bad_credentials", "The name or the password is not right.")

    static func throttled(_ seconds: Int64) -> Problem {
        Problem("", "too_many_attempts", "Too many attempts. Try again in \(Format.duration(seconds: seconds)).")
    }
}
