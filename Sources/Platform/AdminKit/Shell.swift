package import Web

/// What all pages of one request share: who looks, where, what they may do, and what is to be said once.
package struct Shell: Sendable {
    /// The person at the keyboard, as far as a page shows them.
    package struct User: Sendable, Equatable {
        package var name: String
        /// The role as people read it.
        package var role: String

        package init(name: String, role: String) {
            self.name = name
            self.role = role
        }
    }

    package var assets: StaticAssets
    /// The shop's name, above the navigation and in the titles of windows.
    package var name = "Bodega"
    /// Bodega's version, shown in the footer.
    package var version: String
    /// Every feature's entries, in order; the page leaves out what the user may not open.
    package var navigation: [NavigationEntry]
    /// What the user may do.
    package var permissions: Set<Permission>
    /// The path of this request, without the query: marks the current entry.
    package var path: String
    /// Nil on pages that are open without login.
    package var user: User?
    package var csrf: CSRFField
    /// Said once at the top of the page, e.g. after a redirect.
    package var flashes: [Flash]
    /// How many things wait for the user, by the path of the entry that counts them.
    package var waiting: [String: Int] = [:]
    /// What stands in the search of the frame.
    package var search = ""

    package init(
        assets: StaticAssets,
        version: String,
        navigation: [NavigationEntry] = [],
        permissions: Set<Permission> = [],
        path: String = "/",
        user: User? = nil,
        csrf: CSRFField = CSRFField(token: ""),
        flashes: [Flash] = []
    ) {
        self.assets = assets
        self.version = version
        self.navigation = navigation
        self.permissions = permissions
        self.path = path
        self.user = user
        self.csrf = csrf
        self.flashes = flashes
    }

    /// Whether the user may do this: a page shows no button that would be refused.
    package func allows(_ permission: Permission) -> Bool {
        permissions.contains(permission)
    }
}
