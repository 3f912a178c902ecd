// Of who comes in, and of the installation.
extension OperationProse {
    /// Sessions, users, tokens.
    static let people: [Text] = [
        (
            "postSession",
            """
            For programs that keep cookies; others use a token. The cookie is HttpOnly; send `csrf_token` as \
            `X-CSRF-Token` with every change. After ten wrong passwords for one account, or twenty names tried, from \
            one address in 15 minutes the answer is 429 (`too_many_attempts`).
            """
        ),
        (
            "deleteSession",
            """
            Logs out: the cookie is worth nothing afterwards.
            """
        ),
        (
            "getMe",
            """
            The user behind the cookie or the token, and what this request may do: a token's scopes as far as \
            the role has them.
            """
        ),
        (
            "patchMe",
            """
            Names at once; another email address or password only with `current_password`. A new password ends \
            all other sessions.
            """
        ),
        (
            "getSessions",
            """
            Where you are logged in. `current` marks the session that asks.
            """
        ),
        (
            "deleteSessions",
            """
            Logs you out everywhere else; tokens go on.
            """
        ),
        (
            "deleteSessionsById",
            """
            Logs one of your browsers out.
            """
        ),
        (
            "getTokens",
            """
            Without their secrets, which are shown once. Revoked and expired ones are listed too.
            """
        ),
        (
            "postTokens",
            """
            A secret for a program that acts as you. It reaches as far as its scopes and your role both allow, \
            and you can only give scopes that you have.
            """
        ),
        (
            "getTokensById",
            """
            One token without its secret.
            """
        ),
        (
            "deleteTokensById",
            """
            It is worth nothing from now on. It stays in the list, to be seen in the audit trail.
            """
        ),
        (
            "postTokensByIdRotate",
            """
            The scopes stay. You must hold all of its scopes (403 `not_yours_to_give`). The old secret goes on for \
            `grace_hours`, so that programs can be changed one after the other.
            """
        ),
        (
            "getUsers",
            """
            All users: those who may log in, and those who once could.
            """
        ),
        (
            "postUsers",
            """
            Without a password the answer has `reset_link`, good for one use: give it to the user. The role is \
            `viewer` unless it is said otherwise.
            """
        ),
        (
            "getUsersStats",
            """
            Counts for an overview: by role, by state, by how long ago the last login was.
            """
        ),
        (
            "getUsersById",
            """
            One user; the `ETag` names the version.
            """
        ),
        (
            "patchUsersById",
            """
            JSON Merge Patch (RFC 7396). `is_active` and `verified_at` have addresses of their own. The last \
            administrator who may log in keeps the role (409).
            """
        ),
        (
            "putUsersById",
            """
            Replaces the writable members: what is left out is cleared. What GET gave can be sent back as it is.
            """
        ),
        (
            "postUsersByIdActivate",
            """
            A user who was deactivated may come in again, with the old password.
            """
        ),
        (
            "postUsersByIdDeactivate",
            """
            At once: sessions and tokens end. What the user did stays under the name. The last administrator \
            cannot be deactivated (409).
            """
        ),
        (
            "postUsersByIdVerify",
            """
            Marks the user as verified. It opens nothing by itself.
            """
        ),
        (
            "postUsersByIdResetLink",
            """
            The link is in this answer and nowhere else; an older one is worth nothing afterwards. Bodega sends \
            no mail.
            """
        ),
    ]

    /// The audit trail, the system log, settings and the installation.
    static let house: [Text] = [
        (
            "getAuditLog",
            """
            Every change with who did it, from where and under which request. Entries are chained by their \
            hashes, so that one that is changed or missing is found (`bodega audit verify`).
            """
        ),
        (
            "getAuditLogById",
            """
            One entry with the values before and after.
            """
        ),
        (
            "getAuditLogCsv",
            """
            As many as match, oldest first, with the hashes.
            """
        ),
        (
            "getSystemLog",
            """
            What the processes of Bodega say: warnings and errors. `request_id` leads from an answer to its \
            lines.
            """
        ),
        (
            "getSystemLogById",
            """
            One line with everything that was said.
            """
        ),
        (
            "getConfiguration",
            """
            All settings, each with its present value, its default and where the value comes from. Secrets are \
            never shown.
            """
        ),
        (
            "patchConfiguration",
            """
            All of them or none: one value that does not fit refuses the whole.
            """
        ),
        (
            "getConfigurationKey",
            """
            One setting; its `ETag` names the version.
            """
        ),
        (
            "patchConfigurationKey",
            """
            What a variable or a flag fixes cannot be changed here (422 `overridden`). `applies` says whether \
            the change holds at once or from the next start on.
            """
        ),
        (
            "getOpenapiJson",
            """
            Made from the tables by which requests are answered. It changes with the version of Bodega only; ask \
            with `If-None-Match`.
            """
        ),
        (
            "getHealth",
            """
            For monitors. 200 also when something is `degraded`; 503 only when the database cannot be read or \
            migrations are pending.
            """
        ),
    ]
}
