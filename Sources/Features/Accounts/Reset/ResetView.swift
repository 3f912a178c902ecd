import AdminKit
import Markup
import Web

/// The page behind a one-time link.
enum ResetView {
    static func form(
        _ token: String,
        email: String,
        _ problems: [Problem],
        in shell: Shell
    ) -> HTML {
        let (fields, rest) = NewPasswordFields.all.showing(problems)
        return Page.bare(
            "Set a new password",
            of: shell.name,
            assets: shell.assets,
            hasErrors: !problems.isEmpty,
            content: """
                <h1>Set a new password</h1>
                <p>For \(email). You are logged out everywhere and log in with it afterwards.</p>
                \(ErrorSummary(fields, general: rest).html)
                \(Form(
                    action: AccountsPath.reset(token).description,
                    csrf: shell.csrf,
                    fields: fields,
                    submit: "Set password"
                ).html)
                """
        )
    }

    /// What a link shows that was used, is too old or never was.
    static func gone(in shell: Shell) -> HTML {
        Page.bare(
            "This link does not work",
            of: shell.name,
            assets: shell.assets,
            content: """
                <h1>This link does not work</h1>
                <p>It was used, has expired or was replaced by a newer one. Ask an administrator for a new link.</p>
                <p>\(Link("Log in", AccountsPath.login.description).html)</p>
                """
        )
    }
}
