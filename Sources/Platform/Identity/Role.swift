/// What a user is trusted with. A role is a fixed set of permissions; see `Permissions.swift` for the table.
package enum Role: String, Sendable, CaseIterable {
    /// Runs the shop: everything.
    case admin
    /// Keeps the catalogue: everything about products and imports.
    case editor
    /// Looks.
    case viewer
}
