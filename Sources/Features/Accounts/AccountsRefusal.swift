import Identity
import Web

/// What the API and the pages say when a store of Identity refuses a change; the codes with their words.
enum AccountsRefusal {
    static let noUser = WebError(404, "not_found", "There is no such user.")
    static let noSession = WebError(404, "not_found", "You have no such session.")
    static let noToken = WebError(404, "not_found", "There is no such token.")

    /// Runs a store's write and turns its refusals into answers.
    /// - Parameter missing: what is not there.
    @discardableResult
    static func answered<T>(_ missing: WebError = noUser, _ write: () throws -> T) throws -> T {
        do {
            return try write()
        } catch let refusal as IdentityError {
            throw answer(refusal, missing)
        }
    }

    private static func answer(_ refusal: IdentityError, _ missing: WebError) -> WebError {
        guard refusal != .missing else { return missing }
        let problem = problem(refusal)
        return WebError(409, problem.code, problem.detail, problems: problem.field.isEmpty ? [] : [problem])
    }

    /// The refusal as a form shows it.
    static func problem(_ refusal: IdentityError) -> Problem {
        switch refusal {
        case .emailTaken: Problem("email", "email_taken", "Another user has this email address.")
        case .usernameTaken: Problem("username", "username_taken", "Another user has this username.")
        case .lastAdmin: Problem("role", "last_admin", refusal.description)
        case .inactive: Problem("", "inactive", refusal.description)
        case .tooManyTokens: Problem("", "too_many_tokens", refusal.description)
        case .deadToken: Problem("", "dead_token", refusal.description)
        case .missing: Problem("", "not_found", refusal.description)
        }
    }
}
