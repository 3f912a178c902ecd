package import Identity

/// The roles as people read them.
package enum RoleWords {
    package static func title(_ role: Role) -> String {
        switch role {
        case .admin: "Administrator"
        case .editor: "Editor"
        case .viewer: "Viewer"
        }
    }
}
