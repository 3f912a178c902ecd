import AdminKit
import Identity
import Markup
import Web

/// What the login page shows.
struct LoginModel: Sendable, Equatable {
    /// The local path to go to afterwards.
    var next = "/"
    /// The name as typed, so that a wrong password does not cost it.
    var email = ""
    /// Why it was refused; never says which of the two was wrong.
    var error: String?
    /// Whether a password has just been set by a link.
    var hasNewPassword = false
}

/// The login page: open to everybody, says nothing about the house but its name.
enum LoginView {
    static func html(_ model: LoginModel, in shell: Shell) -> HTML {
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
                    action: AccountsPath.login.description,
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
