package import AdminKit
import Database
package import Identity
import Web

/// Accounts is the door of the house: logging in and out, who one is, and who may come in at all.
///
/// People log in at /login with an email address or a username and a password; programs that keep cookies do the same
/// with POST /api/session, and others send a token. Either way `SignIn` (Identity) compares the password, counts wrong
/// ones and begins a session; here are only the form and the JSON around it. What happens before any handler (401,
/// CSRF, permissions) is the work of the `Gatekeeper`, also in Identity, so that no feature can leave it out.
///
/// Administrators keep users (`UserPages`, `UserAPI`); everybody keeps their own profile, sessions and tokens
/// (`ProfilePages`, `TokenPages` and the APIs beside them). The same can be begun on the command line: `bodega user`
/// and `bodega token`. A password that Bodega makes, a one-time link (`ResetPages`) and every token are shown once and
/// cannot be shown again: only their hashes are kept. Every change is in the audit trail; the stores write it there in
/// the transaction of the change.
///
/// What everybody did is in the audit trail: every store that changes something adds to it in the same transaction
/// (`AuditStore`, Kit/Database); here are its page, its API and `bodega audit verify`.
///
/// What an administrator may choose while Bodega runs is in the configuration: `ConfigurationEntries` (Identity) has
/// all settings of the house and its features, `Configuration` their values; here are page, API and `bodega config`.
///
/// The tables (user, session, api_token, password_reset, login_attempt, configuration) belong to Identity, whose
/// migrations are listed here because a platform module has no lists of its own. Nothing is written to the outbox, and
/// there are no jobs. The commands are listed in `AccountCommands`.
package enum Accounts {
    /// - Parameter settings: those of the whole installation, which it shows and changes.
    package static func feature(_ settings: ConfigurationEntries) -> Feature {
        Feature { describe(&$0, settings) }
    }

    private static func describe(_ feature: inout Feature, _ settings: ConfigurationEntries) {
        // What hashes a password (25 ms of one core) belongs to the slow pool.
        feature.routes =
            LoginPages.routes + SessionAPI.routes + ResetPages.routes + UserPages.routes + UserAPI.routes
            + ProfilePages.routes + ProfileAPI.routes + OwnSessionsAPI.routes + TokenPages.routes + TokenAPI.routes
            + AuditPages.routes + AuditAPI.routes + ConfigurationPages(settings).routes
            + ConfigurationAPI(settings).routes
        feature.schemas = { _ in AccountSchemas.all + ConfigurationSchemas(settings).all }
        feature.problemCodes = ProblemCode.accounts
        feature.migrations = IdentitySchema.migrations
        // The profile stands behind the user's name.
        feature.navigation = [
            NavigationEntry(
                "Users",
                path: AccountsPath.users.description,
                group: administration,
                permission: .adminUsers,
                shortcut: "u",
                icon: .users
            ),
            NavigationEntry(
                "Tokens",
                path: AccountsPath.tokens.description,
                group: administration,
                permission: .manageAccount,
                shortcut: "t",
                icon: .key
            ),
            NavigationEntry(
                "Audit trail",
                path: "/audit",
                group: administration,
                permission: .readAudit,
                shortcut: "a",
                icon: .shield
            ),
            NavigationEntry(
                "Settings",
                path: "/settings",
                group: administration,
                permission: .adminSettings,
                shortcut: "s",
                icon: .gear
            ),
        ]
        feature.search = UserPages.hits
        feature.secrets = [.configuration]
        feature.commands = AccountCommands.all(settings)
    }

    private static let administration = "Administration"
}
