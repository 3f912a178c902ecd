import Identity
import Support
import Web

/// A token that a user asks for, before it is made.
struct TokenDraft {
    /// The most days until a token ends, unless it never does.
    static let mostDays: Int64 = 3650
    /// The most hours that the secret before a rotation goes on.
    static let mostGraceHours: Int64 = 24

    var name = ""
    var scopes: Set<Permission> = []
    var expiresAt: Timestamp?
    var problems: [Problem] = []

    /// Reads what the API was sent.
    /// - Parameter allowed: what the one who asks may do: a token never reaches further.
    init(_ body: JSON, allowed: Set<Permission>, now: Timestamp) {
        guard let members = body.members else {
            problems = [Problem("", "not_an_object", "A token is an object with \"name\" and \"scopes\".")]
            return
        }
        problems = members.filter { !["name", "scopes", "expires_at"].contains($0.name) }.map { member in
            Problem(member.name, "unknown_field", "A token has no member '\(member.name)' to be written.")
        }
        take(name: body["name"]?.stringValue ?? "")
        let words = body["scopes"]?.arrayValue?.map { $0.stringValue ?? "" }
        take(scopes: words ?? [], allowed)
        switch body["expires_at"] {
        case nil, .null: break
        case .string(let text): take(expiry: Timestamp(rfc3339: text), now)
        default: take(expiry: nil, now)
        }
    }

    /// Reads a form.
    init(_ form: Fields, allowed: Set<Permission>, now: Timestamp) {
        take(name: form["name"] ?? "")
        take(scopes: form.values("scopes"), allowed)
        let days = form["days"] ?? ""
        guard days != "never" else { return }
        guard let number = Int64(days), (1...Self.mostDays).contains(number) else {
            problems.append(Problem("days", "bad_expiry", "Choose when the token ends."))
            return
        }
        expiresAt = now.adding(seconds: number * 86_400)
    }

    private mutating func take(name text: String) {
        if let problem = Self.nameProblem(text) { problems.append(problem) }
        name = text.trimmed
    }

    /// What is wrong with a token's name.
    static func nameProblem(_ text: String) -> Problem? {
        let name = text.trimmed
        guard (1...100).contains(name.unicodeScalars.count), !name.hasControlCharacters else {
            return Problem("name", "bad_name", "Enter what the token is for, in 1 to 100 characters.")
        }
        return nil
    }

    private mutating func take(scopes words: [String], _ allowed: Set<Permission>) {
        guard !words.isEmpty else {
            problems.append(Problem("scopes", "required", "Choose at least one thing that the token may do."))
            return
        }
        for word in words {
            let permission = Permission(rawValue: word)
            guard Permission.all.contains(permission) else {
                problems.append(Problem("scopes", "bad_scope", "There is no scope '\(word)'."))
                continue
            }
            guard allowed.contains(permission) else {
                problems.append(Problem("scopes", "scope_not_yours", "You do not have \(word) to give."))
                continue
            }
            scopes.insert(permission)
        }
    }

    private mutating func take(expiry time: Timestamp?, _ now: Timestamp) {
        guard let time, now < time, time <= now.adding(seconds: Self.mostDays * 86_400) else {
            let detail = "'expires_at' takes a time within the next \(Self.mostDays) days, or null for never."
            problems.append(Problem("expires_at", "bad_expiry", detail))
            return
        }
        expiresAt = time
    }

    func new(_ secret: String, for user: Int64) -> TokenStore.New {
        TokenStore.New(secret: secret, userID: user, name: name, scopes: scopes, expiresAt: expiresAt)
    }
}
