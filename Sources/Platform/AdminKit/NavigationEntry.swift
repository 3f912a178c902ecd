package import Web

/// One line of the side navigation. A feature lists its own; the page shows those the user may open.
package struct NavigationEntry: Sendable, Equatable {
    package var title: String
    package var path: String
    /// Entries of one group stand together under its name; the nameless group comes without a heading.
    package var group: String
    package var permission: Permission
    /// The letter that opens it after `g`, if any.
    package var shortcut: Character?
    package var icon: Icon

    package init(
        _ title: String,
        path: String,
        group: String = "",
        permission: Permission,
        shortcut: Character? = nil,
        icon: Icon = .file
    ) {
        self.title = title
        self.path = path
        self.group = group
        self.permission = permission
        self.shortcut = shortcut
        self.icon = icon
    }

    /// Whether a request for that path is inside this entry.
    func contains(_ requestPath: String) -> Bool {
        requestPath == path || (path != "/" && requestPath.hasPrefix("\(path)/"))
    }
}
