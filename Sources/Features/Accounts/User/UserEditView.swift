import AdminKit
import Identity
import Markup
import Support
import Web

/// What the page of one user shows, new or not.
struct UserEditModel: Sendable {
    /// Nil for a new one.
    var stored: User?
    /// With the values as typed and the problems at their fields.
    var fields: [FormField]
    /// Problems of no single field.
    var problems: [Problem] = []
    /// Whether another user saved while this was being edited; `stored` is then what they saved.
    var isConflict = false
    var sessions: Int64 = 0
    var tokens: Int64 = 0
}

/// The page of one user: who it is, what they may do, and how they come in.
enum UserEditView {
    static func html(_ model: UserEditModel, in shell: Shell) -> HTML {
        Page(
            model.stored?.email ?? "New user",
            parent: Link("Users", AccountsPath.users.description),
            badge: model.stored.map(UserStateBadge.html) ?? "",
            meta: model.stored.map(meta) ?? "",
            errors: ErrorSummary(model.fields, general: model.problems).html,
            content: """
                \(if: model.isConflict, conflict)
                \(form(model, shell))
                \(model.stored.map { access(model, $0, shell) })
                """
        ).html(in: shell)
    }

    private static func meta(_ user: User) -> HTML {
        "Created \(Time(user.createdAt).html) · last changed \(Time(user.updatedAt).html)"
    }

    private static var conflict: HTML {
        Banner(
            .warning,
            "Somebody changed this user meanwhile.",
            role: "alert",
            more: " Nothing of yours is saved yet. The form holds your values: look at them and save again."
        ).html
    }

    private static func form(_ model: UserEditModel, _ shell: Shell) -> HTML {
        Form(
            action: (model.stored.map { AccountsPath.user($0.id) } ?? AccountsPath.newUser).description,
            csrf: shell.csrf,
            fields: model.fields,
            hidden: model.stored.map { [Form.Hidden("version", String($0.version))] } ?? [],
            submit: model.stored == nil ? "Create user" : "Save changes",
            cancel: Link("Cancel", AccountsPath.users.description)
        ).html
    }

    private static func access(_ model: UserEditModel, _ user: User, _ shell: Shell) -> HTML {
        """
        <section class="stack ruled" aria-labelledby="access-title">
        <h2 id="access-title">Access</h2>
        <dl class="facts">
        <div><dt>Last login</dt><dd>\(Time.html(user.lastLoginAt))</dd></div>
        <div><dt>Wrong passwords since</dt><dd>\(Format.integer(user.failedLogins))</dd></div>
        <div><dt>Open sessions</dt><dd>\(Format.integer(model.sessions))</dd></div>
        <div><dt>Valid tokens</dt><dd>\(tokens(model, user))</dd></div>
        <div><dt>Verified</dt><dd>\(Time.html(user.verifiedAt))</dd></div>
        </dl>
        <div class="actions">\(actions(user, shell))</div>
        </section>
        """
    }

    private static func tokens(_ model: UserEditModel, _ user: User) -> HTML {
        guard model.tokens > 0 else { return "0" }
        return Link(Format.integer(model.tokens), "\(AccountsPath.tokens)?user_id=\(user.id)&state=valid").html
    }

    private static func actions(_ user: User, _ shell: Shell) -> HTML {
        func button(_ title: String, _ path: PathPattern) -> HTML {
            Form.button(title, action: path.description, csrf: shell.csrf)
        }
        guard user.isActive else { return button("Activate user", AccountsPath.activateUser(user.id)) }
        return """
            \(button("Make a password link", AccountsPath.userResetLink(user.id)))
            \(if: user.verifiedAt == nil, button("Mark as verified", AccountsPath.verifyUser(user.id)))
            \(Link("Deactivate user…", AccountsPath.deactivateUser(user.id).description).button(.quietDanger))
            """
    }

    /// Confirmation page for deactivating a user.
    static func confirm(_ model: UserEditModel, _ user: User, in shell: Shell) -> HTML {
        let sessions = Format.count(model.sessions, Noun("session", "sessions"))
        let tokens = Format.count(model.tokens, Noun("token", "tokens"))
        return ConfirmPage(
            "Deactivate \(user.displayName)?",
            parent: Link(user.email, AccountsPath.user(user.id).description),
            count: 1,
            noun: Noun("user", "users"),
            consequence: """
                \(user.email) is logged out at once: \(sessions) and \(tokens) end. Activated again, the user needs \
                new tokens. What they did stays.
                """,
            action: AccountsPath.deactivateUser(user.id).description,
            verb: "Deactivate"
        ).html(in: shell)
    }

    /// A one-time link, this once.
    static func link(_ user: User, url: String, until end: Timestamp, isNew: Bool, in shell: Shell) -> HTML {
        Page(
            isNew ? "\(user.email) was created" : "Password link for \(user.email)",
            parent: Link("Users", AccountsPath.users.description),
            content: """
                \(Banner(.warning, "Copy this link now. It is not shown again.").html)
                <p>Give it to \(user.displayName): whoever opens it first sets the password. It works once, until \
                \(Time(end).html), and a new link replaces it.</p>
                \(SecretField(label: "Password link", secret: url).html)
                \(if: url.hasPrefix("/"), """
                    <p>Put the address at which people reach Bodega in front of it. It stands there by itself after \
                    <code>deploy/up -- --public-url https://shop.example</code>.</p>
                    """)
                <p>\(Link("Go to the user", AccountsPath.user(user.id).description).button())</p>
                """
        ).html(in: shell)
    }
}
