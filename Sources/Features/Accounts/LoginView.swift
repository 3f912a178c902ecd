package import AdminKit
import Identity
package import Markup

/// What the login page shows.
package struct LoginModel: Sendable, Equatable {
    /// The local path to go to afterwards.
    package var next: String
    /// The name as typed, so that a wrong password does not cost it.
    package var email: String
    /// Why it was refused; never says which of the two was wrong.
    package var error: String?
    /// Whether a password has just been set by a link.
    package var hasNewPassword: Bool

    package init(next: String = "/", email: String = "", error: String? = nil, hasNewPassword: Bool = false) {
        self.next = next
        self.email = email
        self.error = error
        self.hasNewPassword = hasNewPassword
    }
}

/// The login page: open to everybody, says nothing about the house but its name.
package enum LoginView {
    package static func html(_ model: LoginModel, in shell: Shell) -> HTML {
        Page.bare(
            "Log in",
            of: shell.name,
            assets: shell.assets,
            hasErrors: model.error != nil,
            content: """
                <h1>Log in</h1>
                \(if: model.hasNewPassword, Banner(.success, "Your password was set.", more: " Log in with it.").html)
                \(model.error.map { Banner(.danger, $0, role: "alert").html })
                \(Form(
                    action: "/login",
                    csrf: shell.csrf,
                    fields: fields(model),
                    hidden: [Form.Hidden("next", model.next)],
                    submit: "Log in"
                ).html)
                """
        )
    }

    private static func fields(_ model: LoginModel) -> [FormField] {
        [
            FormField(
                "email",
                "Email address or username",
                .text(autocomplete: "username"),
                value: model.email,
                isRequired: true,
                maxLength: UserField.email.maxLength,
                isFirst: model.email.isEmpty
            ),
            FormField("password", "Password", .password, isRequired: true, isFirst: !model.email.isEmpty),
        ]
    }
}
