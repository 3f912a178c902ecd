/// The names of the audit trail as people read them. Programs get the names themselves.
enum AuditWords {
    /// `job.create` as `Created job`; a name of another shape as it is.
    static func action(_ name: String) -> String {
        if let words = special[name] { return words }
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return name }
        let verb = verbs[parts[1]] ?? spoken(parts[1])
        return "\(verb.prefix(1).uppercased())\(verb.dropFirst()) \(spoken(parts[0]))"
    }

    static func entity(_ name: String) -> String {
        let words = spoken(name)
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// A member of what changed: `first_name` as `First name`.
    static func member(_ name: String) -> String { members[name] ?? entity(name) }

    /// A choice of a filter, of actions or kinds of things.
    static func choice(_ name: String) -> String { name.contains(".") ? action(name) : entity(name) }

    /// Where a thing has a page of its own.
    static func page(_ entity: String, _ id: String) -> String? {
        switch entity {
        case "job": "/jobs/\(id)"
        case "product": "/products/\(id)"
        case "user": "/users/\(id)"
        default: nil
        }
    }

    private static func spoken(_ name: String) -> String { String(name.map { $0 == "_" || $0 == "." ? " " : $0 }) }

    private static let special = [
        "session.begin": "Logged in", "session.end": "Logged out", "session.refuse": "Login refused",
        "session.revoke": "Ended a session", "session.revoke_others": "Ended other sessions",
        "password.change": "Changed password", "password.reset": "Reset password", "password.link": "Made a reset link",
        "job.end": "Ended job", "configuration.rotate_key": "Rotated the key",
    ]

    private static let verbs = [
        "create": "created", "update": "updated", "delete": "deleted", "revoke": "revoked", "rotate": "rotated",
        "activate": "activated", "deactivate": "deactivated", "verify": "verified", "cancel": "cancelled",
        "retry": "retried", "restart": "restarted", "confirm": "confirmed", "undo": "undid", "reset": "reset",
        "restore": "restored", "export": "exported", "repair": "repaired", "replan": "checked again",
    ]

    private static let members = [
        "sku": "SKU", "upc": "UPC, EAN or GTIN", "skus": "SKUs", "ip": "Address", "file_hash": "Hash of the file",
    ]
}
