import Support
package import Web

/// One thing about a user that people write. The table drives the forms, the JSON and what is validated.
package struct UserField: Sendable {
    /// As in the API and in forms.
    package let name: String
    package let label: String
    package let isRequired: Bool
    /// The most characters.
    package let maxLength: Int
    package let read: @Sendable (User) -> String?
    /// Nil and "" are no value.
    let write: @Sendable (inout User, String?) -> Void
    private let check: @Sendable (String) -> Problem?

    /// Takes a text over into a user, or says what is wrong with it.
    package func set(_ text: String?, of user: inout User) -> Problem? {
        let written = (text ?? "").trimmed
        guard !written.isEmpty else {
            guard !isRequired else { return Problem(name, "required", "\(label) is missing: enter one.") }
            write(&user, nil)
            return nil
        }
        if let problem = check(written) { return problem }
        write(&user, written)
        return nil
    }

    package static let firstName = UserField(
        name: "first_name",
        label: "First name",
        isRequired: false,
        maxLength: UserValidation.nameLength,
        read: { $0.firstName },
        write: { $0.firstName = $1 },
        check: { UserValidation.name($0, "first_name", "A first name") }
    )

    package static let lastName = UserField(
        name: "last_name",
        label: "Last name",
        isRequired: false,
        maxLength: UserValidation.nameLength,
        read: { $0.lastName },
        write: { $0.lastName = $1 },
        check: { UserValidation.name($0, "last_name", "A last name") }
    )

    package static let email = UserField(
        name: "email",
        label: "Email address",
        isRequired: true,
        maxLength: UserValidation.emailLength,
        read: { $0.email },
        write: { $0.email = UserValidation.foldedEmail($1 ?? "") },
        check: UserValidation.email
    )

    package static let username = UserField(
        name: "username",
        label: "Username",
        isRequired: false,
        maxLength: 64,
        read: { $0.username },
        write: { $0.username = $1 },
        check: UserValidation.username
    )

    package static let role = UserField(
        name: "role",
        label: "Role",
        isRequired: true,
        maxLength: 16,
        read: { $0.role.rawValue },
        write: { user, text in if let role = text.flatMap(Role.init) { user.role = role } },
        check: { text in
            guard Role(rawValue: text) == nil else { return nil }
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            return Problem("role", "bad_role", "Role must be one of \(roles).")
        }
    )

    /// The end of a time in which the user is kept out. A day stands for its beginning, because forms know only days;
    /// it leaves a time within that day as it is.
    package static let lockedUntil = UserField(
        name: "locked_until",
        label: "Locked until",
        isRequired: false,
        maxLength: 40,
        read: { $0.lockedUntil?.rfc3339 },
        write: { user, text in
            if let text, user.lockedUntil?.rfc3339.hasPrefix("\(text)T") == true { return }
            user.lockedUntil = text.flatMap(time)
        },
        check: { text in
            guard time(text) == nil else { return nil }
            let example = "2026-12-01T08:00:00Z"
            return Problem("locked_until", "bad_time", "Locked until must be a day or a time, like \(example).")
        }
    )

    private static func time(_ text: String) -> Timestamp? {
        Timestamp(rfc3339: text) ?? Timestamp(rfc3339: "\(text)T00:00:00Z")
    }

    /// What an administrator says of a new user.
    package static let all = [email, username, firstName, lastName, role]
    /// What an administrator writes of anybody who is there.
    package static let edited = all + [lockedUntil]
    /// What people write of themselves without being asked for their password.
    package static let own = [firstName, lastName, username]
}
