import Identity
import Support
import Web

/// What the API of users sends and takes.
enum UserSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("User", Schema.object(record).example(AccountExamples.user)),
        NamedSchema("UserList", .page(of: "User", example: AccountExamples.user)),
        NamedSchema(
            "UserAdded",
            .object(
                record + [("reset_link", .ref("ResetLink"))],
                required: record.map(\.name),
                "`reset_link` comes when no password was given."
            ).example(AccountExamples.userAdded)
        ),
        NamedSchema(
            "NewUser",
            .object(
                writable + [("password", password.orNull)],
                required: ["email"],
                "Without a password the answer has a link to set one."
            ).example(["email": "anna@example.com", "first_name": "Anna", "role": "editor"])
        ),
        NamedSchema(
            "UserChange",
            .object(
                writable + [lockedUntil] + given,
                required: [],
                "JSON Merge Patch (RFC 7396): what is left out stays, null clears."
            ).example(["last_name": "Lund", "role": "admin"])
        ),
        NamedSchema(
            "UserReplacement",
            .object(
                writable + [lockedUntil] + given,
                required: ["email", "role"],
                "All writable members: what is left out is cleared."
            ).example(["email": "anna@example.com", "first_name": "Anna", "last_name": "Lund", "role": "editor"])
        ),
        NamedSchema("UserStats", statistics.example(AccountExamples.statistics)),
        NamedSchema(
            "ResetLink",
            .object([
                "url": .text(
                    """
                    Good for one use. In this answer and nowhere else. The path alone unless `--public-url` says where \
                    Bodega is, or the request comes to the machine's own name.
                    """
                ),
                "expires_at": .time(),
            ]).example(AccountExamples.resetLink)
        ),
    ]

    private static let role = Schema.choice(Role.allCases.map(\.rawValue))
    static let password = Schema.text(
        length: Int(UserValidation.passwordLength)...UserValidation.passwordMost
    )

    /// Characters that no name holds: control characters, and those that turn the direction of a text.
    private static let unplain = #"\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069"#
    private static let white = #" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"#

    /// Something, an @, and something with dots in it but none at its ends.
    private static let emailPattern: String = {
        let part = "[^@.\(unplain)\(white)]+"
        return "^[^@\(unplain)\(white)]+@\(part)(\\.\(part))*$"
    }()

    /// What users may say of themselves.
    static let own: [(name: String, schema: Schema)] = [
        ("email", .text(length: 3...UserField.email.maxLength, pattern: emailPattern)),
        ("username", Schema.text("No @.", length: 0...64, pattern: "^[^@\(unplain)]*$").orNull),
        ("first_name", Schema.text(length: 0...UserValidation.nameLength, pattern: "^[^\(unplain)]*$").orNull),
        ("last_name", Schema.text(length: 0...UserValidation.nameLength, pattern: "^[^\(unplain)]*$").orNull),
    ]

    private static let writable = own + [("role", role)]
    private static let lockedUntil: (name: String, schema: Schema) = (
        "locked_until", Schema.time("Until then the user is kept out, sessions and tokens included.").orNull
    )

    /// What Bodega gives: it may be sent back as it is.
    static let given: [(name: String, schema: Schema)] = [
        ("id", .integer(nil, 1...Int64.max)), ("is_active", .boolean()), ("is_admin", .boolean()),
        ("verified_at", Schema.time().orNull),
        ("last_login_at", Schema.time("Changes without a new version.").orNull),
        ("failed_logins", .count("Wrong passwords since the last right one; changes without a new version.")),
        ("version", .integer(nil, 0...Int64.max)), ("created_at", .time()), ("updated_at", .time()),
    ].map { ($0.0, $0.1.with("readOnly", true)) }

    private static let record: [(name: String, schema: Schema)] =
        given.prefix(1) + [
            ("email", .text()), ("username", Schema.text().orNull), ("first_name", Schema.text().orNull),
            ("last_name", Schema.text().orNull), ("role", role), lockedUntil,
        ] + given.dropFirst()

    private static let statistics = Schema.object([
        "total": .count(), "active": .count(), "inactive": .count(), "verified": .count(),
        "by_role": .object(Role.allCases.map { (name: $0.rawValue, schema: .count()) }),
        "last_login": .object([
            "within_day": .count(), "within_week": .count(), "within_30_days": .count(), "longer_ago": .count(),
            "never": .count(),
        ]),
    ])
}
