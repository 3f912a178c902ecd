package import AdminKit
package import Database
package import Identity

/// Accounts is the door of the house: logging in and out, and who one is.
///
/// People log in at /login with an email address or a username and a password; programs that keep cookies do the same
/// with POST /api/session, and others send a token. Either way `SignIn` (Identity) compares the password, counts wrong
/// ones and begins a session; here are only the form and the JSON around it. What happens before any handler (401,
/// CSRF, permissions) is the work of the `Gatekeeper`, also in Identity, so that no feature can leave it out.
///
/// Users and tokens are made on the command line: `bodega user` and `bodega token`. A password that Bodega makes and
/// every token are shown once and cannot be shown again: only their hashes are kept.
///
/// What everybody did is in the audit trail: every store that changes something adds to it in the same transaction
/// (`AuditStore`, Kit/Database); here are its page, its API and `bodega audit verify`.
///
/// What an administrator may choose while Bodega runs is in the configuration: `ConfigurationTable` (Identity) says
/// what there is, whoever needs a value asks `Configuration`; here are page, API and `bodega config`.
///
/// The tables (user, session, api_token, login_attempt) belong to Identity, whose migrations are listed here because a
/// platform module has no lists of its own. Nothing is written to the outbox, and there are no jobs. The commands are
/// `UserCommands` and `TokenCommands`, which App puts into its list.
package enum Accounts {
    /// Logging in hashes a password (25 ms of one core), so these addresses belong to the slow pool.
    package static let routes: [AppRoute] =
        LoginPages.routes + SessionAPI.routes + AuditPages.routes + AuditAPI.routes
        + ConfigurationPages.routes + ConfigurationAPI.routes

    package static let migrations: [Migration] = IdentitySchema.migrations

    package static let navigation: [NavigationEntry] = [
        NavigationEntry("Audit trail", path: "/audit", group: "Administration", permission: .readAudit),
        NavigationEntry("Settings", path: "/settings", group: "Administration", permission: .adminSettings),
    ]

    /// None.
    package static let tiles: [DashboardTile] = []
}
