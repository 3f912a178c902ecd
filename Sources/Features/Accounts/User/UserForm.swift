import AdminKit
import Identity
import Web

/// The form of a user, made from the field table.
enum UserForm {
    /// The controls with a user's values.
    static func fields(_ user: User, _ which: [UserField] = UserField.all) -> [FormField] {
        which.map { control($0, $0.read(user) ?? "") }
    }

    /// The controls with the values as they were typed.
    static func fields(_ form: Fields, _ which: [UserField] = UserField.all) -> [FormField] {
        which.map { control($0, form[$0.name] ?? "") }
    }

    /// The user that the form wants, with everything that is wrong with it. What is no field of the form says nothing.
    static func edit(
        _ form: Fields,
        _ current: User,
        _ which: [UserField] = UserField.all
    ) -> (user: User, problems: [Problem]) {
        var user = current
        let problems = which.compactMap { $0.set(form[$0.name], of: &user) }
        return (user, problems)
    }

    private static func control(_ field: UserField, _ value: String) -> FormField {
        var control = FormField(
            field.name,
            field.label,
            value: value,
            hint: hints[field.name],
            isRequired: field.isRequired,
            maxLength: field.maxLength
        )
        if field.name == "role" {
            control.kind = .select(Role.allCases.map { FormField.Choice($0.rawValue, RoleWords.title($0)) })
            control.maxLength = nil
        }
        if field.name == UserField.lockedUntil.name {
            control.kind = .date
            control.value = String(value.prefix(10))
            control.maxLength = nil
        }
        return control
    }

    private static let hints = [
        "username": "May be used to log in instead of the email address. Up to 64 characters, no @.",
        "role": "A viewer sees, an editor changes and imports, an administrator does everything.",
        "locked_until": "Nobody gets in as the user before this day (UTC), by session or token. Empty: not locked.",
    ]
}
