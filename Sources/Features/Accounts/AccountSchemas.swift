import Identity
import Support
import Web

/// What the API of accounts sends and takes.
enum AccountSchemas {
    static let all: [NamedSchema] =
        [
            NamedSchema("Login", login.example(["email": "anna@example.com", "password": "four words that differ"])),
            NamedSchema(
                "Session",
                session.example([
                    "csrf_token": "IEAwFuFVmb4WcOaW9zkMDv3vl4a9ElkU4dPOjMVJsuA",
                    "user": ["id": 2, "email": "anna@example.com", "role": "editor"],
                ])
            ),
            NamedSchema("Me", me.example(AccountExamples.me)),
            NamedSchema("OwnProfile", profile.example(["first_name": "Anna", "last_name": "Lund"])),
            NamedSchema("OwnSession", ownSession.example(AccountExamples.ownSession)),
            NamedSchema("SessionList", .page(of: "OwnSession", example: AccountExamples.ownSession)),
            NamedSchema("SessionsEnded", Schema.object(["ended": .count("How many.")]).example(["ended": 2])),
            NamedSchema("Token", Schema.object(token).example(AccountExamples.token)),
            NamedSchema("TokenList", .page(of: "Token", example: AccountExamples.token)),
            NamedSchema(
                "NewToken",
                newToken.example(["name": "Nightly import", "scopes": ["read:jobs", "run:imports"]])
            ),
            NamedSchema("TokenSecret", Schema.object(token + [secret]).example(AccountExamples.tokenSecret)),
            NamedSchema("TokenRotation", rotation.example(["grace_hours": 1])),
        ] + UserSchemas.all + AuditSchemas.all

    private static let plainName = #"^[^\u0000-\u001f\u007f-\u009f]*"# + notBlank + #"[^\u0000-\u001f\u007f-\u009f]*$"#
    private static let notBlank = #"[^\s\u0085\u001c-\u001f]"#
    private static let id = Schema.integer(nil, 1...Int64.max)
    private static let scopes = Schema.list(of: .choice(Permission.all.map(\.rawValue)))

    // MARK: Who one is

    private static let login = Schema.object([
        "email": .text("The email address or the username.", length: 1...UserField.email.maxLength, pattern: notBlank),
        "password": .text(length: 1...UserValidation.passwordMost),
    ])

    private static let session = Schema.object([
        "csrf_token": .text("To be sent as X-CSRF-Token with every change."),
        "user": .object(["id": id, "email": .text(), "role": .choice(Role.allCases.map(\.rawValue))]),
    ])

    private static let me = Schema.object(
        [
            "user": .object([
                "id": id, "email": .text(), "username": Schema.text().orNull, "first_name": Schema.text().orNull,
                "last_name": Schema.text().orNull, "role": .choice(Role.allCases.map(\.rawValue)),
            ]),
            "csrf_token": .text("Of a session only; a token needs none."),
            "scopes": scopes.described("What this request's bearer may do."),
        ],
        required: ["user", "scopes"]
    )

    private static let profile = Schema.object(
        UserSchemas.own + [
            ("password", UserSchemas.password.described("The new one.")),
            (
                "current_password",
                .text("Needed for another email address or password.", length: 1...UserValidation.passwordMost)
            ),
        ] + UserSchemas.given,
        required: []
    )

    private static let ownSession = Schema.object([
        "id": id, "device": .text("The browser in words."), "user_agent": .text(), "ip": .text(),
        "current": .boolean("Whether it makes this request."),
        "created_at": .time(), "last_seen_at": .time(), "expires_at": .time(),
    ])

    // MARK: Tokens

    private static let token: [(name: String, schema: Schema)] = [
        ("id", id), ("user_id", id), ("name", .text("What it is for.")), ("prefix", .text("How its secret begins.")),
        ("scopes", scopes), ("state", .choice(APIToken.State.allCases.map(\.rawValue))),
        ("last_used_at", Schema.time().orNull), ("expires_at", Schema.time("Null for never.").orNull),
        ("revoked_at", Schema.time().orNull),
        ("previous_until", Schema.time("How long the secret before the last rotation goes on.").orNull),
        ("created_at", .time()), ("updated_at", .time()),
    ]

    private static let secret: (name: String, schema: Schema) = (
        "secret", .text("For the Authorization header. In this answer and nowhere else.")
    )

    private static let newToken = Schema.object(
        [
            "name": .text("What it is for.", length: 1...100, pattern: plainName),
            "scopes": Schema.list(of: .choice(Permission.all.map(\.rawValue)), "Of those that you have yourself.")
                .with("minItems", 1),
            "expires_at": Schema.time("Within the next \(TokenDraft.mostDays) days; null for never.").orNull,
        ],
        required: ["name", "scopes"]
    )

    private static let rotation = Schema.object(
        [
            "grace_hours": .integer("How long the old secret goes on.", 0...TokenDraft.mostGraceHours).defaultValue(0)
        ],
        required: []
    )
}
