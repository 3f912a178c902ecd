import Identity
import Support
import Web

/// What the API of accounts sends and takes.
enum AccountSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("Login", login), NamedSchema("Session", session), NamedSchema("Me", me),
        NamedSchema("CurrentUser", user),
    ]

    private static let login = Schema.object([
        "email": .text("The email address or the username.", length: 1...320, pattern: notBlank),
        "password": .text(length: 1...1024),
    ])

    private static let notBlank = #"[^\s\u0085\u001c-\u001f]"#

    private static let user = Schema.object([
        "id": .integer(nil, 1...Int64.max), "email": .text(),
        "role": .choice(Role.allCases.map(\.rawValue)),
    ])

    private static let session = Schema.object([
        "csrf_token": .text("To be sent as X-CSRF-Token with every change."), "user": .ref("CurrentUser"),
    ])

    private static let me = Schema.object(
        [
            "user": .ref("CurrentUser"),
            "csrf_token": .text("Of a session only; a token needs none."),
            "scopes": .list(of: .choice(Permission.all.map(\.rawValue)), "What this request's bearer may do."),
        ],
        required: ["user", "scopes"]
    )
}
