import Support
package import Web

/// The rules for what people type about a user. Problems are values, so a form can show all of them.
package enum UserValidation {
    /// Fewest characters of a password where the shop asks for no more. No rules on kinds of characters (NIST SP
    /// 800-63B, 3.1.1.2).
    package static let passwordLength: Int64 = 12
    /// Most characters of a password: far beyond any phrase, near enough that hashing it costs nothing.
    package static let passwordMost = 1024

    /// An email address as it is stored and compared.
    package static func foldedEmail(_ text: String) -> String { EmailAddress.folded(text) }

    // Characters are Unicode scalars in all limits of texts, as in JSON Schema: what looks like one may be many.

    /// Most characters of an email address.
    package static let emailLength = EmailAddress.most

    /// Most characters of a first or last name.
    package static let nameLength = 100

    /// Everything wrong with a new user.
    package static func problems(of user: NewUser, passwordLength: Int64 = passwordLength) -> [Problem] {
        [
            email(user.email), user.username.flatMap(username),
            user.firstName.flatMap { name($0, "first_name", "A first name") },
            user.lastName.flatMap { name($0, "last_name", "A last name") },
            user.password.flatMap { password($0, length: passwordLength, knownWords: user.knownWords) },
        ].compactMap { $0 }
    }

    /// What is wrong with a first or last name.
    package static func name(_ text: String, _ field: String, _ what: String) -> Problem? {
        guard text.unicodeScalars.count <= nameLength, text == text.trimmed, text.isPlainLine else {
            return Problem(field, "bad_name", "\(what) has at most \(nameLength) characters and no control characters.")
        }
        return nil
    }

    /// What is wrong with an email address. Simple on purpose: only a sent mail proves an address.
    package static func email(_ text: String) -> Problem? {
        let folded = foldedEmail(text)
        guard EmailAddress.hasForm(folded) else {
            return Problem("email", "bad_email", "An email address looks like name@example.com.")
        }
        guard folded.unicodeScalars.count <= emailLength else {
            return Problem("email", "bad_email", "An email address has at most \(emailLength) characters.")
        }
        return nil
    }

    /// What is wrong with a username.
    package static func username(_ text: String) -> Problem? {
        let fits = (1...64).contains(text.unicodeScalars.count) && text == text.trimmed && text.isPlainLine
        guard fits, !text.contains("@") else {
            return Problem("username", "bad_username", "A username has 1 to 64 characters and no @.")
        }
        return nil
    }

    /// What is wrong with a password that no user may have.
    package static func passwordTooLong(_ text: String, field: String = "password") -> Problem? {
        guard text.unicodeScalars.count > passwordMost else { return nil }
        return Problem(field, "too_long", "A password has at most \(passwordMost) characters.")
    }

    /// What is wrong with a password.
    /// - Parameters:
    ///   - length: fewest characters, as the shop has it.
    ///   - knownWords: what others know of its user; see `User.knownWords`.
    package static func password(
        _ text: String,
        length: Int64 = passwordLength,
        knownWords: [String] = [],
        field: String = "password"
    ) -> Problem? {
        guard text.unicodeScalars.count >= length else {
            return Problem(field, "too_short", "A password has at least \(length) characters.")
        }
        if let problem = passwordTooLong(text, field: field) { return problem }
        guard let weakness = PasswordStrength.weakness(of: text, knownWords: knownWords) else { return nil }
        return Problem(field, weakness.rawValue, weakness.detail)
    }
}
