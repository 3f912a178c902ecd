package import Web

/// Something that the search in the frame has found: a product, a job, a user.
package struct SearchHit: Sendable, Equatable {
    /// What it is called.
    package var title: String
    /// What tells it from others of the same name: a SKU, a time, an address.
    package var note: String
    package var path: String
    /// What it is: `Products`. Hits of one group stand together.
    package var group: String
    package var icon: Icon
    /// What it takes to see it.
    package var permission: Permission

    package init(
        _ title: String,
        note: String,
        path: String,
        group: String,
        icon: Icon,
        permission: Permission
    ) {
        self.title = title
        self.note = note
        self.path = path
        self.group = group
        self.icon = icon
        self.permission = permission
    }
}
