import Identity
import Support
import Web

extension User {
    /// The record as the API shows it.
    var record: JSON {
        [
            "id": .int(id), "email": .string(email), "username": .optional(username),
            "first_name": .optional(firstName), "last_name": .optional(lastName), "role": .string(role.rawValue),
            "is_active": .bool(isActive), "is_admin": .bool(isAdmin), "verified_at": .optional(verifiedAt),
            "last_login_at": .optional(lastLoginAt), "failed_logins": .int(failedLogins),
            "locked_until": .optional(lockedUntil), "version": .int(version),
            "created_at": .string(createdAt.rfc3339), "updated_at": .string(updatedAt.rfc3339),
        ]
    }
}

extension UserStatistics {
    var record: JSON {
        let roles = Role.allCases.map { JSON.Member($0.rawValue, .int(byRole[$0] ?? 0)) }
        return [
            "total": .int(total), "active": .int(active), "inactive": .int(inactive), "verified": .int(verified),
            "by_role": .object(roles),
            "last_login": [
                "within_day": .int(day), "within_week": .int(week), "within_30_days": .int(month),
                "longer_ago": .int(older), "never": .int(never),
            ],
        ]
    }
}

/// Makes a user of what a client wrote.
struct UserBody {
    enum Purpose {
        /// A new user, to whom a `password` may be given.
        case create
        /// JSON Merge Patch (RFC 7396): what is left out stays, null clears.
        case merge
        /// All writable fields: what is left out is cleared.
        case replace
    }

    let purpose: Purpose
    var fields = UserField.all

    /// The user that the body wants, with everything that is wrong with it.
    /// - Parameter others: members that are read elsewhere.
    func edit(_ body: JSON, _ current: User, others: [String] = []) -> (user: User, problems: [Problem]) {
        guard let members = body.members else {
            return (current, [Problem("", "not_an_object", "A user is an object, like {\"first_name\": \"Anna\"}.")])
        }
        var user = current
        var problems: [Problem] = []
        if purpose != .merge {
            // A new user only looks, unless it is said otherwise.
            for field in fields where body[field.name] == nil && !(purpose == .create && field.name == "role") {
                if let problem = field.set(nil, of: &user) { problems.append(problem) }
            }
        }
        for member in members where !others.contains(member.name) {
            if let problem = take(member, into: &user, current) { problems.append(problem) }
        }
        return (user, problems)
    }

    private func take(_ member: JSON.Member, into user: inout User, _ current: User) -> Problem? {
        guard let field = fields.first(where: { $0.name == member.name }) else { return refuse(member, current) }
        switch member.value {
        case .null: return field.set(nil, of: &user)
        case .string(let text): return field.set(text, of: &user)
        case .bool, .number, .array, .object:
            let detail = "\(field.label) must be a text\(field.isRequired ? "" : " or null")."
            return Problem(field.name, "wrong_type", detail)
        }
    }

    /// What Bodega gives may be sent back as it is, so that what was read can be written.
    private func refuse(_ member: JSON.Member, _ current: User) -> Problem? {
        guard purpose != .create, let stored = current.record[member.name] else {
            guard current.record[member.name] != nil else {
                return Problem(member.name, "unknown_field", "A user has no member '\(member.name)' to be written.")
            }
            return Problem(member.name, "read_only", "'\(member.name)' is given by Bodega: leave it out.")
        }
        guard !member.value.isUnchanged(from: stored) else { return nil }
        let cure = member.name == "is_active" ? "post to …/activate or …/deactivate" : "leave it out"
        let detail = "'\(member.name)' cannot be written: \(cure), or send it as it is."
        return Problem(member.name, "read_only", detail)
    }
}

extension User {
    /// As a new one with that password.
    func new(password: String?) -> NewUser {
        NewUser(
            email: email,
            username: username,
            firstName: firstName,
            lastName: lastName,
            role: role,
            password: password
        )
    }
}
