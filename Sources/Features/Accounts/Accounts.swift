package import AdminKit
package import Database
package import Identity
package import Web

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
/// The tables (user, session, api_token, login_attempt) belong to Identity, whose migrations are listed here because a
/// platform module has no lists of its own. Nothing is written to the outbox, and there are no jobs. The commands are
/// `UserCommands` and `TokenCommands`, which App puts into its list.
package enum Accounts {
    /// Logging in hashes a password (25 ms of one core), so these addresses belong to the slow pool.
    package static let routes: [AppRoute] = LoginPages.routes + SessionAPI.routes

    package static let schemas: [NamedSchema] = AccountSchemas.all

    package static let migrations: [Migration] = IdentitySchema.migrations

    /// None: users and tokens are kept on the command line.
    package static let navigation: [NavigationEntry] = []

    /// None.
    package static let tiles: [DashboardTile] = []
}
