import Support
package import Web

/// The rules for what people type about a user. Problems are values, so a form can show all of them.
package enum UserValidation {
    /// Fewest characters of a password where the shop asks for no more. No rules on kinds of characters (NIST SP
    /// 800-63B, 3.1.1.2).
    package static let passwordLength: Int64 = 12
    /// Most bytes of a password: far beyond any phrase, near enough that hashing it costs nothing.
    package static let passwordBytes = 1024

    /// An email address as it is stored and compared.
    package static func foldedEmail(_ text: String) -> String { text.trimmed.caseFolded }

    /// Everything wrong with a new user.
    package static func problems(of user: NewUser, passwordLength: Int64 = passwordLength) -> [Problem] {
        [email(user.email), user.username.flatMap(username), password(user.password, length: passwordLength)]
            .compactMap { $0 }
    }

    /// What is wrong with an email address. Simple on purpose: only a sent mail proves an address.
    package static func email(_ text: String) -> Problem? {
        let folded = foldedEmail(text)
        let parts = folded.split(separator: "@", omittingEmptySubsequences: false)
        let plain = folded.unicodeScalars.allSatisfy { !$0.properties.isWhitespace } && !folded.hasControlCharacters
        guard parts.count == 2, let local = parts.first, let domain = parts.last, !local.isEmpty, !domain.isEmpty,
            plain, folded.utf8.count <= 254, !domain.hasPrefix("."), !domain.hasSuffix("."), !domain.contains("..")
        else { return Problem("email", "bad_email", "An email address looks like name@example.com.") }
        return nil
    }

    /// What is wrong with a username.
    package static func username(_ text: String) -> Problem? {
        let fits = (1...64).contains(text.count) && text == text.trimmed && !text.hasControlCharacters
        guard fits, !text.contains("@") else {
            return Problem("username", "bad_username", "A username has 1 to 64 characters and no @.")
        }
        return nil
    }

    /// What is wrong with a password.
    package static func password(_ text: String, length: Int64 = passwordLength) -> Problem? {
        guard text.count >= length else {
            return Problem("password", "too_short", "A password has at least \(length) characters.")
        }
        guard text.utf8.count <= passwordBytes else {
            return Problem("password", "too_long", "A password has at most \(passwordBytes) bytes.")
        }
        return nil
    }
}
