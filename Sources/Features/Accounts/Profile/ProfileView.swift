import AdminKit
import Identity
import Markup
import Support
import Web

/// What the page of one's own profile shows.
struct ProfileModel: Sendable {
    var user: User
    var fields: [FormField]
    var problems: [Problem] = []
    /// The latest first.
    var sessions: [Session]
    /// The session that looks at the page; nil for a token.
    var currentSession: Int64?
    /// How many sessions there are in all.
    var sessionCount: Int64
    /// Valid ones.
    var tokens: Int64
}

/// The page of one's own profile: names, how one logs in, and where one is logged in.
enum ProfileView {
    static func html(_ model: ProfileModel, in shell: Shell) -> HTML {
        Page(
            "Your profile",
            meta: "\(model.user.email) · \(RoleWords.title(model.user.role))",
            errors: ErrorSummary(model.fields, general: model.problems).html,
            content: """
                \(Form(
                    action: AccountsPath.profile.description,
                    csrf: shell.csrf,
                    fields: model.fields,
                    submit: "Save changes"
                ).html)
                \(login(model))
                \(sessions(model, shell))
                """
        ).html(in: shell)
    }

    private static func login(_ model: ProfileModel) -> HTML {
        """
        <section class="stack ruled" aria-labelledby="login-title">
        <h2 id="login-title">Logging in</h2>
        <dl class="facts">
        <div><dt>Email address</dt><dd>\(model.user.email)</dd></div>
        <div><dt>Last login</dt><dd>\(Time.html(model.user.lastLoginAt))</dd></div>
        <div><dt>API tokens</dt><dd>\(Link(Format.integer(model.tokens), AccountsPath.tokens.description).html) \
        valid</dd></div>
        </dl>
        <div class="actions">
        \(Link("Change email address", AccountsPath.profileEmail.description).button())
        \(Link("Change password", AccountsPath.profilePassword.description).button())
        </div>
        </section>
        """
    }

    private static func sessions(_ model: ProfileModel, _ shell: Shell) -> HTML {
        let others = model.sessionCount - (model.currentSession == nil ? 0 : 1)
        let title = "Log out \(Format.count(others, Noun("other session", "other sessions")))"
        let endOthers = Form.button(
            title,
            action: AccountsPath.endOtherSessions.description,
            csrf: shell.csrf,
            style: .quietDanger
        )
        let shown = Int64(model.sessions.count)
        return """
            <section class="stack ruled" aria-labelledby="sessions-title">
            <div class="section-head"><h2 id="sessions-title">Where you are logged in</h2>\
            \(if: others > 0, endOthers)</div>
            \(Table("Your sessions", columns: columns(model, shell), rows: model.sessions, style: "people").html)
            \(if: shown < model.sessionCount, """
                <p class="quiet">These are the latest \(shown) of \(Format.integer(model.sessionCount)).</p>
                """)
            </section>
            """
    }

    private static func columns(_ model: ProfileModel, _ shell: Shell) -> [Column<Session>] {
        [
            Column("Device", style: "wide", isRowHeading: true) { session in
                """
                \(DeviceName.words(session.userAgent))\
                \(if: session.id == model.currentSession, " \(StatusBadge("This one", .success).html)")
                """
            },
            Column("Address", style: "code") { HTML.text($0.ip) },
            Column("Since", style: "nowrap") { Time($0.createdAt).html },
            Column("Last seen", style: "nowrap") { Time($0.lastSeenAt).html },
            Column("Action") { session in
                guard session.id != model.currentSession else { return .absent }
                return """
                    <form method="post" action="\(AccountsPath.endSession(session.id).description)">\(shell.csrf.html)\
                    <button class="button secondary small">Log out\
                    <span class="visually-hidden"> session \(session.id), \
                    \(DeviceName.words(session.userAgent))</span></button></form>
                    """
            },
        ]
    }

    // MARK: What needs the password

    /// A page of one form.
    static func form(
        _ title: String,
        action: PathPattern,
        _ fields: [FormField],
        _ problems: [Problem],
        explanation: String,
        in shell: Shell
    ) -> HTML {
        let (shown, rest) = fields.showing(problems)
        return Page(
            title,
            parent: Link("Your profile", AccountsPath.profile.description),
            errors: ErrorSummary(shown, general: rest).html,
            content: """
                <p>\(explanation)</p>
                \(Form(
                    action: action.description,
                    csrf: shell.csrf,
                    fields: shown,
                    submit: title,
                    cancel: Link("Cancel", AccountsPath.profile.description)
                ).html)
                """
        ).html(in: shell)
    }
}
